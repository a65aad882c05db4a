-- A bank entry stays as it was written, and is decided once; more is never paid for an act than it says.
CREATE OR REPLACE FUNCTION payments_guard_bank_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told bigint;
    paid bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' THEN
            RAISE EXCEPTION 'a bank entry begins undecided' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'bank entries are kept' USING ERRCODE = 'insufficient_privilege';
    ELSIF OLD.state <> 'proposed' THEN
        RAISE EXCEPTION 'bank entry % is decided', OLD.id USING ERRCODE = 'check_violation';
    ELSIF (NEW.kind, NEW.refund_id, NEW.subject, NEW.line, NEW.words, NEW.act_id, NEW.amount_kopecks, NEW.order_number,
        NEW.order_date, NEW.request_key, NEW.proposed_by_id, NEW.proposed_at)
        IS DISTINCT FROM
        (OLD.kind, OLD.refund_id, OLD.subject, OLD.line, OLD.words, OLD.act_id, OLD.amount_kopecks, OLD.order_number,
        OLD.order_date, OLD.request_key, OLD.proposed_by_id, OLD.proposed_at)
    THEN
        RAISE EXCEPTION 'what bank entry % says is written', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.act_id IS NOT NULL AND NEW.state IN ('proposed', 'approved') THEN
        SELECT amount_kopecks INTO told FROM payments_bankentry
            WHERE id = NEW.act_id AND kind = 'expense' AND state = 'approved' AND subject = NEW.subject FOR UPDATE;
        SELECT coalesce(sum(amount_kopecks), 0) INTO paid FROM payments_bankentry
            WHERE act_id = NEW.act_id AND state IN ('proposed', 'approved') AND id <> NEW.id;
        IF told IS NULL OR paid + NEW.amount_kopecks > told THEN
            RAISE EXCEPTION 'more than act % says', NEW.act_id USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
