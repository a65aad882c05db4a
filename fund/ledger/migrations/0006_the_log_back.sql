DROP FUNCTION sign_checkpoint, seal, ledger_sum_up, ledger_root, ledger_place, ledger_tree_hash, ledger_leaf_hash,
    ledger_leaf;
DROP TRIGGER signed_append_only ON ledger_signedcheckpoint;
DROP TRIGGER lognode_append_only ON ledger_lognode;
DROP TRIGGER logentry_append_only ON ledger_logentry;

CREATE FUNCTION seal() RETURNS bigint
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

REVOKE ALL ON FUNCTION seal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION seal TO fund_sealer;
