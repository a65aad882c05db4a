-- Transaction ids are the cluster's own: where a dump is restored, they begin anew below all that the books have seen.
-- New operations would then lie under the newest watermark, be left out of balances and never be sealed. The epoch is
-- added to every id; after a restore, ledger_continue() lifts it above everything seen.

CREATE TABLE ledger_epoch (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    transactions_before bigint NOT NULL CHECK (transactions_before >= 0)
);
INSERT INTO ledger_epoch (transactions_before) VALUES (0);

CREATE FUNCTION ledger_refuse_lower_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.transactions_before < OLD.transactions_before THEN
        RAISE EXCEPTION 'ledger_epoch only grows' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER epoch_only_grows BEFORE UPDATE ON ledger_epoch
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_lower_epoch();
CREATE TRIGGER epoch_append_only BEFORE INSERT OR DELETE OR TRUNCATE ON ledger_epoch
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE OR REPLACE FUNCTION ledger_current_transaction() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN pg_current_xact_id()::text::bigint + (SELECT transactions_before FROM public.ledger_epoch);
END $$;

-- Lets this cluster's ids go on above everything that the books have seen; nothing where they do already.
-- The locks wait for whoever posts: an operation under the old epoch must not commit under a watermark of the new one.
CREATE FUNCTION ledger_continue() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    seen bigint;
    next_id bigint;
    epoch bigint;
BEGIN
    LOCK TABLE public.ledger_operation, public.ledger_posting, public.ledger_checkpoint IN EXCLUSIVE MODE;
    SELECT transactions_before INTO epoch FROM public.ledger_epoch;
    SELECT greatest((SELECT max(transaction_id) FROM public.ledger_operation),
                    (SELECT max(watermark) FROM public.ledger_checkpoint), 0) INTO seen;
    next_id := pg_current_xact_id()::text::bigint + epoch;
    IF next_id <= seen THEN
        epoch := epoch + seen - next_id + 1;
        UPDATE public.ledger_epoch SET transactions_before = epoch;
    END IF;
    RETURN epoch;
END $$;

-- As before, in one question, for every posting passes here; and nothing is posted under a watermark: it would be in no
-- balance.
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

