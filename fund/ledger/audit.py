"""Recomputes the books from their postings and names the first fault. Set-based: the database does the work."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from fund.ledger.chart import entry_for
from fund.ledger.errors import UnknownAccountError
from fund.ledger.models import Account

# Each query returns the first offender, or nothing. Names are what the command prints.
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
            o.kind, o.subject, o.business_date, o.memo, o.reverses_id, o.document_hashes, ledger_lines(o.number))
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
    "checkpoint {} counts other operations than lie under its watermark": """
        SELECT c.id FROM ledger_checkpoint c
        WHERE c.operations <> (SELECT count(*) FROM ledger_operation o WHERE o.transaction_id < c.watermark)
           OR c.postings <> (SELECT count(*) FROM ledger_posting p WHERE p.transaction_id < c.watermark)
        ORDER BY 1 LIMIT 1""",
    "the newest checkpointed total of account {} is not what its postings say": """
        WITH sealed AS (SELECT coalesce(max(watermark), 0) AS watermark FROM ledger_checkpoint),
        told AS (SELECT DISTINCT ON (account_id) account_id, debit_kopecks, credit_kopecks
                 FROM ledger_accounttotal ORDER BY account_id, checkpoint_id DESC),
        counted AS (
            SELECT account_id, sum(debit) AS debit, sum(credit) AS credit FROM (
                SELECT debit_id AS account_id, amount_kopecks AS debit, 0 AS credit FROM ledger_posting, sealed
                    WHERE transaction_id < watermark
                UNION ALL SELECT credit_id, 0, amount_kopecks FROM ledger_posting, sealed
                    WHERE transaction_id < watermark) legs GROUP BY account_id)
        SELECT a.code FROM ledger_account a LEFT JOIN told t ON t.account_id = a.id
            LEFT JOIN counted c ON c.account_id = a.id
        WHERE coalesce(t.debit_kopecks, 0) <> coalesce(c.debit, 0)
           OR coalesce(t.credit_kopecks, 0) <> coalesce(c.credit, 0) ORDER BY 1 LIMIT 1""",
    "the daily turnovers of account {} are not what its postings say": """
        WITH sealed AS (SELECT coalesce(max(watermark), 0) AS watermark FROM ledger_checkpoint),
        told AS (SELECT account_id, business_date, sum(debit_kopecks) AS debit, sum(credit_kopecks) AS credit
                 FROM ledger_dailyturnover GROUP BY 1, 2),
        counted AS (
            SELECT account_id, business_date, sum(debit) AS debit, sum(credit) AS credit FROM (
                SELECT debit_id AS account_id, o.business_date, amount_kopecks AS debit, 0 AS credit
                    FROM ledger_posting p JOIN ledger_operation o ON o.number = p.operation_id, sealed
                    WHERE p.transaction_id < watermark
                UNION ALL SELECT credit_id, o.business_date, 0, amount_kopecks
                    FROM ledger_posting p JOIN ledger_operation o ON o.number = p.operation_id, sealed
                    WHERE p.transaction_id < watermark) legs GROUP BY 1, 2)
        SELECT a.code FROM (SELECT * FROM told FULL JOIN counted USING (account_id, business_date)) AS both_sides
            (account_id, business_date, told_debit, told_credit, debit, credit)
        JOIN ledger_account a ON a.id = account_id
        WHERE told_debit IS DISTINCT FROM debit OR told_credit IS DISTINCT FROM credit ORDER BY 1 LIMIT 1""",
    "the rule {} of the books is missing or switched off": """
        SELECT wanted FROM unnest(%(triggers)s::text[]) AS wanted WHERE NOT EXISTS (
            SELECT 1 FROM pg_trigger WHERE tgname = wanted AND tgenabled = 'O') ORDER BY 1 LIMIT 1""",
    "the site's role may write {} past the one door": """
        SELECT c.relname FROM pg_class c WHERE c.relname LIKE 'ledger\\_%%' AND c.relkind = 'r' AND (
            has_table_privilege('fund_app', c.oid, 'INSERT') OR has_table_privilege('fund_app', c.oid, 'UPDATE')
            OR has_table_privilege('fund_app', c.oid, 'DELETE') OR has_table_privilege('fund_app', c.oid, 'TRUNCATE'))
        ORDER BY 1 LIMIT 1""",
}
TRIGGERS = [
    "account_append_only",
    "checkpoint_append_only",
    "operation_append_only",
    "operation_has_postings",
    "posting_append_only",
    "posting_with_its_operation",
    "total_append_only",
    "turnover_append_only",
]


@dataclass(frozen=True)
class Audit:
    """What was counted, and the first fault; an empty one means balanced."""

    operations: int
    postings: int
    accounts: int
    fault: str


def audit() -> Audit:
    """Return what a recount of everything says. Reads every posting several times; constant memory."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM ledger_operation), (SELECT count(*) FROM ledger_posting),"
            " (SELECT count(*) FROM ledger_account)"
        )
        operations, postings, accounts = cursor.fetchone()
    return Audit(operations, postings, accounts, _first_fault())


def _first_fault() -> str:
    for code in Account.objects.order_by("code").values_list("code", flat=True).iterator():
        try:
            entry_for(code)
        except UnknownAccountError:
            return f"account {code} is not in the chart"
    with connection.cursor() as cursor:
        for name, query in CHECKS.items():
            cursor.execute(query, {"triggers": TRIGGERS} if "%(" in query or "%%" in query else None)
            row = cursor.fetchone()
            if row:
                return name.format(row[0])
    return ""
