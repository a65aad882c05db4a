"""Asking for a report: one version for what the books hold, no flood of versions that say the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from fund.ledger import log, sealing
from fund.ledger.models import Checkpoint
from fund.reports import selectors
from fund.reports.books import has_changed
from fund.reports.errors import MonthNotOverError, NotSealedError, TooManyReportsError, UnknownProjectError
from fund.reports.models import Asking, Report
from people.addresses import neighbourhood
from people.turns import take_turns

if TYPE_CHECKING:
    from datetime import date

WINDOW = timedelta(minutes=10)
MOST_WAITING = 20  # of strangers' reports at once; more would only hold up what else the worker does
PROJECT_PACE = timedelta(days=1)  # a project's report changes with every gift: once a day is enough
LATE_ENTRIES = timedelta(hours=3)  # how long after a month's end its last payments may still be settled


@dataclass(frozen=True)
class Asked:
    """The report that answers, and whether it was not there before."""

    report: Report
    is_new: bool


def ask_for_report(*, wanted: Report, address: str, now: datetime) -> Asked:
    """Have a report made, or name the one that says the same already.

    :param wanted: not saved; kind, and month or subject, say which.
    :raises TooManyReportsError: if this address asks too often, or too many wait.
    :raises MonthNotOverError: if the month is not over, or before the books.
    :raises UnknownProjectError: if the books know no such purpose.
    :raises NotSealedError: if no signed checkpoint counts all of it yet.
    """
    count_asking(address=address, now=now)
    return ask(wanted=wanted, now=now, most_waiting=MOST_WAITING)


@transaction.atomic
def count_asking(*, address: str, now: datetime) -> None:
    """Count one more wish of an address.

    :raises TooManyReportsError: if it asks too often; counted in the database, as gifts are.
    """
    caller = salted_hmac("reports.asking", neighbourhood(address)[0], algorithm="sha256").hexdigest()
    take_turns(f"reports:{caller}")
    lately = Asking.objects.filter(caller_hash=caller, asked_at__gt=now - WINDOW)
    if lately[: settings.REPORTS_PER_ADDRESS].count() >= settings.REPORTS_PER_ADDRESS:
        raise TooManyReportsError
    Asking.objects.create(caller_hash=caller, asked_at=now)


@transaction.atomic
def ask(*, wanted: Report, now: datetime, most_waiting: int | None = None) -> Asked:
    """Write down that a report is to be made, if the books hold something that its last version did not count.

    Repeat-safe; what it raises: see :func:`ask_for_report`.
    """
    _require_askable(wanted, now)
    take_turns("reports:ask")
    last = Report.objects.of(wanted).order_by("-version").first()
    checkpoint = _checkpoint(wanted)
    if last is not None and not _is_outdated(last, checkpoint, now):
        return Asked(last, is_new=False)
    if most_waiting is not None and Report.objects.waiting()[:most_waiting].count() >= most_waiting:
        raise TooManyReportsError
    wanted.version, wanted.checkpoint, wanted.asked_at = last.version + 1 if last else 1, checkpoint, now
    wanted.save(force_insert=True)
    return Asked(wanted, is_new=True)


@transaction.atomic
def ask_for_month_before(*, now: datetime) -> Report | None:
    """Have the report of the month before made, once; return it where it is new. For beat: safe to run at any time.

    Where the books are not sealed so far, the next run asks again.
    """
    month = selectors.month_before(timezone.localdate(now - LATE_ENTRIES))
    first = selectors.first_month()
    if first is None or month < first or Report.objects.filter(kind=Report.Kind.MONTH, month=month).exists():
        return None
    try:
        return ask(wanted=Report(kind=Report.Kind.MONTH, month=month), now=now).report
    except NotSealedError:
        return None


@transaction.atomic
def retry_report(*, report_id: int) -> Report:
    """Let a report that was not made be tried anew. Safe to run twice: any other state stays as it is."""
    report = Report.objects.select_for_update(of=("self",)).get(pk=report_id)
    if report.state == Report.State.FAILED:
        report.state, report.failure, report.attempts, report.percent = Report.State.QUEUED, "", 0, 0
        report.save(update_fields=["state", "failure", "attempts", "percent"])
    return report


def retry_for_caller(*, report_id: int, address: str, now: datetime) -> Report:
    """Let a report be tried anew, for somebody whose wishes are counted.

    :raises TooManyReportsError: if this address asks too often.
    """
    count_asking(address=address, now=now)
    return retry_report(report_id=report_id)


def forget_askings(*, now: datetime) -> None:
    """Forget who asked, once it counts no more."""
    Asking.objects.filter(asked_at__lte=now - WINDOW).delete()


def _require_askable(wanted: Report, now: datetime) -> None:
    if wanted.month is not None and not _is_over_and_known(wanted.month, now):
        raise MonthNotOverError
    if wanted.month is None and selectors.project_name(subject=wanted.subject) is None:
        raise UnknownProjectError


def _is_over_and_known(month: date, now: datetime) -> bool:
    first = selectors.first_month()
    return first is not None and first <= month <= selectors.month_before(timezone.localdate(now))


def _checkpoint(wanted: Report) -> Checkpoint:
    """Return the newest signed checkpoint, if it counts all that was posted while the month lasted."""
    head = log.newest_head()
    is_behind = head is None or (
        wanted.month is not None and head.sealed_at < selectors.end_of(wanted.month) and sealing.lag_seconds() > 0
    )
    if head is None or is_behind:
        raise NotSealedError
    return Checkpoint.objects.get(pk=head.checkpoint_id)


def _is_outdated(last: Report, checkpoint: Checkpoint, now: datetime) -> bool:
    if not last.is_published or last.checkpoint_id == checkpoint.pk:
        return False
    if last.kind == Report.Kind.PROJECT and last.asked_at > now - PROJECT_PACE:
        return False
    return has_changed(report=last, checkpoint=checkpoint)
