-- What was published stays where and when it was published; a correction leaves the earlier wording, written by the database itself.

CREATE FUNCTION campaigns_guard_telling() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.published_at IS NOT NULL THEN
            RAISE EXCEPTION 'a published update stays' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.campaign_id <> OLD.campaign_id THEN
        RAISE EXCEPTION 'an update stays with its campaign' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.published_at IS NULL THEN
        RETURN NEW;
    END IF;
    IF (NEW.number, NEW.published_at) IS DISTINCT FROM (OLD.number, OLD.published_at) THEN
        RAISE EXCEPTION 'an update is published once' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (NEW.title, NEW.body) IS DISTINCT FROM (OLD.title, OLD.body) THEN
        IF NEW.corrected_at IS NULL OR NEW.corrected_at IS NOT DISTINCT FROM OLD.corrected_at THEN
            RAISE EXCEPTION 'a correction says when it was made' USING ERRCODE = 'check_violation';
        END IF;
        INSERT INTO campaigns_updateversion (update_row_id, title, body, written_at, replaced_at)
        VALUES (OLD.id, OLD.title, OLD.body, coalesce(OLD.corrected_at, OLD.published_at), NEW.corrected_at);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER update_guarded BEFORE UPDATE OR DELETE ON campaigns_update
    FOR EACH ROW EXECUTE FUNCTION campaigns_guard_telling();

CREATE TRIGGER updateversion_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON campaigns_updateversion
    FOR EACH STATEMENT EXECUTE FUNCTION campaigns_refuse_change();

REVOKE ALL ON FUNCTION campaigns_guard_telling FROM PUBLIC;
REVOKE INSERT, UPDATE, DELETE ON campaigns_updateversion FROM fund_app;
