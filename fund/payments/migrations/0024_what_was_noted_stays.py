"""Chargebacks and shortages are only ever added; a bank entry stays as it was written, and is decided once."""

from django.db import migrations

GUARD = """
CREATE TRIGGER chargeback_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments_chargeback
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_change();
CREATE TRIGGER shortage_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments_shortage
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_change();
REVOKE UPDATE, DELETE ON payments_chargeback, payments_shortage FROM fund_app;

CREATE FUNCTION payments_guard_bank_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' THEN
            RAISE EXCEPTION 'a bank entry begins undecided' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'bank entries are kept' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state <> 'proposed' THEN
        RAISE EXCEPTION 'bank entry % is decided', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.kind, NEW.refund_id, NEW.amount_kopecks, NEW.order_number, NEW.order_date, NEW.request_key,
        NEW.proposed_by_id, NEW.proposed_at)
        IS DISTINCT FROM
        (OLD.kind, OLD.refund_id, OLD.amount_kopecks, OLD.order_number, OLD.order_date, OLD.request_key,
        OLD.proposed_by_id, OLD.proposed_at)
    THEN
        RAISE EXCEPTION 'what bank entry % says is written', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER bank_entry_guard BEFORE INSERT OR UPDATE OR DELETE ON payments_bankentry
    FOR EACH ROW EXECUTE FUNCTION payments_guard_bank_entry();
CREATE TRIGGER bank_entry_kept BEFORE TRUNCATE ON payments_bankentry
    FOR EACH STATEMENT EXECUTE FUNCTION payments_guard_bank_entry();
"""
BACK = """
DROP TRIGGER bank_entry_kept ON payments_bankentry;
DROP TRIGGER bank_entry_guard ON payments_bankentry;
DROP FUNCTION payments_guard_bank_entry;
GRANT UPDATE, DELETE ON payments_chargeback, payments_shortage TO fund_app;
DROP TRIGGER shortage_append_only ON payments_shortage;
DROP TRIGGER chargeback_append_only ON payments_chargeback;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0023_shortages_chargebacks_bank_entries")]
    safe_because = "the tables are new, and the code before knows nothing of them"

    operations = [migrations.RunSQL(GUARD, BACK)]
