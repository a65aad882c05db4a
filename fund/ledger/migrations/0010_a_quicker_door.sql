-- The door, quicker: per operation some 100 microseconds of two cores less (docs/adr/0034). What it refuses, and what a
-- key stands for, is as before.

-- Called stable, which it is, it is spelled out where it is called; as IMMUTABLE it was a query of its own.
CREATE OR REPLACE FUNCTION ledger_request_sha256(
    p_key text, p_kind text, p_subject text, p_business_date date, p_memo text, p_reverses bigint,
    p_document_hashes text[], p_lines jsonb
) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(
        p_key, p_kind, p_subject, p_business_date::text, p_memo, p_reverses, to_jsonb(p_document_hashes), p_lines
    )::text, 'UTF8')), 'hex')
$$;

-- As before. Lines are written one by one, each by a statement whose plan is made once: over unnest() PostgreSQL plans
-- anew each time. What is not asked for (guards, a reversal) costs no query.
CREATE OR REPLACE FUNCTION post_operation(
    p_kind text, p_subject text, p_business_date date, p_memo text, p_key text, p_reverses bigint,
    p_document_hashes text[], p_debits text[], p_credits text[], p_amounts bigint[], p_guards text[]
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    lines jsonb := '[]';
    digest text;
    known text;
    found_number bigint;
    short text;
    own bigint;
BEGIN
    IF (array_dims(p_amounts) = '[1:' || cardinality(p_amounts) || ']' AND array_dims(p_debits) = array_dims(p_amounts)
        AND array_dims(p_credits) = array_dims(p_amounts) AND array_position(p_amounts, NULL) IS NULL) IS NOT TRUE THEN
        RAISE EXCEPTION 'an operation needs postings, each with debit, credit and amount' USING ERRCODE = 'FL001';
    END IF;
    FOR place IN 1 .. cardinality(p_amounts) LOOP
        lines := lines || jsonb_build_array(jsonb_build_array(p_debits[place], p_credits[place], p_amounts[place]));
    END LOOP;
    digest := ledger_request_sha256(
        p_key, p_kind, p_subject, p_business_date, p_memo, p_reverses, p_document_hashes, lines);
    INSERT INTO ledger_operation (kind, subject, business_date, memo, key, request_sha256, reverses_id,
                                  document_hashes, posted_at, transaction_id)
        VALUES (p_kind, p_subject, p_business_date, p_memo, p_key, digest, p_reverses,
                p_document_hashes, clock_timestamp(),
                pg_current_xact_id()::text::bigint + (SELECT transactions_before FROM ledger_epoch))
        ON CONFLICT (key) DO NOTHING RETURNING number, transaction_id INTO found_number, own;
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
    IF cardinality(p_guards) > 0 THEN
        PERFORM 1 FROM ledger_account WHERE code = ANY (p_guards) ORDER BY id
            FOR NO KEY UPDATE;  -- who spends waits here for who spent before
    END IF;
    FOR place IN 1 .. cardinality(p_amounts) LOOP
        INSERT INTO ledger_posting (operation_id, line, debit_id, credit_id, amount_kopecks, transaction_id)
            SELECT found_number, place, d.id, c.id, p_amounts[place], own
            FROM ledger_account d, ledger_account c WHERE d.code = p_debits[place] AND c.code = p_credits[place];
        IF NOT FOUND THEN
            RAISE EXCEPTION 'an account of % is not open', lines USING ERRCODE = 'FL001';
        END IF;
    END LOOP;
    IF cardinality(p_guards) > 0 THEN
        SELECT a.code INTO short FROM ledger_account a, ledger_totals(a.id) t WHERE a.code = ANY (p_guards)
            AND CASE a.side WHEN 'active' THEN t.debit_kopecks < t.credit_kopecks
                ELSE t.credit_kopecks < t.debit_kopecks END LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'account % would fall below nought', short USING ERRCODE = 'FL003';
        END IF;
    END IF;
    RETURN found_number;
END $$;
