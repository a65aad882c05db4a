"""What the database holds of erasure: a consent's address may go and nothing else; who is erased is nobody."""

from django.db import migrations, models
from django.db.models import Q

FORWARD = """
CREATE FUNCTION people_only_forget_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.address IS NOT NULL OR OLD.address IS NULL
       OR to_jsonb(NEW) - 'address' IS DISTINCT FROM to_jsonb(OLD) - 'address' THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER consent_append_only ON people_consent;
CREATE TRIGGER consent_append_only BEFORE DELETE OR TRUNCATE ON people_consent
    FOR EACH STATEMENT EXECUTE FUNCTION people_refuse_change();
CREATE TRIGGER consent_only_forgets_its_address BEFORE UPDATE ON people_consent
    FOR EACH ROW EXECUTE FUNCTION people_only_forget_address();
CREATE TRIGGER withdrawal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON people_consentwithdrawal
    FOR EACH STATEMENT EXECUTE FUNCTION people_refuse_change();

"""
BACKWARD = """

DROP TRIGGER withdrawal_append_only ON people_consentwithdrawal;
DROP TRIGGER consent_only_forgets_its_address ON people_consent;
DROP TRIGGER consent_append_only ON people_consent;
CREATE TRIGGER consent_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON people_consent
    FOR EACH STATEMENT EXECUTE FUNCTION people_refuse_change();
DROP FUNCTION people_only_forget_address();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0011_law")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(migrations.RunSQL.noop, "UPDATE people_donor SET email = '' WHERE email IS NULL"),
        migrations.AddConstraint(
            model_name="donor",
            constraint=models.CheckConstraint(
                condition=Q(erased_at__isnull=True, erased_as__isnull=True, email__isnull=False)
                | Q(erased_at__isnull=False, erased_as__isnull=False, email__isnull=True, public_name=""),
                name="donor_erased_is_nobody",
            ),
        ),
    ]
