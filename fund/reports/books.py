"""What the books held and turned over at a checkpoint, read through the trial balance of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fund.ledger.purposes import COSTS_HEAD, PURPOSE_HEADS
from fund.ledger.statements import trial_balance, turnovers_at
from fund.reports.errors import BooksDisagreeError
from fund.reports.selectors import last_day

if TYPE_CHECKING:
    from datetime import date

    from fund.ledger.models import Checkpoint
    from fund.ledger.statements import StatementRow
    from fund.reports.models import Report

PAGE = 1000


def accounts_of_month(*, checkpoint: Checkpoint, since: date, until: date) -> list[StatementRow]:
    """Return the lines of all accounts that hold or moved anything. Two queries for each synthetic account.

    :raises BooksDisagreeError: if the accounts together are not what the synthetic accounts say.
    """
    heads = trial_balance(checkpoint=checkpoint.pk, since=since, until=until)
    found = [row for head in heads.rows for row in _accounts(checkpoint, since, until, head.code)]
    if not heads.is_balanced or _moved(found) != _moved(heads.rows):
        raise BooksDisagreeError("the accounts and their heads")
    return found


def accounts_of_project(*, checkpoint: Checkpoint, subject: str) -> list[StatementRow]:
    """Return the lines of a purpose's own accounts from the first day on. One query."""
    return list(turnovers_at(checkpoint=checkpoint.pk, codes=project_codes(subject)).values())


def has_changed(*, report: Report, checkpoint: Checkpoint) -> bool:
    """Return whether the books at a checkpoint hold something of a report's matter that it did not count. Two queries.

    Debits and credits only grow: every entry that the report would count shows in them.
    """
    if report.month is None:
        was = accounts_of_project(checkpoint=report.checkpoint, subject=report.subject)
        return was != accounts_of_project(checkpoint=checkpoint, subject=report.subject)
    counted = trial_balance(checkpoint=report.checkpoint_id, until=last_day(report.month))
    return counted != trial_balance(checkpoint=checkpoint.pk, until=last_day(report.month))


def project_codes(subject: str) -> list[str]:
    """Return the accounts of a purpose."""
    return [f"{head}.{subject}" for head in (*PURPOSE_HEADS, COSTS_HEAD)]


def _accounts(checkpoint: Checkpoint, since: date, until: date, head: str) -> list[StatementRow]:
    found: list[StatementRow] = []
    after = ""
    while True:
        page = trial_balance(
            checkpoint=checkpoint.pk, since=since, until=until, head=head, after=after, limit=PAGE
        ).rows
        found += [row for row in page if not row.is_empty]
        if len(page) < PAGE:
            return found
        after = page[-1].code


def _moved(rows: list[StatementRow] | tuple[StatementRow, ...]) -> tuple[int, int]:
    return sum(row.turnover_debit_kopecks for row in rows), sum(row.turnover_credit_kopecks for row in rows)
