"""Consents and legal texts are never rewritten: triggers hold against every role."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION people_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER legal_text_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON people_legaltext
    FOR EACH STATEMENT EXECUTE FUNCTION people_refuse_change();
CREATE TRIGGER consent_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON people_consent
    FOR EACH STATEMENT EXECUTE FUNCTION people_refuse_change();
CREATE INDEX people_consent_pace ON people_consent (address, given_at);
CREATE INDEX people_donor_pace ON people_donor (lower(email), created_at);
"""
BACKWARD = """
DROP INDEX people_donor_pace;
DROP INDEX people_consent_pace;
DROP TRIGGER consent_append_only ON people_consent;
DROP TRIGGER legal_text_append_only ON people_legaltext;
DROP FUNCTION people_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
