-- Calls are only ever added. Moves of payments and refunds are written by the database itself, whoever moved them.

CREATE FUNCTION payments_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER call_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments_call
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_change();
CREATE TRIGGER transition_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments_transition
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_change();

CREATE FUNCTION payments_note_transition() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before text := CASE TG_OP WHEN 'UPDATE' THEN OLD.state ELSE '' END;
BEGIN
    IF TG_ARGV[0] = 'payment' THEN
        INSERT INTO payments_transition (payment_id, from_state, to_state, cause, at)
            VALUES (NEW.id, before, NEW.state, NEW.moved_by, clock_timestamp());
    ELSE
        INSERT INTO payments_transition (refund_id, from_state, to_state, cause, at)
            VALUES (NEW.id, before, NEW.state, NEW.moved_by, clock_timestamp());
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER payment_begun AFTER INSERT ON payments_payment
    FOR EACH ROW EXECUTE FUNCTION payments_note_transition('payment');
CREATE TRIGGER payment_moved AFTER UPDATE OF state ON payments_payment
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION payments_note_transition('payment');
CREATE TRIGGER refund_begun AFTER INSERT ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION payments_note_transition('refund');
CREATE TRIGGER refund_moved AFTER UPDATE OF state ON payments_refund
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION payments_note_transition('refund');

REVOKE ALL ON FUNCTION payments_note_transition FROM PUBLIC;
REVOKE INSERT, UPDATE, DELETE ON payments_transition FROM fund_app;
REVOKE UPDATE, DELETE ON payments_call FROM fund_app;
