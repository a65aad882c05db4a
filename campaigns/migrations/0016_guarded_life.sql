-- A campaign goes from state to state along these edges alone, and each step is written by the database itself.
-- From review on its terms stay as they were handed in, and donors knew them; a field changes beside an amendment of the same transaction alone.

CREATE FUNCTION campaigns_edges() RETURNS TABLE (from_status text, to_status text) LANGUAGE sql IMMUTABLE AS $$
    VALUES ('draft', 'in_review'), ('changes_asked', 'in_review'),
           ('in_review', 'draft'), ('approved', 'draft'),
           ('in_review', 'changes_asked'), ('in_review', 'rejected'), ('in_review', 'approved'),
           ('approved', 'live'),
           ('draft', 'cancelled'), ('changes_asked', 'cancelled'), ('approved', 'cancelled'),
           ('live', 'funded'), ('live', 'not_funded'),
           ('live', 'cancelled'), ('funded', 'cancelled'), ('delivering', 'cancelled'),
           ('funded', 'delivering'), ('delivering', 'reported')
$$;

CREATE FUNCTION campaigns_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION campaigns_is_amended(campaign bigint, what text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM campaigns_amendment a WHERE a.campaign_id = campaign AND a.field = what
                   AND a.made_in = pg_current_xact_id()::text::bigint)
$$;

CREATE FUNCTION campaigns_sums_fit(campaign campaigns_campaign) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(l.amount_kopecks), 0) = campaign.goal_kopecks
       AND (campaign.minimum_kopecks IS NULL
            OR coalesce(sum(l.amount_kopecks) FILTER (WHERE l.is_essential), 0) = campaign.minimum_kopecks)
    FROM campaigns_budgetline l WHERE l.campaign_id = campaign.id
$$;

CREATE FUNCTION campaigns_guard_move(before campaigns_campaign, after campaigns_campaign) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM campaigns_edges() e WHERE (e.from_status, e.to_status) = (before.status, after.status)) THEN
        RAISE EXCEPTION 'a campaign does not go from % to %', before.status, after.status USING ERRCODE = 'check_violation';
    END IF;
    IF after.moved_at IS NULL OR after.moved_at IS NOT DISTINCT FROM before.moved_at THEN
        RAISE EXCEPTION 'a move says who made it and when' USING ERRCODE = 'check_violation';
    END IF;
    IF after.status = 'approved' AND (
        SELECT count(*) FROM campaigns_approval a
        LEFT JOIN campaigns_organiser o ON o.id = after.organiser_id
        WHERE a.campaign_id = after.id AND a.review_round = after.review_round AND a.user_id IS DISTINCT FROM o.user_id
    ) < 2 THEN
        RAISE EXCEPTION 'a campaign is approved by two' USING ERRCODE = 'check_violation';
    END IF;
    IF after.status = 'in_review' AND after.review_round <= before.review_round THEN
        RAISE EXCEPTION 'what is handed in begins a new round' USING ERRCODE = 'check_violation';
    END IF;
    IF before.status = 'live' AND after.status IN ('funded', 'not_funded')
            AND (after.status = 'not_funded') <> (after.funding = 'all_or_nothing' AND after.goal_met_at IS NULL) THEN
        RAISE EXCEPTION 'what is owed to donors is missed, what is not is funded' USING ERRCODE = 'check_violation';
    END IF;
    IF after.status = 'live' AND (after.launched_at IS NULL OR NOT campaigns_sums_fit(after)) THEN
        RAISE EXCEPTION 'a budget adds up to goal and minimum before its campaign begins' USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE FUNCTION campaigns_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    name text;
    old_row jsonb;
    new_row jsonb;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.launched_at IS NOT NULL THEN
            RAISE EXCEPTION 'a campaign that was launched stays' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NOT (NEW.status = 'draft' OR (NEW.status = 'approved' AND NEW.is_demo))
                OR coalesce(NEW.launched_at, NEW.ended_at, NEW.goal_met_at) IS NOT NULL THEN
            RAISE EXCEPTION 'a campaign begins as a draft' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.status <> OLD.status THEN
        PERFORM campaigns_guard_move(OLD, NEW);
    END IF;
    IF OLD.status = 'in_review' AND NEW.review_round <> OLD.review_round THEN
        RAISE EXCEPTION 'a round of review does not change' USING ERRCODE = 'check_violation';
    END IF;
    IF (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at)
            OR (OLD.goal_met_at IS NOT NULL AND NEW.goal_met_at IS DISTINCT FROM OLD.goal_met_at) THEN
        RAISE EXCEPTION 'what was decided once stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.launched_at IS NULL AND OLD.status IN ('draft', 'changes_asked') THEN
        RETURN NEW;
    END IF;
    old_row := to_jsonb(OLD);
    new_row := to_jsonb(NEW);
    FOREACH name IN ARRAY ARRAY['slug', 'title', 'summary', 'story', 'theme', 'district', 'organiser_id', 'funding',
            'minimum_kopecks', 'goal_kopecks', 'opens_at', 'closes_at', 'delivery_due_date', 'launched_at', 'is_demo'] LOOP
        CONTINUE WHEN OLD.launched_at IS NULL AND NEW.status = 'live' AND name IN ('opens_at', 'launched_at');
        IF old_row -> name IS DISTINCT FROM new_row -> name AND NOT campaigns_is_amended(NEW.id, name) THEN
            RAISE EXCEPTION '% stays as it was handed in, and as donors knew it', name USING ERRCODE = 'insufficient_privilege';
        END IF;
    END LOOP;
    IF NEW.closes_at IS DISTINCT FROM OLD.closes_at AND NOT coalesce(
            NEW.status = 'live' AND NEW.closes_at > OLD.closes_at AND NEW.closes_at <= OLD.closes_at + interval '31 days',
            false) THEN
        RAISE EXCEPTION 'a deadline moves later by a month at most' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER campaign_guarded BEFORE INSERT OR UPDATE OR DELETE ON campaigns_campaign
    FOR EACH ROW EXECUTE FUNCTION campaigns_guard();

