"""An account's card (карточка счёта): its entries in order, and what it held after each, as a checkpoint counted it.

In the order of business date, then of place in the log. The account's turnover rows lead the way: each names a day and
a checkpoint, and so a window of transactions in which there are entries; as many are read as a page needs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection

from fund.ledger.models import Account, Checkpoint, Operation
from fund.ledger.statements import turnovers_at
from fund.money import Kopecks

if TYPE_CHECKING:
    from fund.ledger.statements import StatementRow

CODE = re.compile(r"[0-9a-z.-]{2,80}")
LEGS = """
    SELECT operation_id, line, credit_id AS other_id, amount_kopecks AS debit, 0 AS credit FROM ledger_posting
    WHERE debit_id = %(account)s AND transaction_id >= {since} AND transaction_id < {until}
    UNION ALL
    SELECT operation_id, line, debit_id, 0, amount_kopecks FROM ledger_posting
    WHERE credit_id = %(account)s AND transaction_id >= {since} AND transaction_id < {until}
"""
# One by one: a join would rather read all that ever happened on that day.
OF_DAY = """CROSS JOIN LATERAL (
            SELECT memo FROM ledger_operation WHERE number = l.operation_id AND business_date = {day} LIMIT 1
        ) o"""
ENTRIES = f"""
    SELECT e.number, e.line, w.start_date, e.memo, a.code, a.name, e.debit, e.credit
    FROM (
        SELECT t.start_date, t.checkpoint_id, c.watermark, coalesce((
            SELECT x.watermark FROM ledger_checkpoint x WHERE x.id < t.checkpoint_id ORDER BY x.id DESC LIMIT 1
        ), 0) AS since
        FROM ledger_turnover t JOIN ledger_checkpoint c ON c.id = t.checkpoint_id
        WHERE t.scope = %(account)s AND NOT t.is_month AND t.checkpoint_id <= %(checkpoint)s
            AND (t.start_date, t.checkpoint_id) >= (%(day)s, %(sealed_by)s) AND t.start_date <= %(until)s
        ORDER BY t.start_date, t.checkpoint_id LIMIT %(limit)s + 1
    ) w
    CROSS JOIN LATERAL (
        SELECT l.operation_id AS number, l.line, o.memo, l.other_id, l.debit, l.credit
        FROM ({LEGS.format(since="w.since", until="w.watermark")} ORDER BY operation_id, line) l
        {OF_DAY.format(day="w.start_date")}
        WHERE (w.start_date, w.checkpoint_id, l.operation_id, l.line)
            > (%(day)s, %(sealed_by)s, %(number)s, %(line)s)
        ORDER BY l.operation_id, l.line LIMIT %(limit)s
    ) e
    JOIN ledger_account a ON a.id = e.other_id
    ORDER BY w.start_date, w.checkpoint_id, e.number, e.line LIMIT %(limit)s
"""  # noqa: S608 - put together of what stands above
HELD = f"""
    SELECT b.debit_kopecks - b.credit_kopecks
        + coalesce((SELECT x.debit_kopecks - x.credit_kopecks FROM ledger_turnover x
                    WHERE x.scope = %(account)s AND NOT x.is_month AND x.start_date = %(day)s
                        AND x.checkpoint_id {{bound}} %(sealed_by)s ORDER BY x.checkpoint_id DESC LIMIT 1), 0)
        {{sign}} coalesce((SELECT sum(l.debit - l.credit)
                    FROM ({LEGS.format(since="%(window)s", until="%(watermark)s")}) l
                    {OF_DAY.format(day="%(day)s")}
                    WHERE (l.operation_id, l.line) {{side}} (%(number)s, %(line)s)), 0)
    FROM ledger_turned(%(account)s, %(checkpoint)s, %(day)s) b
"""  # noqa: S608
FROM_ITS_BEGIN = HELD.format(bound="<", sign="+", side="<=")
FROM_ITS_END = HELD.format(bound="<=", sign="-", side=">")  # the shorter way in a large window


@dataclass(frozen=True)
class Place:
    """Where a page of a card begins: behind this line of this operation."""

    number: int
    line: int

    def __str__(self) -> str:
        return f"{self.number}-{self.line}"


@dataclass(frozen=True)
class Entry:
    """One posting as the card of one of its accounts shows it; the balance is debit minus credit after it."""

    place: Place
    business_date: date
    memo: str
    other_code: str
    other_name: str
    debit_kopecks: Kopecks
    credit_kopecks: Kopecks
    balance_kopecks: Kopecks


@dataclass(frozen=True)
class Card:
    """A page of an account's card, and what the account held and turned over in the whole period."""

    account: StatementRow
    entries: tuple[Entry, ...]
    before_kopecks: Kopecks  # debit minus credit before the page's first entry


class NoPlaceError(Exception):
    """A card does not go on behind such a place."""


def card(
    *, code: str, checkpoint: int, since: date | None = None, until: date | None = None, after: Place | None = None,
    limit: int = 50,
) -> Card | None:  # fmt: skip
    """Return a page of an account's card; None if there is no such account. Four queries, six behind a place.

    Flat in the account's postings and age, and in a day of thousands of gifts: a page reads the windows of its entries.

    :raises NoPlaceError: if ``after`` is not a sealed operation of the period.
    """
    if not CODE.fullmatch(code):
        return None
    totals = turnovers_at(checkpoint=checkpoint, codes=[code], since=since, until=until).get(code)
    if totals is None:
        return None
    account_id = Account.objects.values_list("pk", flat=True).get(code=code)
    period = (since or date.min, until or date.max)
    start = _beginning(period[0]) if after is None else _place(after, checkpoint, period)
    named = start | {"account": account_id, "checkpoint": checkpoint, "until": period[1]}
    with connection.cursor() as cursor:
        cursor.execute(FROM_ITS_END if named["is_late"] else FROM_ITS_BEGIN, named)
        held = int(cursor.fetchone()[0])
        cursor.execute(ENTRIES, named | {"limit": limit})
        rows = cursor.fetchall()
    return Card(totals, tuple(_running(rows, held)), Kopecks(held))


def _beginning(day: date) -> dict[str, Any]:
    return {"day": day, "sealed_by": 0, "number": 0, "line": 0, "window": 0, "watermark": 0, "is_late": False}


def _place(after: Place, checkpoint: int, period: tuple[date, date]) -> dict[str, Any]:
    """Return where in the card an operation stands: its day, and the checkpoint's window of transactions."""
    found = Operation.objects.filter(number=after.number, business_date__range=period, log_entry__isnull=False)
    row = found.values_list("business_date", "transaction_id", "log_entry__place").first()
    if row is None:
        raise NoPlaceError(str(after))
    day, transaction_id, place = row
    sealed = Checkpoint.objects.filter(watermark__gt=transaction_id, pk__lte=checkpoint).order_by("watermark").first()
    if sealed is None:
        raise NoPlaceError(str(after))
    before = Checkpoint.objects.filter(watermark__lte=transaction_id).order_by("-watermark").first()
    window, first = (before.watermark, before.operations) if before else (0, 0)
    return {
        "day": day, "sealed_by": sealed.pk, "number": after.number, "line": after.line, "window": window,
        "watermark": sealed.watermark, "is_late": 2 * place > first + sealed.operations,
    }  # fmt: skip


def _running(rows: list[tuple[Any, ...]], held: int) -> list[Entry]:
    entries: list[Entry] = []
    for number, line, day, memo, code, name, debit, credit in rows:
        held += debit - credit
        sums = (Kopecks(debit), Kopecks(credit), Kopecks(held))
        entries.append(Entry(Place(number, line), day, memo, code, name, *sums))
    return entries
