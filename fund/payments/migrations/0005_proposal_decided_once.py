"""What was proposed stays as it was written, and is decided once."""

from django.db import migrations

GUARD = """
CREATE FUNCTION payments_guard_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state NOT IN ('proposed', 'direct') THEN
            RAISE EXCEPTION 'a proposal begins undecided' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'proposals are kept' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state <> 'proposed' THEN
        RAISE EXCEPTION 'proposal % is decided', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'direct' THEN
        RAISE EXCEPTION 'proposal % needs a second person', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.payment_id, NEW.amount_kopecks, NEW.reason, NEW.note, NEW.request_key, NEW.proposed_by_id, NEW.proposed_at)
        IS DISTINCT FROM
        (OLD.payment_id, OLD.amount_kopecks, OLD.reason, OLD.note, OLD.request_key, OLD.proposed_by_id, OLD.proposed_at)
    THEN
        RAISE EXCEPTION 'what proposal % asks for is written', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER proposal_guard BEFORE INSERT OR UPDATE OR DELETE ON payments_refundproposal
    FOR EACH ROW EXECUTE FUNCTION payments_guard_proposal();
CREATE TRIGGER proposal_kept BEFORE TRUNCATE ON payments_refundproposal
    FOR EACH STATEMENT EXECUTE FUNCTION payments_guard_proposal();
"""
BACK = """
DROP TRIGGER proposal_kept ON payments_refundproposal;
DROP TRIGGER proposal_guard ON payments_refundproposal;
DROP FUNCTION payments_guard_proposal;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_refund_proposals")]

    operations = [migrations.RunSQL(GUARD, BACK)]