CREATE FUNCTION campaigns_note_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO campaigns_step (campaign_id, from_status, to_status, at, role, user_id, reason)
        VALUES (NEW.id, OLD.status, NEW.status, NEW.moved_at, NEW.moved_as, NEW.moved_by_id, NEW.moved_because);
    RETURN NULL;
END $$;
CREATE TRIGGER campaign_moved AFTER UPDATE OF status ON campaigns_campaign
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION campaigns_note_step();

CREATE FUNCTION campaigns_guard_budget() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.campaign_id ELSE NEW.campaign_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM campaigns_campaign c WHERE c.id = of AND c.status NOT IN ('draft', 'changes_asked')
               AND NOT (c.is_demo AND c.launched_at IS NULL))
            AND NOT campaigns_is_amended(of, 'budget') THEN
        RAISE EXCEPTION 'the budget stays as it was handed in, and as donors knew it' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.campaign_id <> OLD.campaign_id THEN
        RAISE EXCEPTION 'a budget line stays with its campaign' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER budget_guarded BEFORE INSERT OR UPDATE OR DELETE ON campaigns_budgetline
    FOR EACH ROW EXECUTE FUNCTION campaigns_guard_budget();

CREATE FUNCTION campaigns_budget_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.campaign_id ELSE NEW.campaign_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM campaigns_campaign c
               WHERE c.id = of AND c.launched_at IS NOT NULL AND NOT campaigns_sums_fit(c)) THEN
        RAISE EXCEPTION 'an amended budget adds up to the same goal and minimum' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER budget_adds_up AFTER INSERT OR UPDATE OR DELETE ON campaigns_budgetline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION campaigns_budget_adds_up();

CREATE FUNCTION campaigns_date_amendment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.made_in := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;
CREATE TRIGGER amendment_dated BEFORE INSERT ON campaigns_amendment
    FOR EACH ROW EXECUTE FUNCTION campaigns_date_amendment();

CREATE TRIGGER step_append_only BEFORE UPDATE OR TRUNCATE ON campaigns_step
    FOR EACH STATEMENT EXECUTE FUNCTION campaigns_refuse_change();
CREATE TRIGGER approval_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON campaigns_approval
    FOR EACH STATEMENT EXECUTE FUNCTION campaigns_refuse_change();
CREATE TRIGGER amendment_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON campaigns_amendment
    FOR EACH STATEMENT EXECUTE FUNCTION campaigns_refuse_change();

REVOKE ALL ON FUNCTION campaigns_note_step FROM PUBLIC;
REVOKE INSERT, UPDATE, DELETE ON campaigns_step FROM fund_app;
REVOKE UPDATE, DELETE ON campaigns_approval, campaigns_amendment FROM fund_app;
