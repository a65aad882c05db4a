-- Movements are only ever added, each where the one before ended; the item's row is the queue of those who write.

CREATE FUNCTION sales_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION sales_guard_movement() RETURNS trigger LANGUAGE plpgsql AS $$
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
    RETURN NEW;
END $$;

CREATE TRIGGER movement_goes_on BEFORE INSERT ON sales_stockmovement
    FOR EACH ROW EXECUTE FUNCTION sales_guard_movement();
CREATE TRIGGER movement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sales_stockmovement
    FOR EACH STATEMENT EXECUTE FUNCTION sales_refuse_change();
REVOKE UPDATE, DELETE ON sales_stockmovement FROM fund_app;
