CREATE OR REPLACE FUNCTION ledger_leaf(p_number bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT '{"business_date":"' || to_char(o.business_date, 'YYYY-MM-DD')
        || '","document_hashes":' || to_json(o.document_hashes)
        || ',"kind":' || to_json(o.kind)
        || ',"memo":' || to_json(o.memo)
        || ',"number":' || o.number
        || ',"posted_at":"' || to_char(o.posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        || '","postings":[' || coalesce((
            SELECT string_agg('{"amount_kopecks":' || p.amount_kopecks || ',"credit":' || to_json(c.code)
                              || ',"debit":' || to_json(d.code) || '}', ',' ORDER BY p.line)
            FROM public.ledger_posting p
            JOIN public.ledger_account d ON d.id = p.debit_id
            JOIN public.ledger_account c ON c.id = p.credit_id
            WHERE p.operation_id = o.number), '')
        || '],"reverses":' || coalesce(o.reverses_id::text, 'null')
        || ',"subject":' || to_json(o.subject)
        || ',"version":1}'
    FROM public.ledger_operation o WHERE o.number = p_number
$$;

DROP FUNCTION ledger_leaf_text, ledger_posting_text;
