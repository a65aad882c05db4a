-- A question to donors is asked by two, its terms never change, each step is taken once; answers come before the deadline
-- alone; what is shared out adds up; a campaign that was launched is cancelled beside such a question alone.

CREATE FUNCTION campaigns_guard_question() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    name text;
    old_row jsonb;
    new_row jsonb;
    shared bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'campaigns_purposequestion is append-only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF coalesce(NEW.confirmed_at, NEW.withdrawn_at, NEW.shared_at, NEW.done_at) IS NOT NULL THEN
            RAISE EXCEPTION 'a question begins as a proposal' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    old_row := to_jsonb(OLD);
    new_row := to_jsonb(NEW);
    FOREACH name IN ARRAY ARRAY['campaign_id', 'reason', 'answer_days', 'proposed_by_id', 'proposed_at', 'withdrawn_by_id',
            'withdrawn_at', 'confirmed_by_id', 'confirmed_at', 'deadline_at', 'pool_kopecks', 'others_kopecks', 'shared_at',
            'done_at'] LOOP
        IF old_row -> name <> 'null'::jsonb AND old_row -> name IS DISTINCT FROM new_row -> name THEN
            RAISE EXCEPTION 'what was said of a question once stays: %', name USING ERRCODE = 'insufficient_privilege';
        END IF;
    END LOOP;
    IF OLD.withdrawn_at IS NOT NULL OR (OLD.confirmed_at IS NOT NULL AND NEW.is_asked <> OLD.is_asked) THEN
        RAISE EXCEPTION 'what was said of a question once stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.shared_at IS NOT NULL AND OLD.shared_at IS NULL THEN
        SELECT coalesce(sum(s.share_kopecks), 0) INTO shared FROM campaigns_purposeshare s WHERE s.question_id = NEW.id;
        IF NEW.shared_at < NEW.deadline_at OR shared + NEW.others_kopecks IS DISTINCT FROM NEW.pool_kopecks THEN
            RAISE EXCEPTION 'money is shared out after the deadline, and to the kopeck' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.done_at IS NOT NULL AND OLD.done_at IS NULL AND (NEW.confirmed_at IS NULL OR (NEW.is_asked AND (
            NEW.shared_at IS NULL
            OR EXISTS (SELECT 1 FROM campaigns_purposeshare s WHERE s.question_id = NEW.id AND s.done_at IS NULL)))) THEN
        RAISE EXCEPTION 'a question is done when every share is' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER purpose_question_guarded BEFORE INSERT OR UPDATE OR DELETE ON campaigns_purposequestion
    FOR EACH ROW EXECUTE FUNCTION campaigns_guard_question();

CREATE FUNCTION campaigns_guard_share() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'campaigns_purposeshare is append-only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'INSERT' THEN
        PERFORM 1 FROM campaigns_purposequestion q WHERE q.id = NEW.question_id AND q.is_asked AND q.shared_at IS NULL;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'nobody is asked now' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.done_at IS NOT NULL OR (NEW.question_id, NEW.donation_id) <> (OLD.question_id, OLD.donation_id)
            OR (OLD.share_kopecks IS NOT NULL AND (NEW.share_kopecks, NEW.kept_kopecks) IS DISTINCT FROM (OLD.share_kopecks, OLD.kept_kopecks)) THEN
        RAISE EXCEPTION 'what was shared out stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER purpose_share_guarded BEFORE INSERT OR UPDATE OR DELETE ON campaigns_purposeshare
    FOR EACH ROW EXECUTE FUNCTION campaigns_guard_share();

CREATE FUNCTION campaigns_guard_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM campaigns_purposequestion q JOIN campaigns_purposeshare s ON s.question_id = q.id
        WHERE s.id = NEW.share_id AND q.is_asked AND q.shared_at IS NULL AND NEW.at < q.deadline_at FOR SHARE OF q;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'answers come before the deadline' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER purpose_answer_guarded BEFORE INSERT ON campaigns_purposeanswer
    FOR EACH ROW EXECUTE FUNCTION campaigns_guard_answer();
CREATE TRIGGER purpose_answer_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON campaigns_purposeanswer
    FOR EACH STATEMENT EXECUTE FUNCTION campaigns_refuse_change();

CREATE FUNCTION campaigns_guard_cancel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM campaigns_purposequestion q
        WHERE q.campaign_id = NEW.id AND q.confirmed_at = NEW.moved_at AND q.reason = NEW.moved_because
          AND q.is_asked <> (NEW.funding = 'all_or_nothing' AND NEW.goal_met_at IS NULL);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a campaign that took gifts is cancelled by two, who say what becomes of them'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER campaign_cancelled BEFORE UPDATE OF status ON campaigns_campaign FOR EACH ROW
    WHEN (NEW.status = 'cancelled' AND OLD.status <> 'cancelled' AND OLD.launched_at IS NOT NULL)
    EXECUTE FUNCTION campaigns_guard_cancel();

REVOKE DELETE ON campaigns_purposequestion, campaigns_purposeshare FROM fund_app;
REVOKE UPDATE, DELETE ON campaigns_purposeanswer FROM fund_app;
