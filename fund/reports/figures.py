"""What a report says, read from the books at one checkpoint: by account, by purpose, by kind of entry, by day.

Accounts and purposes are read through the trial balance, as on the site; kinds and days are counted entry by entry.
Both must give the same, or there is no report. The cost grows with the period's entries, the memory does not.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from fund.ledger.models import Account
from fund.ledger.purposes import COSTS_HEAD, NO_PURPOSES, PURPOSE_HEADS, is_purpose, purpose_name, subject_of
from fund.ledger.services import REVERSAL
from fund.money import Kopecks
from fund.reports.books import accounts_of_month, accounts_of_project, project_codes
from fund.reports.errors import BooksDisagreeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from fund.ledger.models import Checkpoint
    from fund.ledger.statements import StatementRow

MONEY_HEADS = ("50", "51", "52", "55", "57")  # section V of the chart: what is money, or on its way to be
BY_SUBJECT, BY_DAY, BY_KIND = 1, 2, 3  # what PostgreSQL's grouping() says of a row
CAME, RETURNED, CORRECTED, SPENT = range(4)
# Each posting once for either side. What it does to money with a purpose is the rule of fund/ledger/purposes.py.
ENTRIES = """
    SELECT grouping(s.subject, o.business_date), o.kind, s.subject, o.business_date, count(DISTINCT o.number),
           sum(s.debit)::bigint, sum(s.purpose)::bigint, sum(s.spent)::bigint, sum(s.money)::bigint
    FROM ledger_operation o
    JOIN ledger_posting p ON p.operation_id = o.number
    CROSS JOIN LATERAL (VALUES (p.debit_id, p.amount_kopecks, 0::bigint), (p.credit_id, 0::bigint, p.amount_kopecks))
        AS side (account_id, debit, credit)
    JOIN ledger_account a ON a.id = side.account_id
    CROSS JOIN LATERAL (SELECT split_part(a.code, '.', 1) AS head,
               a.code <> ALL(%(none)s) AND (%(accounts)s::bigint[] IS NULL OR a.id = ANY(%(accounts)s)) AS counts) h
    CROSS JOIN LATERAL (
        SELECT side.debit,
            CASE WHEN h.head = ANY(%(purposes)s) AND h.counts THEN side.credit - side.debit
                 WHEN h.head = %(costs)s AND h.counts THEN side.credit ELSE 0 END AS purpose,
            CASE WHEN h.head = %(costs)s AND h.counts THEN side.credit ELSE 0 END AS spent,
            CASE WHEN h.head = ANY(%(money)s) THEN side.debit - side.credit ELSE 0 END AS money,
            CASE WHEN h.counts AND (h.head = ANY(%(purposes)s) OR h.head = %(costs)s)
                 THEN substr(a.code, strpos(a.code, '.') + 1) ELSE '' END AS subject
    ) s
    WHERE o.transaction_id < %(watermark)s AND {where}
    GROUP BY GROUPING SETS (o.kind, (o.kind, s.subject), (o.kind, o.business_date))
    ORDER BY 1, 2, 3, 4
"""
OF_PERIOD = "o.business_date BETWEEN %(since)s AND %(until)s"
OF_ACCOUNTS = """o.number IN (
    SELECT x.operation_id FROM ledger_posting x WHERE x.debit_id = ANY(%(accounts)s)
    UNION SELECT x.operation_id FROM ledger_posting x WHERE x.credit_id = ANY(%(accounts)s))
"""
REVERSALS = """
    SELECT o.number, o.business_date, o.reverses_id, o.memo,
           (SELECT sum(p.amount_kopecks)::bigint FROM ledger_posting p WHERE p.operation_id = o.number)
    FROM ledger_operation o
    WHERE o.kind = %(reversal)s AND o.transaction_id < %(watermark)s AND {where}
    ORDER BY o.business_date, o.number LIMIT %(limit)s
