-- Movements are only ever added, each where the one before ended; the item's row is the queue of those who write.

CREATE FUNCTION sales_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION sales_guard_movement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last sales_stockmovement%ROWTYPE;
BEGIN
    PERFORM 1 FROM sales_stockitem WHERE id = NEW.item_id FOR UPDATE;
    SELECT * INTO last FROM sales_stockmovement WHERE item_id = NEW.item_id ORDER BY number DESC LIMIT 1;
    IF (NEW.number, NEW.held_after, NEW.value_after_kopecks, NEW.maker_after_kopecks) IS DISTINCT FROM
        (coalesce(last.number, 0) + 1, coalesce(last.held_after, 0) + NEW.quantity,
         coalesce(last.value_after_kopecks, 0) + NEW.value_kopecks,
         coalesce(last.maker_after_kopecks, 0) + NEW.maker_kopecks)
    THEN
        RAISE EXCEPTION 'movement % of item % does not go on from the one before', NEW.number, NEW.item_id
            USING ERRCODE = 'check_violation';
    END IF;
    UPDATE sales_stockitem SET pieces = NEW.held_after WHERE id = NEW.item_id;
    RETURN NEW;
END $$;

CREATE FUNCTION sales_keep_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN -- not from one of the two below: what somebody writes there is not taken
        NEW.pieces := CASE TG_OP WHEN 'UPDATE' THEN OLD.pieces ELSE 0 END;
        NEW.reserved := CASE TG_OP WHEN 'UPDATE' THEN OLD.reserved ELSE 0 END;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER item_counts_kept BEFORE INSERT OR UPDATE ON sales_stockitem
    FOR EACH ROW EXECUTE FUNCTION sales_keep_counts();
CREATE TRIGGER movement_goes_on BEFORE INSERT ON sales_stockmovement
    FOR EACH ROW EXECUTE FUNCTION sales_guard_movement();
CREATE TRIGGER movement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sales_stockmovement
    FOR EACH STATEMENT EXECUTE FUNCTION sales_refuse_change();

-- What is reserved is counted here, and nowhere else: no more is held than there is.

CREATE FUNCTION sales_guard_reservation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    more integer := CASE WHEN NEW.state = 'held' THEN NEW.quantity ELSE 0 END;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.line_id, NEW.item_id) IS DISTINCT FROM (OLD.line_id, OLD.item_id)
            OR NEW.quantity > OLD.quantity OR (NEW.quantity <> OLD.quantity AND OLD.state <> 'held')
            OR (OLD.state, NEW.state) NOT IN
                (('held', 'held'), ('held', 'gone'), ('held', 'released'), ('released', 'released'), ('released', 'held'))
        THEN
            RAISE EXCEPTION 'reservation % can not become that', OLD.id USING ERRCODE = 'check_violation';
        END IF;
        more := more - CASE WHEN OLD.state = 'held' THEN OLD.quantity ELSE 0 END;
    ELSIF NEW.state <> 'held' OR NOT EXISTS (
        SELECT FROM sales_saleline WHERE id = NEW.line_id AND item_id = NEW.item_id AND quantity = NEW.quantity)
    THEN
        RAISE EXCEPTION 'a reservation begins held, as its line says' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE sales_stockitem SET reserved = reserved + more
        WHERE id = NEW.item_id AND (more <= 0 OR pieces - reserved >= more);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'fewer than % pieces of item % are left', more, NEW.item_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reservation_of_what_is_there';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER reservation_guard BEFORE INSERT OR UPDATE ON sales_reservation
    FOR EACH ROW EXECUTE FUNCTION sales_guard_reservation();
CREATE TRIGGER reservation_kept BEFORE DELETE OR TRUNCATE ON sales_reservation
    FOR EACH STATEMENT EXECUTE FUNCTION sales_refuse_change();

-- Lines stay as they were when the order was placed; the order's own sum is theirs, once the transaction ends.

CREATE TRIGGER line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sales_saleline
    FOR EACH STATEMENT EXECUTE FUNCTION sales_refuse_change();

CREATE FUNCTION sales_check_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
    PERFORM 1 FROM sales_sale AS sale
        WHERE sale.id = wanted
        AND (sale.total_kopecks, sale.discount_kopecks) = (
            SELECT sum(total_kopecks), sum(discount_kopecks) FROM sales_saleline WHERE sale_id = sale.id)
        AND sale.total_kopecks = (SELECT amount_kopecks FROM payments_payment WHERE id = sale.payment_id);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'lines of sale % are not its sum, or not what is to be paid', wanted
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER sale_has_its_lines AFTER INSERT ON sales_sale
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sales_check_sum('id');
CREATE CONSTRAINT TRIGGER line_adds_to_its_sale AFTER INSERT ON sales_saleline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sales_check_sum('sale_id');

