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

CREATE OR REPLACE FUNCTION ledger_request_sha256(
    p_key text, p_kind text, p_subject text, p_business_date date, p_memo text, p_reverses bigint,
    p_document_hashes text[], p_lines jsonb
) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(
        p_key, p_kind, p_subject, p_business_date::text, p_memo, p_reverses, to_jsonb(p_document_hashes), p_lines
    )::text, 'UTF8')), 'hex')
$$;
