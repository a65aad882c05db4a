-- An organiser goes from state to state along these edges alone, and each step is written by the database itself.
-- What was looked at stays as it was looked at; nobody answers an application of their own.

CREATE FUNCTION campaigns_organiser_edges() RETURNS TABLE (from_state text, to_state text) LANGUAGE sql IMMUTABLE AS $$
    VALUES ('applying', 'in_review'), ('changes_asked', 'in_review'),
           ('in_review', 'changes_asked'), ('in_review', 'refused'), ('in_review', 'verified'),
           ('verified', 'in_review'), ('verified', 'suspended'), ('suspended', 'verified')
$$;

CREATE FUNCTION campaigns_guard_organiser_move(before campaigns_organiser, after campaigns_organiser) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM campaigns_organiser_edges() e WHERE (e.from_state, e.to_state) = (before.state, after.state)) THEN
        RAISE EXCEPTION 'an organiser does not go from % to %', before.state, after.state USING ERRCODE = 'check_violation';
    END IF;
    IF after.moved_at IS NULL OR after.moved_at IS NOT DISTINCT FROM before.moved_at THEN
        RAISE EXCEPTION 'a move says who made it and when' USING ERRCODE = 'check_violation';
    END IF;
    IF after.erased_at IS NOT NULL THEN
        RAISE EXCEPTION 'who is forgotten goes nowhere' USING ERRCODE = 'check_violation';
    END IF;
    IF after.moved_as = 'council_member' AND (after.moved_by_id IS NULL OR after.moved_by_id IS NOT DISTINCT FROM before.user_id) THEN
        RAISE EXCEPTION 'nobody answers an application of their own' USING ERRCODE = 'check_violation';
    END IF;
    IF after.state IN ('changes_asked', 'refused', 'suspended') AND btrim(after.moved_because) = '' THEN
        RAISE EXCEPTION 'this needs a reason' USING ERRCODE = 'check_violation';
    END IF;
    IF after.state = 'verified' AND after.moved_as <> 'council_member' THEN
        RAISE EXCEPTION 'the council verifies' USING ERRCODE = 'check_violation';
    END IF;
    IF before.state = 'in_review' AND after.state = 'verified' AND NOT EXISTS (
        SELECT 1 FROM campaigns_requisites r WHERE r.organiser_id = after.id AND r.checked_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM campaigns_requisites later WHERE later.organiser_id = after.id AND later.id > r.id)
    ) THEN
        RAISE EXCEPTION 'who is verified has requisites that were looked at' USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE FUNCTION campaigns_guard_organiser() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an organiser stays; who is behind it is forgotten' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NOT (NEW.is_demo OR (NEW.state = 'applying' AND NEW.verified_at IS NULL)) THEN
            RAISE EXCEPTION 'an organiser begins with an application' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state THEN
        PERFORM campaigns_guard_organiser_move(OLD, NEW);
    END IF;
    IF (OLD.verified_at IS NOT NULL AND NEW.verified_at IS DISTINCT FROM OLD.verified_at)
            OR (OLD.verified_at IS NULL AND NEW.verified_at IS NOT NULL AND NEW.state <> 'verified')
            OR (OLD.erased_at IS NOT NULL AND NEW.erased_at IS DISTINCT FROM OLD.erased_at) THEN
        RAISE EXCEPTION 'what was decided once stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state NOT IN ('applying', 'changes_asked') AND NEW.erased_at IS NULL
            AND (NEW.name, NEW.kind, NEW.claimed_id) IS DISTINCT FROM (OLD.name, OLD.kind, OLD.claimed_id) THEN
        RAISE EXCEPTION 'who the organiser is stays as it was looked at' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER organiser_guarded BEFORE INSERT OR UPDATE OR DELETE ON campaigns_organiser
    FOR EACH ROW EXECUTE FUNCTION campaigns_guard_organiser();

CREATE FUNCTION campaigns_note_organiser_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO campaigns_organiserstep (organiser_id, from_state, to_state, at, role, user_id, reason, checks)
        VALUES (NEW.id, OLD.state, NEW.state, NEW.moved_at, NEW.moved_as, NEW.moved_by_id, NEW.moved_because, NEW.moved_checks);
    RETURN NULL;
END $$;
CREATE TRIGGER organiser_moved AFTER UPDATE OF state ON campaigns_organiser
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION campaigns_note_organiser_step();

-- Of a step the reason alone may go, and only with the person that it was written to.
CREATE FUNCTION campaigns_guard_organiser_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.reason = '' AND to_jsonb(NEW) - 'reason' = to_jsonb(OLD) - 'reason'
            AND EXISTS (SELECT 1 FROM campaigns_organiser o WHERE o.id = OLD.organiser_id AND o.erased_at IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'campaigns_organiserstep is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER organiser_step_guarded BEFORE UPDATE OR DELETE ON campaigns_organiserstep
    FOR EACH ROW EXECUTE FUNCTION campaigns_guard_organiser_step();
CREATE TRIGGER organiser_step_kept BEFORE TRUNCATE ON campaigns_organiserstep
    FOR EACH STATEMENT EXECUTE FUNCTION campaigns_refuse_change();

-- What was agreed to stays; its PDF is made once; what is personal in it may be sealed anew, or go, and never come back.
CREATE FUNCTION campaigns_guard_acceptance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT 1 FROM people_legaltext t WHERE t.id = NEW.text_id AND t.sha256 = NEW.text_sha256) THEN
            RAISE EXCEPTION 'what is agreed to is a text as it was published' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE'
            AND (NEW.id, NEW.organiser_id, NEW.text_id, NEW.text_sha256, NEW.accepted_at, NEW.reference)
                = (OLD.id, OLD.organiser_id, OLD.text_id, OLD.text_sha256, OLD.accepted_at, OLD.reference)
            AND (OLD.sealed <> '' OR NEW.sealed = '')
            AND (OLD.made_at IS NULL OR (NEW.made_at, NEW.pdf_sha256) = (OLD.made_at, OLD.pdf_sha256)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'campaigns_acceptance is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER acceptance_guarded BEFORE INSERT OR UPDATE OR DELETE ON campaigns_acceptance
    FOR EACH ROW EXECUTE FUNCTION campaigns_guard_acceptance();
CREATE TRIGGER acceptance_kept BEFORE TRUNCATE ON campaigns_acceptance
    FOR EACH STATEMENT EXECUTE FUNCTION campaigns_refuse_change();

-- A campaign is handed in and begins only while the fund vouches for who runs it.
CREATE FUNCTION campaigns_need_verified() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    SELECT o.state INTO found FROM campaigns_organiser o WHERE o.id = NEW.organiser_id FOR SHARE;
    IF found IS NOT NULL AND found <> 'verified' THEN
        RAISE EXCEPTION 'a campaign is run by whom the fund has verified' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER campaign_needs_verified BEFORE UPDATE OF status ON campaigns_campaign
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status AND NEW.status IN ('in_review', 'live'))
    EXECUTE FUNCTION campaigns_need_verified();

REVOKE ALL ON FUNCTION campaigns_note_organiser_step FROM PUBLIC;
REVOKE INSERT, UPDATE, DELETE ON campaigns_organiserstep FROM fund_app;
GRANT UPDATE (reason) ON campaigns_organiserstep TO fund_app;
REVOKE DELETE ON campaigns_acceptance, campaigns_organiser FROM fund_app;
