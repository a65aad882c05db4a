"""The trial balance (оборотно-сальдовая ведомость): what accounts held and turned over, as a checkpoint counted it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection

from fund.ledger.chart import synthetic_name
from fund.money import Kopecks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HEADS = """
    SELECT lpad(h.head::text, 2, '0'), '', '', o.debit_kopecks, o.credit_kopecks, c.debit_kopecks, c.credit_kopecks
    FROM (
        SELECT n::bigint AS head FROM generate_series(0, 99) n WHERE EXISTS (
            SELECT 1 FROM ledger_turnover x WHERE x.scope = -n::bigint AND x.is_month)
    ) h
    CROSS JOIN LATERAL ledger_turned(-h.head, %s, %s) o
    CROSS JOIN LATERAL ledger_turned(-h.head, %s, %s) c
    WHERE %s IN ('', lpad(h.head::text, 2, '0')) ORDER BY h.head
"""
ACCOUNTS = """
    SELECT a.code, a.name, a.side, o.debit_kopecks, o.credit_kopecks, c.debit_kopecks, c.credit_kopecks
    FROM (SELECT id, code, name, side FROM ledger_account WHERE {where}) a
    CROSS JOIN LATERAL ledger_turned(a.id, %s, %s) o
    CROSS JOIN LATERAL ledger_turned(a.id, %s, %s) c
    ORDER BY a.code
"""
OF_HEAD = "code >= %s AND code < %s AND code > %s ORDER BY code LIMIT %s"  # digits stand before letters everywhere


@dataclass(frozen=True)
class StatementRow:
    """One line of a trial balance, in kopecks: what was there, what came to either side, what is there."""

    code: str
    name: str
    side: str
    opening_debit_kopecks: Kopecks
    opening_credit_kopecks: Kopecks
    turnover_debit_kopecks: Kopecks
    turnover_credit_kopecks: Kopecks
    closing_debit_kopecks: Kopecks
    closing_credit_kopecks: Kopecks

    def sums(self) -> tuple[int, ...]:
        """Return the six sums as they stand in a line."""
        return (
            self.opening_debit_kopecks,
            self.opening_credit_kopecks,
            self.turnover_debit_kopecks,
            self.turnover_credit_kopecks,
            self.closing_debit_kopecks,
            self.closing_credit_kopecks,
        )

    @property
    def closing_kopecks(self) -> Kopecks:
        """Return what is there at the end, debit minus credit."""
        return Kopecks(self.closing_debit_kopecks - self.closing_credit_kopecks)

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was there and nothing came."""
        return not any(self.sums())


@dataclass(frozen=True)
class TrialBalance:
    """The lines, and all of them added up; of one head's accounts, what they hold together."""

    rows: tuple[StatementRow, ...]
    totals: StatementRow

    @property
    def is_balanced(self) -> bool:
        """Return whether both sides are alike, as they must be over all accounts."""
        sums = self.totals.sums()
        return sums[0::2] == sums[1::2]


def trial_balance(
    *, checkpoint: int, since: date | None = None, until: date | None = None, limit: int = 50, head: str = "",
    after: str = "",
) -> TrialBalance:  # fmt: skip
    """Return what was held and turned over in a period of business dates, both days included. One or two queries.

    By synthetic account (the first two digits), or each account of one: those behind ``after``, at most ``limit``. Flat
    in the number of postings and checkpoints; grows by a reading a month with the age of the books.
    """
    window = _window(checkpoint, since, until)
    heads = _rows(HEADS, [*window, head])
    if not head:
        found = tuple(row for row in heads if not row.is_empty)
        return TrialBalance(found, _total("", found))
    beyond = f"{int(head) + 1:02}" if head < "99" else "a"
    rows = _rows(ACCOUNTS.format(where=OF_HEAD), [head, beyond, after, limit, *window])
    return TrialBalance(tuple(rows), _total(head, heads))


def turnovers_at(
    *, checkpoint: int, codes: Iterable[str], since: date | None = None, until: date | None = None
) -> dict[str, StatementRow]:
    """Return the lines of accounts by their codes; one that is not open is left out. One query, flat as above."""
    window = _window(checkpoint, since, until)
    rows = _rows(ACCOUNTS.format(where="code = ANY(%s)"), [sorted(set(codes)), *window])
    return {row.code: row for row in rows}


def _window(checkpoint: int, since: date | None, until: date | None) -> list[Any]:
    beyond = until + timedelta(days=1) if until and until < date.max else None
    return [checkpoint, since or date.min, checkpoint, beyond]


def _total(head: str, rows: Sequence[StatementRow]) -> StatementRow:
    sums = [Kopecks(sum(column)) for column in zip(*(row.sums() for row in rows), strict=True)] or [Kopecks(0)] * 6
    return StatementRow(head, synthetic_name(head), "", *sums)


def _rows(statement: str, arguments: list[Any]) -> list[StatementRow]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return [_row(*row) for row in cursor.fetchall()]


def _row(code: str, name: str, side: str, *sums: int) -> StatementRow:
    """Return a line, of what had come to either side by its begin and by its end."""
    before_debit, before_credit, debit, credit = sums
    return StatementRow(
        code,
        name or synthetic_name(code),
        side,
        *_held(before_debit - before_credit),
        Kopecks(debit - before_debit),
        Kopecks(credit - before_credit),
        *_held(debit - credit),
    )


def _held(difference: int) -> tuple[Kopecks, Kopecks]:
    return Kopecks(max(difference, 0)), Kopecks(max(-difference, 0))