-- An order's state goes forward, and each step is written down.

CREATE FUNCTION sales_guard_sale() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before text := CASE TG_OP WHEN 'UPDATE' THEN OLD.state ELSE '' END;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.payment_id, NEW.carrier, NEW.total_kopecks, NEW.discount_kopecks, NEW.request_key, NEW.created_at)
            IS DISTINCT FROM
            (OLD.payment_id, OLD.carrier, OLD.total_kopecks, OLD.discount_kopecks, OLD.request_key, OLD.created_at)
        THEN
            RAISE EXCEPTION 'what sale % says is written', OLD.id USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.state = OLD.state THEN
            RETURN NULL;
        END IF;
    END IF;
    IF (before, NEW.state) NOT IN (
        ('', 'unpaid'), ('unpaid', 'paid'), ('unpaid', 'not_paid'), ('not_paid', 'paid'), ('unpaid', 'cancelled'),
        ('not_paid', 'cancelled'), ('paid', 'assembling'), ('paid', 'cancelled'), ('assembling', 'ready'),
        ('assembling', 'sent'), ('assembling', 'cancelled'), ('ready', 'handed_over'), ('ready', 'cancelled'),
        ('handed_over', 'closed'), ('sent', 'received'), ('received', 'closed'))
    THEN
        RAISE EXCEPTION 'sale % can not go from % to %', NEW.id, before, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO sales_salestep (sale_id, from_state, to_state, at) VALUES (NEW.id, before, NEW.state, clock_timestamp());
    RETURN NULL;
END $$;
CREATE TRIGGER sale_guard AFTER INSERT OR UPDATE ON sales_sale
    FOR EACH ROW EXECUTE FUNCTION sales_guard_sale();
-- A return is written once; no piece goes back twice, and they go in order.

CREATE FUNCTION sales_guard_return() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.start <> coalesce((SELECT max(stop) FROM sales_salereturnline WHERE line_id = NEW.line_id), 0)
        OR NEW.stop > (SELECT quantity FROM sales_saleline WHERE id = NEW.line_id)
        OR NOT EXISTS (SELECT FROM sales_salereturn AS made JOIN sales_saleline AS line ON line.sale_id = made.sale_id
            WHERE made.id = NEW.sale_return_id AND line.id = NEW.line_id)
    THEN
        RAISE EXCEPTION 'line % has no such pieces to go back', NEW.line_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER return_line_guard BEFORE INSERT ON sales_salereturnline
    FOR EACH ROW EXECUTE FUNCTION sales_guard_return();
CREATE TRIGGER return_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sales_salereturnline
    FOR EACH STATEMENT EXECUTE FUNCTION sales_refuse_change();
CREATE TRIGGER return_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sales_salereturn
    FOR EACH STATEMENT EXECUTE FUNCTION sales_refuse_change();
-- A receipt stays what it is; its state goes forward.

CREATE FUNCTION sales_guard_receipt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'waiting' OR (NEW.sale_id, NEW.refund_id, NEW.kind, NEW.amount_kopecks, NEW.created_at)
        IS DISTINCT FROM (OLD.sale_id, OLD.refund_id, OLD.kind, OLD.amount_kopecks, OLD.created_at)
    THEN
        RAISE EXCEPTION 'receipt % can not become that', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER receipt_guard BEFORE UPDATE ON sales_fiscalreceipt
    FOR EACH ROW EXECUTE FUNCTION sales_guard_receipt();
CREATE TRIGGER receipt_kept BEFORE DELETE OR TRUNCATE ON sales_fiscalreceipt
    FOR EACH STATEMENT EXECUTE FUNCTION sales_refuse_change();
CREATE TRIGGER sale_kept BEFORE DELETE OR TRUNCATE ON sales_sale
    FOR EACH STATEMENT EXECUTE FUNCTION sales_refuse_change();
CREATE TRIGGER step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sales_salestep
    FOR EACH STATEMENT EXECUTE FUNCTION sales_refuse_change();

REVOKE ALL ON FUNCTION sales_guard_movement, sales_guard_reservation, sales_guard_sale FROM PUBLIC;
REVOKE UPDATE, DELETE ON sales_stockmovement, sales_saleline, sales_salereturn, sales_salereturnline FROM fund_app;
REVOKE DELETE ON sales_reservation, sales_sale, sales_fiscalreceipt FROM fund_app;
REVOKE INSERT, UPDATE, DELETE ON sales_salestep FROM fund_app;
