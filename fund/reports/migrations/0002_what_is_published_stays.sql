-- A report goes forward only, and once it is published nothing of it changes any more. It never disappears.
CREATE FUNCTION reports_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'queued' THEN
            RAISE EXCEPTION 'a report begins as queued' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP <> 'UPDATE' OR OLD.state = 'published' THEN
        RAISE EXCEPTION 'a published report is append-only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (OLD.id, OLD.kind, OLD.subject, OLD.version, OLD.checkpoint_id, OLD.asked_at)
            <> (NEW.id, NEW.kind, NEW.subject, NEW.version, NEW.checkpoint_id, NEW.asked_at)
            OR OLD.month IS DISTINCT FROM NEW.month THEN
        RAISE EXCEPTION 'what a report is about does not change' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('queued', 'rendering'), ('rendering', 'rendering'), ('rendering', 'published'),
                                      ('rendering', 'failed'), ('failed', 'queued')) THEN
        RAISE EXCEPTION 'a report does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER report_guarded BEFORE INSERT OR UPDATE OR DELETE ON reports_report
    FOR EACH ROW EXECUTE FUNCTION reports_guard();
CREATE TRIGGER report_kept BEFORE TRUNCATE ON reports_report
    FOR EACH STATEMENT EXECUTE FUNCTION reports_guard();
REVOKE DELETE ON reports_report FROM fund_app;