-- As before; the transaction's id is read once.
CREATE OR REPLACE FUNCTION post_operation(
    p_kind text, p_subject text, p_business_date date, p_memo text, p_key text, p_reverses bigint,
    p_document_hashes text[], p_debits text[], p_credits text[], p_amounts bigint[], p_guards text[]
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    lines jsonb;
    digest text;
    known text;
    found_number bigint;
    guard record;
    own bigint := ledger_current_transaction();
BEGIN
    IF cardinality(p_amounts) = 0 OR cardinality(p_debits) <> cardinality(p_amounts)
        OR cardinality(p_credits) <> cardinality(p_amounts) OR array_position(p_amounts, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'an operation needs postings, each with debit, credit and amount' USING ERRCODE = 'FL001';
    END IF;
    SELECT coalesce(jsonb_agg(jsonb_build_array(l.debit, l.credit, l.amount) ORDER BY l.ordinality), '[]'::jsonb)
        INTO lines
        FROM unnest(p_debits, p_credits, p_amounts) WITH ORDINALITY AS l (debit, credit, amount, ordinality);
    digest := ledger_request_sha256(
        p_key, p_kind, p_subject, p_business_date, p_memo, p_reverses, p_document_hashes, lines);
    INSERT INTO ledger_operation (kind, subject, business_date, memo, key, request_sha256, reverses_id,
                                  document_hashes, posted_at, transaction_id)
        VALUES (p_kind, p_subject, p_business_date, p_memo, p_key, digest, p_reverses,
                p_document_hashes, clock_timestamp(), own)
        ON CONFLICT (key) DO NOTHING RETURNING number INTO found_number;
    IF found_number IS NULL THEN
        SELECT number, request_sha256 INTO found_number, known FROM ledger_operation WHERE key = p_key;
        IF known IS DISTINCT FROM digest THEN
            RAISE EXCEPTION 'key % names another operation', p_key USING ERRCODE = 'FL002';
        END IF;
        RETURN found_number;
    END IF;
    IF p_reverses IS NOT NULL THEN
        PERFORM 1 FROM ledger_operation o WHERE o.number = p_reverses AND o.reverses_id IS NULL AND lines = (
            SELECT jsonb_agg(jsonb_build_array(l -> 1, l -> 0, l -> 2) ORDER BY place)
            FROM jsonb_array_elements(ledger_lines(p_reverses)) WITH ORDINALITY AS x (l, place));
        IF NOT FOUND THEN
            RAISE EXCEPTION 'not the mirror of operation %', p_reverses USING ERRCODE = 'FL004';
        END IF;
    END IF;
    FOR guard IN SELECT id, code FROM ledger_account WHERE code = ANY (p_guards) ORDER BY id FOR NO KEY UPDATE LOOP
        NULL;  -- who spends waits here for who spent before
    END LOOP;
    INSERT INTO ledger_posting (operation_id, line, debit_id, credit_id, amount_kopecks, transaction_id)
        SELECT found_number, l.ordinality, d.id, c.id, l.amount, own
        FROM unnest(p_debits, p_credits, p_amounts) WITH ORDINALITY AS l (debit, credit, amount, ordinality)
        JOIN ledger_account d ON d.code = l.debit
        JOIN ledger_account c ON c.code = l.credit;
    IF jsonb_array_length(ledger_lines(found_number)) <> cardinality(p_amounts) THEN
        RAISE EXCEPTION 'an account of % is not open', lines USING ERRCODE = 'FL001';
    END IF;
    FOR guard IN
        SELECT a.code FROM ledger_account a, ledger_totals(a.id) t WHERE a.code = ANY (p_guards)
            AND CASE a.side WHEN 'active' THEN t.debit_kopecks < t.credit_kopecks
                ELSE t.credit_kopecks < t.debit_kopecks END
    LOOP
        RAISE EXCEPTION 'account % would fall below nought', guard.code USING ERRCODE = 'FL003';
    END LOOP;
    RETURN found_number;
END $$;

-- As before, above the epoch.
CREATE OR REPLACE FUNCTION seal() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    since bigint := 0;
    until bigint;
    fresh_operations bigint;
    fresh_postings bigint;
    before_operations bigint := 0;
    before_postings bigint := 0;
    made bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('ledger.seal', 0)) THEN
        RETURN NULL;
    END IF;
    SELECT watermark, operations, postings INTO since, before_operations, before_postings
        FROM ledger_checkpoint ORDER BY watermark DESC LIMIT 1;
    since := coalesce(since, 0);
    until := pg_snapshot_xmin(pg_current_snapshot())::text::bigint + (SELECT transactions_before FROM ledger_epoch);
    SELECT count(*) INTO fresh_operations FROM ledger_operation WHERE transaction_id >= since AND transaction_id < until;
    IF fresh_operations = 0 THEN
        RETURN NULL;
    END IF;
    SELECT count(*) INTO fresh_postings FROM ledger_posting WHERE transaction_id >= since AND transaction_id < until;
    INSERT INTO ledger_checkpoint (watermark, operations, postings, sealed_at)
        VALUES (until, coalesce(before_operations, 0) + fresh_operations, coalesce(before_postings, 0) + fresh_postings,
                clock_timestamp())
        RETURNING id INTO made;
    INSERT INTO ledger_dailyturnover (checkpoint_id, account_id, business_date, debit_kopecks, credit_kopecks)
        SELECT made, side.account_id, o.business_date, sum(side.debit), sum(side.credit)
        FROM ledger_posting p
        JOIN ledger_operation o ON o.number = p.operation_id
        CROSS JOIN LATERAL (VALUES (p.debit_id, p.amount_kopecks, 0), (p.credit_id, 0, p.amount_kopecks))
            AS side (account_id, debit, credit)
        WHERE p.transaction_id >= since AND p.transaction_id < until
        GROUP BY side.account_id, o.business_date;
    INSERT INTO ledger_accounttotal (checkpoint_id, account_id, debit_kopecks, credit_kopecks)
        SELECT made, moved.account_id, coalesce(t.debit_kopecks, 0) + moved.debit,
               coalesce(t.credit_kopecks, 0) + moved.credit
        FROM (
            SELECT account_id, sum(debit_kopecks) AS debit, sum(credit_kopecks) AS credit
            FROM ledger_dailyturnover WHERE checkpoint_id = made GROUP BY account_id
        ) moved
        LEFT JOIN LATERAL (
            SELECT x.debit_kopecks, x.credit_kopecks FROM ledger_accounttotal x
            WHERE x.account_id = moved.account_id ORDER BY x.checkpoint_id DESC LIMIT 1
        ) t ON true;
    RETURN made;
END $$;

REVOKE ALL ON FUNCTION ledger_continue FROM PUBLIC;
REVOKE ALL ON ledger_epoch FROM fund_app;
GRANT SELECT ON ledger_epoch TO fund_app, fund_sealer;