"""


@dataclass(frozen=True)
class KindRow:
    """All entries of one kind: how many, their sum, and what they did to purposes, costs and money."""

    kind: str
    entries: int
    amount_kopecks: Kopecks
    purpose_kopecks: Kopecks
    spent_kopecks: Kopecks
    money_kopecks: Kopecks

    @property
    def grown_kopecks(self) -> Kopecks:
        """Return by how much purposes grew or shrank, without a sign."""
        return Kopecks(abs(self.purpose_kopecks))

    @property
    def paid_kopecks(self) -> Kopecks:
        """Return how much money left."""
        return Kopecks(-self.money_kopecks)


@dataclass(frozen=True)
class PurposeRow:
    """One purpose: what it held, came, went back to donors, was put right or handed on, was spent, what it holds."""

    subject: str
    name: str
    before_kopecks: Kopecks
    came_kopecks: Kopecks
    returned_kopecks: Kopecks
    corrected_kopecks: Kopecks
    spent_kopecks: Kopecks
    after_kopecks: Kopecks

    @property
    def sums(self) -> tuple[int, ...]:
        """Return its six sums in the order of the table."""
        return (
            self.before_kopecks, self.came_kopecks, self.returned_kopecks, self.corrected_kopecks, self.spent_kopecks,
            self.after_kopecks,
        )  # fmt: skip


@dataclass(frozen=True)
class DayRow:
    """What one day did to money with a purpose: came, went back or was put right, was spent."""

    day: date
    came_kopecks: Kopecks
    returned_kopecks: Kopecks
    corrected_kopecks: Kopecks
    spent_kopecks: Kopecks

    @property
    def sums(self) -> tuple[int, ...]:
        """Return its four sums in the order of the table."""
        return (self.came_kopecks, self.returned_kopecks, self.corrected_kopecks, self.spent_kopecks)


@dataclass(frozen=True)
class ReversalRow:
    """One entry that puts another right."""

    number: int
    day: date
    reverses: int
    memo: str
    amount_kopecks: Kopecks


@dataclass(frozen=True)
class Figures:
    """All that a report says, in kopecks."""

    accounts: tuple[StatementRow, ...]
    kinds: tuple[KindRow, ...]
    purposes: tuple[PurposeRow, ...]
    days: tuple[DayRow, ...]
    reversals: tuple[ReversalRow, ...]
    is_whole: bool = True  # of all accounts, so that Дт = Кт

    @property
    def total(self) -> PurposeRow:
        """Return all purposes together."""
        sums = [Kopecks(sum(column)) for column in zip(*(row.sums for row in self.purposes), strict=True)]
        return PurposeRow("", "", *(sums or [Kopecks(0)] * 6))

    @property
    def columns(self) -> tuple[int, ...]:
        """Return the totals of the trial balance."""
        return tuple(sum(column) for column in zip(*(row.sums() for row in self.accounts), strict=True)) or (0,) * 6

    def money_accounts(self) -> list[StatementRow]:
        """Return the accounts of money itself, at the bank and on its way."""
        return [row for row in self.accounts if row.code.partition(".")[0] in MONEY_HEADS]

    def kinds_that_came(self) -> list[KindRow]:
        """Return the kinds by which money with a purpose grew."""
        return [row for row in self.kinds if row.kind != REVERSAL and row.purpose_kopecks > 0]

    def kinds_that_went_back(self) -> list[KindRow]:
        """Return the kinds by which it shrank, unspent."""
        return [row for row in self.kinds if row.kind != REVERSAL and row.purpose_kopecks < 0]

    def kinds_that_were_paid(self) -> list[KindRow]:
        """Return the kinds by which the fund's money left for anybody else than donors."""
        return [row for row in self._neutral() if row.money_kopecks < 0]

    def kinds_within(self) -> list[KindRow]:
        """Return the kinds by which money only moved from one account to another."""
        return [row for row in self._neutral() if row.money_kopecks >= 0]

    def kinds_of_corrections(self) -> list[KindRow]:
        """Return the reversals, as one row or none."""
        return [row for row in self.kinds if row.kind == REVERSAL]

    def _neutral(self) -> list[KindRow]:
        return [row for row in self.kinds if row.kind != REVERSAL and not row.purpose_kopecks]


def month_figures(*, checkpoint: Checkpoint, since: date, until: date, most_reversals: int) -> Figures:
    """Return the fund's period. Two queries, and two for each synthetic account.

    :raises BooksDisagreeError: if accounts and entries do not give the same.
    """
    balance = accounts_of_month(checkpoint=checkpoint, since=since, until=until)
    entries = _Entries(checkpoint, OF_PERIOD, {"since": since, "until": until})
    return _figures(balance, entries, most_reversals)


def project_figures(*, checkpoint: Checkpoint, subject: str, most_reversals: int) -> Figures:
    """Return all that ever touched a purpose's own accounts. Four queries.

    :raises BooksDisagreeError: if accounts and entries do not give the same.
    """
    balance = accounts_of_project(checkpoint=checkpoint, subject=subject)
    accounts = list(Account.objects.filter(code__in=project_codes(subject)).values_list("pk", flat=True))
    return _figures(balance, _Entries(checkpoint, OF_ACCOUNTS, {"accounts": accounts}), most_reversals, is_whole=False)


