"""What `check_books` asks the database. Each query returns the first offender, or nothing."""

# Names are what the command prints.
CHECKS = {
    "operation {} has no postings": """
        SELECT number FROM ledger_operation o
        WHERE NOT EXISTS (SELECT 1 FROM ledger_posting p WHERE p.operation_id = o.number) ORDER BY 1 LIMIT 1""",
    "a posting of operation {} has no operation": """
        SELECT operation_id FROM ledger_posting p
        WHERE NOT EXISTS (SELECT 1 FROM ledger_operation o WHERE o.number = p.operation_id) ORDER BY 1 LIMIT 1""",
    "a posting of operation {} has no account": """
        SELECT operation_id FROM ledger_posting p
        WHERE NOT EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = p.debit_id)
           OR NOT EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = p.credit_id) ORDER BY 1 LIMIT 1""",
    "a posting of operation {} has a sum of nought or less, or one account on both sides": """
        SELECT operation_id FROM ledger_posting WHERE amount_kopecks <= 0 OR debit_id = credit_id ORDER BY 1 LIMIT 1""",
    "operation {} was written by another transaction than its postings": """
        SELECT o.number FROM ledger_operation o JOIN ledger_posting p ON p.operation_id = o.number
        WHERE p.transaction_id <> o.transaction_id ORDER BY 1 LIMIT 1""",
    "operation {} is not what its request was": """
        SELECT number FROM ledger_operation o WHERE o.request_sha256 <> ledger_request_sha256(
            o.key, o.kind, o.subject, o.business_date, o.memo, o.reverses_id, o.document_hashes, ledger_lines(o.number))
        ORDER BY 1 LIMIT 1""",
    "the key of operation {} stands twice": """
        SELECT max(number) FROM ledger_operation GROUP BY key HAVING count(*) > 1 LIMIT 1""",
    "operation {} is reversed twice": """
        SELECT reverses_id FROM ledger_operation WHERE reverses_id IS NOT NULL
        GROUP BY reverses_id HAVING count(*) > 1 LIMIT 1""",
    "operation {} is not the mirror of what it reverses": """
        SELECT o.number FROM ledger_operation o WHERE o.reverses_id IS NOT NULL AND ledger_lines(o.number) <> (
            SELECT coalesce(jsonb_agg(jsonb_build_array(l -> 1, l -> 0, l -> 2) ORDER BY place), '[]'::jsonb)
            FROM jsonb_array_elements(ledger_lines(o.reverses_id)) WITH ORDINALITY AS x (l, place))
        ORDER BY 1 LIMIT 1""",
    "checkpoint {} counts other operations or postings than lie under its watermark": """
        SELECT id FROM (
            SELECT id, watermark, operations - lag(operations, 1, 0::bigint) OVER sealed AS operations,
                postings - lag(postings, 1, 0::bigint) OVER sealed AS postings,
                lag(watermark, 1, 0::bigint) OVER sealed AS since
            FROM ledger_checkpoint WINDOW sealed AS (ORDER BY watermark)) c
        WHERE operations <> (SELECT count(*) FROM ledger_operation o
                             WHERE o.transaction_id >= c.since AND o.transaction_id < c.watermark)
           OR postings <> (SELECT count(*) FROM ledger_posting p
                           WHERE p.transaction_id >= c.since AND p.transaction_id < c.watermark)
        ORDER BY 1 LIMIT 1""",
    "operation {} lies under a checkpoint and has no place in the log": """
        SELECT number FROM ledger_operation o
        WHERE o.transaction_id < (SELECT max(watermark) FROM ledger_checkpoint)
            AND NOT EXISTS (SELECT 1 FROM ledger_logentry e WHERE e.operation_id = o.number) ORDER BY 1 LIMIT 1""",
    "the log has a gap before place {}, or an entry that no checkpoint counts": """
        SELECT place FROM (
            SELECT place, row_number() OVER (ORDER BY place) - 1 AS counted, transaction_id
            FROM ledger_logentry e LEFT JOIN ledger_operation o ON o.number = e.operation_id) e
        WHERE place <> counted
            OR transaction_id >= (SELECT coalesce(max(watermark), 0) FROM ledger_checkpoint) ORDER BY 1 LIMIT 1""",
    "operation {} is another than when it was sealed": """
        SELECT operation_id FROM ledger_logentry e
        WHERE e.leaf_hash IS DISTINCT FROM ledger_leaf_hash(e.operation_id)
        ORDER BY e.place LIMIT 1""",
    "node {} of the log is not the hash of what lies below it": """
        WITH below AS (SELECT 0 AS level, place, leaf_hash AS hash FROM ledger_logentry
                       UNION ALL SELECT level, place, hash FROM ledger_lognode),
        counted AS (SELECT level + 1 AS level, place / 256 AS place,
                           ledger_tree_hash(array_agg(hash ORDER BY place)) AS hash
                    FROM below GROUP BY 1, 2 HAVING count(*) = 256)
        SELECT level || '/' || place FROM ledger_lognode n FULL JOIN counted c USING (level, place)
        WHERE n.hash IS DISTINCT FROM c.hash ORDER BY level, place LIMIT 1""",
    "the root of checkpoint {} is not the log's": """
        SELECT id FROM ledger_checkpoint WHERE root_hash <> ledger_root(operations) ORDER BY id LIMIT 1""",
    "what was signed of checkpoint {} is another root or size": """
        SELECT c.id FROM ledger_signedcheckpoint s JOIN ledger_checkpoint c ON c.id = s.checkpoint_id
        WHERE c.root_hash IS NULL OR split_part(s.note, E'\\n', 2) <> c.operations::text
            OR split_part(s.note, E'\\n', 3) <> encode(c.root_hash, 'base64') ORDER BY 1 LIMIT 1""",
    "this cluster's transactions begin under number {} of the books: run continue_books": """
        SELECT max(seen) FROM (SELECT max(transaction_id) AS seen FROM ledger_operation
                               UNION ALL SELECT max(watermark) FROM ledger_checkpoint) books
        HAVING max(seen) >= (SELECT transactions_before FROM ledger_epoch) + greatest(
            pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
            pg_current_xact_id_if_assigned()::text::bigint + 1)""",
    "the turnovers of account {} are not what its postings say": """
        WITH sealed AS (SELECT id, watermark, lag(watermark, 1, 0::bigint) OVER (ORDER BY watermark) AS since
                        FROM ledger_checkpoint),
        legs AS (
            SELECT p.transaction_id, o.business_date, side.account_id, side.debit, side.credit
            FROM ledger_posting p JOIN ledger_operation o ON o.number = p.operation_id
            CROSS JOIN LATERAL (VALUES (p.debit_id, p.amount_kopecks, 0), (p.credit_id, 0, p.amount_kopecks))
                AS side (account_id, debit, credit)),
        moved AS (
            SELECT s.id AS checkpoint_id, l.account_id, l.business_date, sum(l.debit) AS debit, sum(l.credit) AS credit
            FROM sealed s JOIN legs l ON l.transaction_id >= s.since AND l.transaction_id < s.watermark
            GROUP BY 1, 2, 3),
        periods AS (
            SELECT p.scope, p.is_month, p.start_date, m.checkpoint_id, sum(m.debit) AS debit, sum(m.credit) AS credit
            FROM moved m JOIN ledger_account a ON a.id = m.account_id
            CROSS JOIN LATERAL ledger_scopes(a.id, a.code, m.business_date) p GROUP BY 1, 2, 3, 4),
        counted AS (
            SELECT scope, is_month, start_date, checkpoint_id, sum(debit) OVER running AS debit,
                sum(credit) OVER running AS credit
            FROM periods WINDOW running AS (PARTITION BY scope, is_month, start_date ORDER BY checkpoint_id))
        SELECT coalesce((SELECT code FROM ledger_account WHERE id = scope), lpad((-scope)::text, 2, '0') || '.*')
        FROM ledger_turnover t FULL JOIN counted c USING (scope, is_month, start_date, checkpoint_id)
        WHERE t.debit_kopecks IS DISTINCT FROM c.debit OR t.credit_kopecks IS DISTINCT FROM c.credit
        ORDER BY 1 LIMIT 1""",
    "a checkpointed total of account {} is not the sum of its turnovers": """
        WITH moved AS (
            SELECT scope AS account_id, checkpoint_id,
                debit_kopecks - lag(debit_kopecks, 1, 0::bigint) OVER grown AS debit,
                credit_kopecks - lag(credit_kopecks, 1, 0::bigint) OVER grown AS credit
            FROM ledger_turnover WHERE scope > 0 AND NOT is_month
            WINDOW grown AS (PARTITION BY scope, start_date ORDER BY checkpoint_id)),
        added AS (
            SELECT account_id, checkpoint_id, sum(debit) AS debit, sum(credit) AS credit FROM moved GROUP BY 1, 2),
        counted AS (
            SELECT account_id, checkpoint_id, sum(debit) OVER running AS debit, sum(credit) OVER running AS credit
            FROM added WINDOW running AS (PARTITION BY account_id ORDER BY checkpoint_id))
        SELECT a.code FROM ledger_accounttotal t FULL JOIN counted c USING (account_id, checkpoint_id)
            JOIN ledger_account a ON a.id = account_id
        WHERE t.debit_kopecks IS DISTINCT FROM c.debit OR t.credit_kopecks IS DISTINCT FROM c.credit
        ORDER BY 1 LIMIT 1""",
    "operation {} is searched by what it is not": """
        SELECT operation_id FROM ledger_sealedsum s
            FULL JOIN (SELECT o.number AS operation_id, sum(p.amount_kopecks) AS amount_kopecks,
                              o.business_date, o.subject
                       FROM ledger_logentry e JOIN ledger_operation o ON o.number = e.operation_id
                       JOIN ledger_posting p ON p.operation_id = o.number GROUP BY o.number) e
            USING (operation_id)
        WHERE s.amount_kopecks IS DISTINCT FROM e.amount_kopecks OR s.business_date IS DISTINCT FROM e.business_date
            OR s.subject IS DISTINCT FROM e.subject ORDER BY 1 LIMIT 1""",
}
# Who may do what. The rules of the database are the door's other half.
RIGHTS = {
    "the rule {} of the books is missing, switched off or another one": """
        SELECT wanted.name FROM jsonb_to_recordset(%(triggers)s) AS wanted (name text, "table" text, function text)
        WHERE NOT EXISTS (
            SELECT 1 FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc f ON f.oid = t.tgfoid
            WHERE t.tgname = wanted.name AND t.tgenabled = 'O' AND c.relname = wanted."table"
                AND f.proname = wanted.function) ORDER BY 1 LIMIT 1""",
    "the function {} is not the one that the migrations made": """
        SELECT wanted.name FROM jsonb_to_recordset(%(functions)s) AS wanted (name text, body text)
        WHERE NOT EXISTS (SELECT 1 FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
            WHERE n.nspname = 'public' AND f.proname = wanted.name AND f.prosrc = wanted.body) ORDER BY 1 LIMIT 1""",
    "the role {} may write the books past the one door": """
        SELECT r.rolname || ', ' || c.relname FROM pg_class c, pg_roles r
        WHERE c.relname LIKE 'ledger\\_%%' AND c.relkind = 'r' AND r.rolname IN ('fund_app', 'fund_sealer')
            AND (has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
                OR has_any_column_privilege(r.oid, c.oid, 'INSERT, UPDATE')) ORDER BY 1 LIMIT 1""",
    "the role {} may become another that may do more": """
        SELECT member.rolname || ', ' || other.rolname FROM pg_roles member, pg_roles other
        WHERE member.rolname IN ('fund_app', 'fund_sealer') AND member.oid <> other.oid
            AND pg_has_role(member.oid, other.oid, 'MEMBER') ORDER BY 1 LIMIT 1""",
    "the role {} may call what is not its own": """
        SELECT r.rolname || ', ' || f.proname FROM pg_proc f, pg_roles r
        WHERE r.rolname IN ('fund_app', 'fund_sealer') AND f.pronamespace = 'public'::regnamespace AND f.prosecdef
            AND has_function_privilege(r.oid, f.oid, 'EXECUTE')
            AND (r.rolname = 'fund_sealer') <> (f.proname IN ('seal', 'sign_checkpoint')) ORDER BY 1 LIMIT 1""",
}
REFERENCES = """
    SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, b.attname
    FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
    WHERE c.contype = 'f' AND c.confrelid::regclass::text LIKE 'ledger\\_%' ORDER BY 1, 2
"""
TABLES = {
    "account": "ledger_account",
    "checkpoint": "ledger_checkpoint",
    "epoch": "ledger_epoch",
    "logentry": "ledger_logentry",
    "lognode": "ledger_lognode",
    "operation": "ledger_operation",
    "posting": "ledger_posting",
    "sealedsum": "ledger_sealedsum",
    "signed": "ledger_signedcheckpoint",
    "total": "ledger_accounttotal",
    "turnover": "ledger_turnover",
}
TRIGGERS = [
    {"name": f"{name}_append_only", "table": table, "function": "ledger_refuse_change"}
    for name, table in TABLES.items()
] + [
    {"name": "epoch_only_grows", "table": "ledger_epoch", "function": "ledger_refuse_lower_epoch"},
    {"name": "operation_has_postings", "table": "ledger_operation", "function": "ledger_refuse_empty_operation"},
    {"name": "posting_with_its_operation", "table": "ledger_posting", "function": "ledger_refuse_late_posting"},
]
