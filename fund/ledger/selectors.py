"""What the books hold, read at a cost that does not grow with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from fund.ledger.chart import events
from fund.ledger.models import Account, Checkpoint, Operation, Posting
from fund.ledger.purposes import purpose_name
from fund.ledger.search import find_numbers
from fund.money import Kopecks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime

    from fund.ledger.search import OperationFilter

PURPOSES = "86."  # the accounts of money with a purpose end in its subject
TOTALS = """
    SELECT a.code, a.name, a.side, t.debit_kopecks, t.credit_kopecks
    FROM ledger_account a CROSS JOIN LATERAL ledger_totals(a.id) t
    WHERE {where} ORDER BY a.code {limit}
"""


@dataclass(frozen=True)
class AccountTotals:
    """Debited and credited so far, and what the account holds on its own side; all in kopecks."""

    code: str
    name: str
    side: str
    debit_kopecks: Kopecks
    credit_kopecks: Kopecks

    @property
    def balance_kopecks(self) -> Kopecks:
        """Return debit minus credit for an active account, credit minus debit for any other."""
        difference = self.debit_kopecks - self.credit_kopecks
        return Kopecks(difference if self.side == Account.Side.ACTIVE else -difference)


@dataclass(frozen=True)
class PostingRow:
    """One posting as people read it: codes and names, the sum, and by how much each side's account changed."""

    line: int
    debit_code: str
    debit_name: str
    credit_code: str
    credit_name: str
    amount_kopecks: Kopecks
    debit_change_kopecks: Kopecks
    credit_change_kopecks: Kopecks


@dataclass(frozen=True)
class OperationRow:
    """One operation with its postings."""

    number: int
    kind: str
    subject: str
    subject_name: str
    business_date: date
    memo: str
    plain: str
    posted_at: datetime
    amount_kopecks: Kopecks
    reverses: int | None
    reversed_by: int | None
    is_sealed: bool
    postings: tuple[PostingRow, ...]


@dataclass(frozen=True)
class Project:
    """What money is for: a campaign or the fund's common goals."""

    subject: str
    name: str


def account_totals(*, codes: Iterable[str]) -> dict[str, AccountTotals]:
    """Return totals by account code; an account that is not open is left out. One query, flat in the ledger's size."""
    rows = _totals("a.code = ANY(%s)", [sorted(set(codes))])
    return {row.code: row for row in rows}


def balances_kopecks(*, codes: Iterable[str]) -> dict[str, Kopecks]:
    """Return what each account holds on its own side, by code. One query, flat in the ledger's size."""
    return {code: row.balance_kopecks for code, row in account_totals(codes=codes).items()}


def accounts_page(*, after: str = "", limit: int = 50) -> list[AccountTotals]:
    """Return accounts with their totals in the order of their codes, those behind ``after``. One query."""
    return _totals("a.code > %s", [after, limit], "LIMIT %s")


def projects(*, limit: int = 200) -> list[Project]:
    """Return what money is for, the newest first, for a reader to choose from. One query."""
    accounts = Account.objects.filter(code__startswith=PURPOSES).order_by("-id")
    return [_project(code, name) for code, name in accounts.values_list("code", "name")[:limit]]


def project_names(*, subjects: Collection[str]) -> dict[str, str]:
    """Return what subjects are called, by subject; one without an account is left out. One query."""
    accounts = Account.objects.filter(code__in=[f"{PURPOSES}{subject}" for subject in subjects])
    found = [_project(code, name) for code, name in accounts.values_list("code", "name")]
    return {project.subject: project.name for project in found}


def newest_checkpoint() -> Checkpoint | None:
    """Return the last checkpoint. One query."""
    return Checkpoint.objects.order_by("-id").first()


def operations_page(
    *, wanted: OperationFilter, before: int | None = None, after: int | None = None, limit: int = 25
) -> list[OperationRow]:
    """Return operations, the newest business date first: behind ``before``, or the nearest above ``after``.

    Five queries, one more for a page further on, two more for a sum.
    """
    numbers = find_numbers(wanted=wanted, before=before, after=after, limit=limit)
    found = {row.number: row for row in Operation.objects.filter(number__in=numbers).select_related("reversed_by")}
    return with_postings([found[number] for number in numbers])


def find_operation(*, number: int) -> OperationRow | None:
    """Return one operation. Four queries."""
    rows = with_postings(list(Operation.objects.filter(pk=number).select_related("reversed_by")))
    return rows[0] if rows else None


def with_postings(rows: Sequence[Operation]) -> list[OperationRow]:
    """Return operations as people read them, in the same order. Three queries."""
    watermark = Checkpoint.objects.order_by("-id").values_list("watermark", flat=True).first() or 0
    postings: dict[int, list[PostingRow]] = {row.number: [] for row in rows}
    legs = Posting.objects.filter(operation__in=list(postings)).order_by("operation_id", "line")
    for posting in legs.select_related("debit", "credit"):
        postings[posting.operation_id].append(
            PostingRow(
                posting.line,
                posting.debit.code,
                posting.debit.name,
                posting.credit.code,
                posting.credit.name,
                Kopecks(posting.amount_kopecks),
                Kopecks(posting.amount_kopecks * _sign(posting.debit)),
                Kopecks(posting.amount_kopecks * -_sign(posting.credit)),
            )
        )
    names = project_names(subjects={row.subject for row in rows})
    return [_row(row, names.get(row.subject, ""), tuple(postings[row.number]), watermark) for row in rows]


def _project(code: str, name: str) -> Project:
    """Return the project of an account such as «86.jazz-may», «Целевые средства проекта: Jazz May»."""
    return Project(code.removeprefix(PURPOSES), purpose_name(name))


def _sign(account: Account) -> int:
    """Return 1 for an account that grows by a debit, −1 for any other."""
    return 1 if account.side == Account.Side.ACTIVE else -1


def _row(row: Operation, subject_name: str, postings: tuple[PostingRow, ...], watermark: int) -> OperationRow:
    reversal: Operation | None = getattr(row, "reversed_by", None)
    return OperationRow(
        number=row.number,
        kind=row.kind,
        subject=row.subject,
        subject_name=subject_name,
        business_date=row.business_date,
        memo=row.memo,
        plain=_plain(row.kind),
        posted_at=row.posted_at,
        amount_kopecks=Kopecks(sum(posting.amount_kopecks for posting in postings)),
        reverses=row.reverses_id,
        reversed_by=reversal.number if reversal else None,
        is_sealed=row.transaction_id < watermark,
        postings=postings,
    )


def _plain(kind: str) -> str:
    """Return the event file's plain words; a reversal, or an event that is no longer there, has none."""
    event = events().get(kind)
    return event.plain if event else ""


def _totals(where: str, arguments: list[Any], limit: str = "") -> list[AccountTotals]:
    with connection.cursor() as cursor:
        cursor.execute(TOTALS.format(where=where, limit=limit), arguments)
        return [
            AccountTotals(code, name, side, Kopecks(debit), Kopecks(credit))
            for code, name, side, debit, credit in cursor.fetchall()
        ]
