-- The words of a leaf, apart from where they are read: PostgreSQL writes a function of one expression into the query that
-- calls it, so that an export of all leaves is one pass over the tables, several times as quick. The leaf stays the same.

CREATE FUNCTION ledger_posting_text(p_amount_kopecks bigint, p_credit text, p_debit text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT '{"amount_kopecks":' || p_amount_kopecks || ',"credit":' || to_json(p_credit)
        || ',"debit":' || to_json(p_debit) || '}'
$$;

-- Names in the order of RFC 8785, nothing between them. Whole numbers stay below 2^53, times are UTC to the microsecond.
CREATE FUNCTION ledger_leaf_text(
    p_business_date date, p_document_hashes text[], p_kind text, p_memo text, p_number bigint, p_posted_at timestamptz,
    p_postings text, p_reverses bigint, p_subject text
) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT '{"business_date":"' || to_char(p_business_date, 'YYYY-MM-DD')
        || '","document_hashes":' || to_json(p_document_hashes)
        || ',"kind":' || to_json(p_kind)
        || ',"memo":' || to_json(p_memo)
        || ',"number":' || p_number
        || ',"posted_at":"' || to_char(p_posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        || '","postings":[' || coalesce(p_postings, '')
        || '],"reverses":' || coalesce(p_reverses::text, 'null')
        || ',"subject":' || to_json(p_subject)
        || ',"version":1}'
$$;

CREATE OR REPLACE FUNCTION ledger_leaf(p_number bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT public.ledger_leaf_text(o.business_date, o.document_hashes, o.kind, o.memo, o.number, o.posted_at, (
        SELECT string_agg(public.ledger_posting_text(p.amount_kopecks, c.code, d.code), ',' ORDER BY p.line)
        FROM public.ledger_posting p
        JOIN public.ledger_account d ON d.id = p.debit_id
        JOIN public.ledger_account c ON c.id = p.credit_id
        WHERE p.operation_id = o.number), o.reverses_id, o.subject)
    FROM public.ledger_operation o WHERE o.number = p_number
$$;
