"""What exports ask the database; each in the log's order, so that nothing is sorted but a period's few rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from fund.reports.exports.cells import FORMULA

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from fund.reports.exports.cutting import Cut

ROWS = sql.SQL("""
    FROM ledger_logentry e
    JOIN ledger_operation o ON o.number = e.operation_id
    JOIN ledger_posting p ON p.operation_id = o.number
    JOIN ledger_account d ON d.id = p.debit_id
    JOIN ledger_account c ON c.id = p.credit_id
    WHERE {cut} ORDER BY e.place, p.line
""")
LEAVES = sql.SQL("""
    SELECT ledger_leaf_text(o.business_date, o.document_hashes, o.kind, o.memo, o.number, o.posted_at, (
        SELECT string_agg(ledger_posting_text(p.amount_kopecks, c.code, d.code), ',' ORDER BY p.line)
        FROM ledger_posting p
        JOIN ledger_account d ON d.id = p.debit_id
        JOIN ledger_account c ON c.id = p.credit_id
        WHERE p.operation_id = o.number), o.reverses_id, o.subject)
    FROM ledger_logentry e JOIN ledger_operation o ON o.number = e.operation_id
    WHERE {cut} ORDER BY e.place
""")


def _text(column: str) -> sql.Composed:
    """Return a column of text that no spreadsheet runs."""
    name = sql.Identifier(*column.split("."))
    return sql.SQL("CASE WHEN left({0}, 1) = ANY ({1}) THEN '''' || {0} ELSE {0} END").format(
        name, sql.Literal(FORMULA)
    )


COLUMNS: Mapping[str, sql.Composable] = {
    "place": sql.SQL("e.place"),
    "number": sql.SQL("o.number"),
    "business_date": sql.SQL("o.business_date"),
    "posted_at_moscow": sql.SQL("(o.posted_at AT TIME ZONE 'Europe/Moscow')::timestamp(0)"),
    "kind": _text("o.kind"),
    "subject": _text("o.subject"),
    "memo": _text("o.memo"),
    "line": sql.SQL("p.line"),
    "debit": sql.SQL("d.code"),
    "debit_name": _text("d.name"),
    "credit": sql.SQL("c.code"),
    "credit_name": _text("c.name"),
    "amount_kopecks": sql.SQL("p.amount_kopecks"),
    "amount_roubles": sql.SQL("(p.amount_kopecks / 100) || ',' || lpad((p.amount_kopecks % 100)::text, 2, '0')"),
    "reverses": sql.SQL("o.reverses_id"),
}


# By itself PostgreSQL would sort the whole books on the disk before the first row; this way rows come at once.
IN_LOG_ORDER = "SET LOCAL enable_sort = off"


def csv(cut: Cut) -> sql.Composed:
    """Return the COPY of a table that a Russian spreadsheet opens (docs/adr/0031)."""
    columns = sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(column, sql.Identifier(name)) for name, column in COLUMNS.items()
    )
    rows = ROWS.format(cut=_where(cut))
    return sql.SQL("COPY (SELECT {} {}) TO STDOUT (FORMAT csv, HEADER, DELIMITER ';')").format(columns, rows)


def _where(cut: Cut) -> sql.Composed:
    parts: list[sql.Composable] = [sql.SQL("e.place < {}").format(sql.Literal(cut.head.size))]
    if cut.since:
        parts.append(sql.SQL("o.business_date >= {}").format(sql.Literal(cut.since)))
    if cut.until:
        parts.append(sql.SQL("o.business_date <= {}").format(sql.Literal(cut.until)))
    return sql.SQL(" AND ").join(parts)


def leaves(cut: Cut) -> sql.Composed:
    r"""Return the COPY of the log's leaves, byte for byte: canonical JSON holds neither \x01 nor \x02."""
    rows = LEAVES.format(cut=_where(cut))
    return sql.SQL("COPY ({}) TO STDOUT (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02')").format(rows)


def accounts(cut: Cut) -> sql.Composed:
    """Return the query of the accounts that the checkpoint counts anything of."""
    return sql.SQL("SELECT a.code, a.name {}").format(_counted(cut, sql.SQL("")))


def entries(cut: Cut) -> sql.Composed:
    """Return the query of postings with what their operations say."""
    columns = sql.SQL(
        "SELECT e.place, o.number, o.business_date, o.kind, o.subject, o.memo, o.reverses_id,"
        " d.code, c.code, p.amount_kopecks "
    )
    return columns + ROWS.format(cut=_where(cut))


def balances(cut: Cut, before: date | None) -> sql.Composed:
    """Return the query of what each account held before a day, in the end if None: debit less credit, as counted."""
    turned = sql.SQL("CROSS JOIN LATERAL ledger_turned(a.id, {}, {}::date) t").format(
        sql.Literal(cut.head.checkpoint_id), sql.Literal(before)
    )
    return sql.SQL("SELECT a.code, t.debit_kopecks - t.credit_kopecks {}").format(_counted(cut, turned))


def _counted(cut: Cut, beside: sql.Composable) -> sql.Composed:
    return sql.SQL("""
        FROM ledger_account a {} WHERE EXISTS
            (SELECT 1 FROM ledger_accounttotal x WHERE x.account_id = a.id AND x.checkpoint_id <= {})
        ORDER BY a.code
    """).format(beside, sql.Literal(cut.head.checkpoint_id))
