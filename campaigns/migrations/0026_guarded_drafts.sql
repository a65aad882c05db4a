-- What was handed in and what was reported stays; pictures are the draft's until it is handed in, the report's until it is.

CREATE TRIGGER handed_in_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON campaigns_handedin
    FOR EACH STATEMENT EXECUTE FUNCTION campaigns_refuse_change();
CREATE TRIGGER project_report_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON campaigns_projectreport
    FOR EACH STATEMENT EXECUTE FUNCTION campaigns_refuse_change();
CREATE TRIGGER spent_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON campaigns_spentline
    FOR EACH STATEMENT EXECUTE FUNCTION campaigns_refuse_change();
REVOKE UPDATE, DELETE ON campaigns_handedin, campaigns_projectreport, campaigns_spentline FROM fund_app;

CREATE FUNCTION campaigns_guard_picture() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    shown campaigns_campaignpicture;
    stage text;
BEGIN
    shown := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.campaign_id, NEW.kind, NEW.alt, NEW.source_sha256) IS DISTINCT FROM (OLD.campaign_id, OLD.kind, OLD.alt, OLD.source_sha256)
                OR (OLD.state = 'ready' AND (NEW.state, NEW.digest) IS DISTINCT FROM (OLD.state, OLD.digest)) THEN
            RAISE EXCEPTION 'a picture stays what it is' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END IF;
    SELECT c.status INTO stage FROM campaigns_campaign c WHERE c.id = shown.campaign_id;
    IF NOT ((shown.kind = 'report' AND stage = 'delivering') OR (shown.kind <> 'report' AND stage IN ('draft', 'changes_asked'))) THEN
        RAISE EXCEPTION 'pictures stay as they were handed in, and as donors knew them' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN shown;
END $$;
CREATE TRIGGER picture_guarded BEFORE INSERT OR UPDATE OR DELETE ON campaigns_campaignpicture
    FOR EACH ROW EXECUTE FUNCTION campaigns_guard_picture();

CREATE FUNCTION campaigns_guard_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM campaigns_projectreport r WHERE r.campaign_id = NEW.id) THEN
        RAISE EXCEPTION 'a campaign is reported by its report' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER campaign_reported BEFORE UPDATE OF status ON campaigns_campaign
    FOR EACH ROW WHEN (NEW.status = 'reported' AND OLD.status <> 'reported') EXECUTE FUNCTION campaigns_guard_report();
