"""Acts of staff are never rewritten, a grant changes once; who holds an open grant is staff: triggers hold it."""

from django.db import migrations

FORWARD = r"""
CREATE TRIGGER staff_act_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON people_staffact
    FOR EACH STATEMENT EXECUTE FUNCTION people_refuse_change();
ALTER TABLE people_staffact ADD CONSTRAINT staff_act_holds_no_address CHECK (details::text NOT LIKE '%@%');

CREATE TRIGGER role_grant_never_deleted BEFORE DELETE OR TRUNCATE ON people_rolegrant
    FOR EACH STATEMENT EXECUTE FUNCTION people_refuse_change();
CREATE FUNCTION people_close_grant_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.revoked_at IS NOT NULL OR NEW.revoked_at IS NULL
        OR (NEW.id, NEW.user_id, NEW.role, NEW.granted_at) IS DISTINCT FROM (OLD.id, OLD.user_id, OLD.role, OLD.granted_at)
        OR NEW.granted_by_id IS DISTINCT FROM OLD.granted_by_id
    THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER role_grant_closes_once BEFORE UPDATE ON people_rolegrant
    FOR EACH ROW EXECUTE FUNCTION people_close_grant_once();

CREATE FUNCTION people_keep_staff() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE people_user SET is_staff = EXISTS (
        SELECT 1 FROM people_rolegrant WHERE user_id = NEW.user_id AND revoked_at IS NULL
    ) WHERE id = NEW.user_id;
    RETURN NULL;
END $$;
CREATE TRIGGER role_grant_makes_staff AFTER INSERT OR UPDATE ON people_rolegrant
    FOR EACH ROW EXECUTE FUNCTION people_keep_staff();
CREATE FUNCTION people_staff_follows_grants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.is_staff := EXISTS (SELECT 1 FROM people_rolegrant WHERE user_id = NEW.id AND revoked_at IS NULL);
    RETURN NEW;
END $$;
CREATE TRIGGER user_staff_follows_grants BEFORE INSERT OR UPDATE ON people_user
    FOR EACH ROW EXECUTE FUNCTION people_staff_follows_grants();
"""
BACKWARD = """
DROP TRIGGER user_staff_follows_grants ON people_user;
DROP FUNCTION people_staff_follows_grants();
DROP TRIGGER role_grant_makes_staff ON people_rolegrant;
DROP FUNCTION people_keep_staff();
DROP TRIGGER role_grant_closes_once ON people_rolegrant;
DROP FUNCTION people_close_grant_once();
DROP TRIGGER role_grant_never_deleted ON people_rolegrant;
ALTER TABLE people_staffact DROP CONSTRAINT staff_act_holds_no_address;
DROP TRIGGER staff_act_append_only ON people_staffact;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0004_roles_and_sessions")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
