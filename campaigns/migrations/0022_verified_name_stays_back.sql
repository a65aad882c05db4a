CREATE OR REPLACE FUNCTION campaigns_guard_organiser() RETURNS trigger LANGUAGE plpgsql AS $$
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
