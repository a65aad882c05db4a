CREATE TRIGGER turnover_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_dailyturnover
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
REVOKE ALL ON ledger_dailyturnover FROM fund_app;
REVOKE ALL ON SEQUENCE ledger_dailyturnover_id_seq FROM fund_app;
GRANT SELECT ON ledger_dailyturnover TO fund_app, fund_sealer;

INSERT INTO ledger_dailyturnover (checkpoint_id, account_id, business_date, debit_kopecks, credit_kopecks)
    SELECT checkpoint_id, scope, start_date, debit_kopecks - lag(debit_kopecks, 1, 0::bigint) OVER running,
           credit_kopecks - lag(credit_kopecks, 1, 0::bigint) OVER running
    FROM ledger_turnover WHERE scope > 0 AND NOT is_month
    WINDOW running AS (PARTITION BY scope, start_date ORDER BY checkpoint_id);

CREATE OR REPLACE FUNCTION ledger_sum_up(p_checkpoint bigint, p_since bigint, p_until bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.ledger_dailyturnover (checkpoint_id, account_id, business_date, debit_kopecks, credit_kopecks)
        SELECT p_checkpoint, side.account_id, o.business_date, sum(side.debit), sum(side.credit)
        FROM public.ledger_posting p
        JOIN public.ledger_operation o ON o.number = p.operation_id
        CROSS JOIN LATERAL (VALUES (p.debit_id, p.amount_kopecks, 0), (p.credit_id, 0, p.amount_kopecks))
            AS side (account_id, debit, credit)
        WHERE p.transaction_id >= p_since AND p.transaction_id < p_until
        GROUP BY side.account_id, o.business_date;
    INSERT INTO public.ledger_accounttotal (checkpoint_id, account_id, debit_kopecks, credit_kopecks)
        SELECT p_checkpoint, moved.account_id, coalesce(t.debit_kopecks, 0) + moved.debit,
               coalesce(t.credit_kopecks, 0) + moved.credit
        FROM (
            SELECT account_id, sum(debit_kopecks) AS debit, sum(credit_kopecks) AS credit
            FROM public.ledger_dailyturnover WHERE checkpoint_id = p_checkpoint GROUP BY account_id
        ) moved
        LEFT JOIN LATERAL (
            SELECT x.debit_kopecks, x.credit_kopecks FROM public.ledger_accounttotal x
            WHERE x.account_id = moved.account_id ORDER BY x.checkpoint_id DESC LIMIT 1
        ) t ON true;
END $$;

DROP FUNCTION ledger_turned, ledger_scopes, ledger_month;
DROP TRIGGER sealedsum_append_only ON ledger_sealedsum;
DROP TRIGGER turnover_append_only ON ledger_turnover;
