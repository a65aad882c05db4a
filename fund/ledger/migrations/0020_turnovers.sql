-- Turnovers of days and months as they stood at each checkpoint, of accounts and of the first two digits of their codes,
-- and sums to search by (docs/adr/0032).

CREATE TRIGGER turnover_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_turnover
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER sealedsum_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_sealedsum
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE FUNCTION ledger_month(p_day date) RETURNS date LANGUAGE sql IMMUTABLE AS $$
    SELECT p_day - (extract(day FROM p_day)::integer - 1)
$$;

-- All periods that a business date of an account counts in.
CREATE FUNCTION ledger_scopes(p_account bigint, p_code text, p_day date)
RETURNS TABLE (scope bigint, is_month boolean, start_date date) LANGUAGE sql IMMUTABLE AS $$
    VALUES (p_account, false, p_day), (p_account, true, public.ledger_month(p_day)),
           (-left(p_code, 2)::bigint, false, p_day), (-left(p_code, 2)::bigint, true, public.ledger_month(p_day))
$$;

-- What a checkpoint adds to balances and turnovers, and what it makes findable by its sum.
CREATE OR REPLACE FUNCTION ledger_sum_up(p_checkpoint bigint, p_since bigint, p_until bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    WITH moved AS MATERIALIZED (
        SELECT side.account_id, o.business_date, sum(side.debit) AS debit, sum(side.credit) AS credit
        FROM public.ledger_posting p
        JOIN public.ledger_operation o ON o.number = p.operation_id
        CROSS JOIN LATERAL (VALUES (p.debit_id, p.amount_kopecks, 0), (p.credit_id, 0, p.amount_kopecks))
            AS side (account_id, debit, credit)
        WHERE p.transaction_id >= p_since AND p.transaction_id < p_until
        GROUP BY side.account_id, o.business_date
    ), totals AS (
        INSERT INTO public.ledger_accounttotal (checkpoint_id, account_id, debit_kopecks, credit_kopecks)
            SELECT p_checkpoint, m.account_id, coalesce(t.debit_kopecks, 0) + m.debit,
                   coalesce(t.credit_kopecks, 0) + m.credit
            FROM (SELECT account_id, sum(debit) AS debit, sum(credit) AS credit FROM moved GROUP BY account_id) m
            LEFT JOIN LATERAL (
                SELECT x.debit_kopecks, x.credit_kopecks FROM public.ledger_accounttotal x
                WHERE x.account_id = m.account_id ORDER BY x.checkpoint_id DESC LIMIT 1
            ) t ON true
    )
    INSERT INTO public.ledger_turnover (scope, is_month, start_date, checkpoint_id, debit_kopecks, credit_kopecks)
        SELECT f.scope, f.is_month, f.start_date, p_checkpoint, coalesce(t.debit_kopecks, 0) + f.debit,
               coalesce(t.credit_kopecks, 0) + f.credit
        FROM (
            SELECT s.scope, s.is_month, s.start_date, sum(m.debit) AS debit, sum(m.credit) AS credit
            FROM moved m JOIN public.ledger_account a ON a.id = m.account_id
            CROSS JOIN LATERAL public.ledger_scopes(a.id, a.code, m.business_date) s
            GROUP BY s.scope, s.is_month, s.start_date
        ) f
        LEFT JOIN LATERAL (
            SELECT x.debit_kopecks, x.credit_kopecks FROM public.ledger_turnover x
            WHERE x.scope = f.scope AND x.is_month = f.is_month AND x.start_date = f.start_date
            ORDER BY x.checkpoint_id DESC LIMIT 1
        ) t ON true;
    INSERT INTO public.ledger_sealedsum (amount_kopecks, business_date, operation_id, subject)
        SELECT sum(p.amount_kopecks), o.business_date, o.number, o.subject
        FROM public.ledger_operation o JOIN public.ledger_posting p ON p.operation_id = o.number
        WHERE o.transaction_id >= p_since AND o.transaction_id < p_until GROUP BY o.number;
END $$;

-- What a scope was debited and credited on business dates before a day (on all, where there is none), as a checkpoint
-- counted it: whole months, then the days of the last one, each by its newest row.
CREATE FUNCTION ledger_turned(p_scope bigint, p_checkpoint bigint, p_before date)
RETURNS TABLE (debit_kopecks bigint, credit_kopecks bigint) LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(t.debit_kopecks), 0)::bigint, coalesce(sum(t.credit_kopecks), 0)::bigint
    FROM (
        SELECT true AS is_month, m::date AS start_date FROM generate_series(
            (SELECT x.start_date::timestamp FROM public.ledger_turnover x WHERE x.scope = p_scope AND x.is_month
             ORDER BY x.start_date LIMIT 1),
            least((SELECT x.start_date::timestamp FROM public.ledger_turnover x WHERE x.scope = p_scope AND x.is_month
                   ORDER BY x.start_date DESC LIMIT 1),
                  public.ledger_month(p_before)::timestamp - interval '1 month'),
            interval '1 month') m
        UNION ALL
        SELECT false, d::date FROM generate_series(
            public.ledger_month(p_before)::timestamp, p_before::timestamp - interval '1 day', interval '1 day') d
    ) f
    CROSS JOIN LATERAL (
        SELECT x.debit_kopecks, x.credit_kopecks FROM public.ledger_turnover x
        WHERE x.scope = p_scope AND x.is_month = f.is_month AND x.start_date = f.start_date
            AND x.checkpoint_id <= p_checkpoint
        ORDER BY x.checkpoint_id DESC LIMIT 1
    ) t
$$;

-- What checkpoints counted before is counted again, cumulated.
INSERT INTO ledger_turnover (scope, is_month, start_date, checkpoint_id, debit_kopecks, credit_kopecks)
    SELECT scope, is_month, start_date, checkpoint_id, sum(debit) OVER running, sum(credit) OVER running
    FROM (
        SELECT s.scope, s.is_month, s.start_date, t.checkpoint_id, sum(t.debit_kopecks) AS debit,
               sum(t.credit_kopecks) AS credit
        FROM ledger_dailyturnover t JOIN ledger_account a ON a.id = t.account_id
        CROSS JOIN LATERAL ledger_scopes(a.id, a.code, t.business_date) s
        GROUP BY s.scope, s.is_month, s.start_date, t.checkpoint_id
    ) f
    WINDOW running AS (PARTITION BY scope, is_month, start_date ORDER BY checkpoint_id);
INSERT INTO ledger_sealedsum (amount_kopecks, business_date, operation_id, subject)
    SELECT sum(p.amount_kopecks), o.business_date, o.number, o.subject
    FROM ledger_logentry e JOIN ledger_operation o ON o.number = e.operation_id
    JOIN ledger_posting p ON p.operation_id = o.number GROUP BY o.number;

DROP TRIGGER turnover_append_only ON ledger_dailyturnover;
REVOKE ALL ON FUNCTION ledger_sum_up FROM PUBLIC;
REVOKE ALL ON ledger_turnover, ledger_sealedsum FROM fund_app;
GRANT SELECT ON ledger_turnover, ledger_sealedsum TO fund_app, fund_sealer;
