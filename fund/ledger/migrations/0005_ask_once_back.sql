CREATE OR REPLACE FUNCTION ledger_refuse_late_posting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own bigint := public.ledger_current_transaction();
BEGIN
    PERFORM 1 FROM public.ledger_operation WHERE number = NEW.operation_id AND transaction_id = own;
    IF NOT FOUND OR NEW.transaction_id <> own THEN
        RAISE EXCEPTION 'ledger_posting is append-only: operation % was written before', NEW.operation_id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF own < (SELECT max(watermark) FROM public.ledger_checkpoint) THEN
        RAISE EXCEPTION 'transaction % lies under the newest checkpoint: after a restore, run continue_books', own
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NEW;
END $$;