class _Entries:
    """Entries of a period or of some accounts, added up in the database."""

    def __init__(self, checkpoint: Checkpoint, where: str, arguments: dict[str, Any]) -> None:
        self.where = where
        self.named = {
            "watermark": checkpoint.watermark, "accounts": None, "reversal": REVERSAL, "costs": COSTS_HEAD,
            "purposes": list(PURPOSE_HEADS), "none": list(NO_PURPOSES), "money": list(MONEY_HEADS), **arguments,
        }  # fmt: skip

    def read(self) -> dict[int, list[tuple[Any, ...]]]:
        """Return kind, subject, day, number of entries and four sums; by what they are grouped. One query."""
        found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for grouped, *row in self._rows(ENTRIES):
            found[grouped].append(tuple(row))
        return found

    def reversals(self, limit: int) -> list[ReversalRow]:
        """Return the first reversals. One query."""
        self.named["limit"] = limit
        return [ReversalRow(*row) for row in self._rows(REVERSALS)]

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement.format(where=self.where), self.named)
            return list(cursor.fetchall())


def _figures(
    balance: Sequence[StatementRow], entries: _Entries, most_reversals: int, *, is_whole: bool = True
) -> Figures:
    read = entries.read()
    kinds = tuple(KindRow(kind, *sums) for kind, _subject, _day, *sums in read[BY_KIND])
    part_of = {row.kind: _part_of(row) for row in kinds}
    by_subject = _parts(((row[1], row) for row in read[BY_SUBJECT]), part_of)
    by_day = _parts(((row[2], row) for row in read[BY_DAY]), part_of)
    found = Figures(
        accounts=tuple(balance),
        kinds=kinds,
        purposes=tuple(_purposes(balance, by_subject)),
        days=tuple(DayRow(day, *map(Kopecks, by_day[day])) for day in sorted(by_day) if any(by_day[day])),
        reversals=tuple(entries.reversals(most_reversals)),
        is_whole=is_whole,
    )
    _require_agreement(found, by_subject, spent_kopecks=_spent(balance))
    return found


def _part_of(row: KindRow) -> int:
    """Return which part of the story a kind tells; what only went from one purpose to another is no gift anew."""
    if row.kind == REVERSAL or not row.purpose_kopecks:
        return CORRECTED
    return CAME if row.purpose_kopecks > 0 else RETURNED


def _parts(rows: Iterable[tuple[Any, tuple[Any, ...]]], part_of: Mapping[str, int]) -> dict[Any, list[int]]:
    """Return what came, went back, was put right or handed on and was spent, by subject or day."""
    found: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for key, (kind, _subject, _day, _entries, _amount, purpose, spent, _money) in rows:
        part = part_of[kind]
        found[key][part] += -purpose if part == RETURNED else purpose
        found[key][SPENT] += spent
    return found


def _purposes(balance: Sequence[StatementRow], parts: Mapping[str, list[int]]) -> Iterator[PurposeRow]:
    """Yield purposes in the order of their codes; what they hold is the accounts', what happened the entries'."""
    names: dict[str, str] = {}
    held: dict[str, list[int]] = {}
    for row in balance:
        subject = subject_of(row.code)
        if subject:
            names[subject] = purpose_name(row.name)
            was, now = held.get(subject, [0, 0])
            if is_purpose(row.code):
                was += row.opening_credit_kopecks - row.opening_debit_kopecks
                now += row.closing_credit_kopecks - row.closing_debit_kopecks
            held[subject] = [was, now]
    for subject in sorted(held):
        before, after = held[subject]
        yield PurposeRow(subject, names[subject], *map(Kopecks, (before, *parts.get(subject, [0] * 4), after)))


def _spent(balance: Sequence[StatementRow]) -> int:
    return sum(row.turnover_credit_kopecks for row in balance if row.code.partition(".")[0] == COSTS_HEAD)


def _require_agreement(found: Figures, by_subject: Mapping[str, list[int]], *, spent_kopecks: int) -> None:
    """Check that accounts and entries give the same, purpose by purpose.

    :raises BooksDisagreeError: if they do not.
    """
    known = {row.subject for row in found.purposes}
    strays = [subject for subject, parts in by_subject.items() if subject not in known and any(parts)]
    uneven = [
        row.subject
        for row in found.purposes
        if row.before_kopecks + row.came_kopecks - row.returned_kopecks + row.corrected_kopecks - row.spent_kopecks
        != row.after_kopecks
    ]
    debit, credit = found.columns[2:4]
    by_day = [sum(column) for column in zip(*(row.sums for row in found.days), strict=True)] or [0] * 4
    if strays or uneven or found.total.spent_kopecks != spent_kopecks or by_day != list(found.total.sums[1:5]):
        raise BooksDisagreeError(", ".join([*strays, *uneven]) or "days")
    if found.is_whole and not debit == credit == sum(row.amount_kopecks for row in found.kinds):
        raise BooksDisagreeError("Дт and Кт")
