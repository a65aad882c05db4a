CREATE OR REPLACE FUNCTION payments_guard_bank_entry() RETURNS trigger LANGUAGE plpgsql AS $$
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
