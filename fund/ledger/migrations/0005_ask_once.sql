-- As before, in one question: every posting passes here.
CREATE OR REPLACE FUNCTION ledger_refuse_late_posting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own bigint;
    sealed bigint;
BEGIN
    SELECT o.transaction_id, (SELECT max(watermark) FROM public.ledger_checkpoint) INTO own, sealed
        FROM public.ledger_operation o, public.ledger_epoch e WHERE o.number = NEW.operation_id
            AND o.transaction_id = pg_current_xact_id()::text::bigint + e.transactions_before;
    IF own IS NULL OR NEW.transaction_id <> own THEN
        RAISE EXCEPTION 'ledger_posting is append-only: operation % was written before', NEW.operation_id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF own < sealed THEN
        RAISE EXCEPTION 'transaction % lies under the newest checkpoint: after a restore, run continue_books', own
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NEW;
END $$;
