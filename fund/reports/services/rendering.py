"""Making reports: one at a time, each once, also when a worker is killed over it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from fund.reports.documents import write_report
from fund.reports.errors import BooksDisagreeError, DamagedFileError, LeaseLostError
from fund.reports.files import keep_file
from fund.reports.models import Report
from people.turns import take_turns

if TYPE_CHECKING:
    from collections.abc import Callable

    from fund.reports.documents import Written
    from fund.reports.models import ReportQuerySet

LEASE = timedelta(minutes=3)  # without a sign of life for so long, a worker is dead
MOST_ATTEMPTS = 3


def render_next(*, clock: Callable[[], datetime]) -> Report | None:
    """Make the report whose turn it is; return it, or None where there is none or another worker is at it.

    Safe to run twice, at once too. Whoever is killed leaves a lease that runs out; then the report is begun anew, from
    the same checkpoint.
    """
    report = claim(now=clock())
    if report is None:
        return None
    try:
        written = write_report(report, tell=lambda percent: tell(report=report, percent=percent, now=clock()))
        return publish(report=report, written=written, now=clock())
    except LeaseLostError:
        return None
    except BooksDisagreeError:
        return fail(report=report, failure=Report.Failure.BOOKS_DISAGREE)
    except (DamagedFileError, OSError):
        return fail(report=report, failure=Report.Failure.STORAGE)


@transaction.atomic
def claim(*, now: datetime) -> Report | None:
    """Take the next report. One at a time, so that the worker's other hands stay free for gifts."""
    take_turns("reports:render")
    Report.objects.filter(state=Report.State.RENDERING, leased_until__lte=now, attempts__gte=MOST_ATTEMPTS).update(
        state=Report.State.FAILED, failure=Report.Failure.INTERRUPTED, leased_until=None
    )
    if Report.objects.filter(state=Report.State.RENDERING, leased_until__gt=now).exists():
        return None
    due = Q(state=Report.State.QUEUED) | Q(state=Report.State.RENDERING)
    report = Report.objects.select_for_update().filter(due).order_by("pk").first()
    if report is None:
        return None
    report.state, report.percent, report.leased_until = Report.State.RENDERING, 0, now + LEASE
    report.attempts += 1
    report.save(update_fields=["state", "percent", "leased_until", "attempts"])
    return report


def tell(*, report: Report, percent: int, now: datetime) -> None:
    """Say how far it is, and that its worker lives.

    :raises LeaseLostError: if another has taken it over.
    """
    told = _mine(report).update(percent=percent, leased_until=now + LEASE)
    if not told:
        raise LeaseLostError


@transaction.atomic
def publish(*, report: Report, written: Written, now: datetime) -> Report:
    """Keep the file under the name of its bytes, and say so in the row; both for ever.

    :raises LeaseLostError: if another has taken it over.
    :raises DamagedFileError: if the storage holds something else under that name, and it is published.
    """
    if not _mine(report).select_for_update().exists():
        raise LeaseLostError
    report.file_sha256 = keep_file(content=written.content)
    report.state, report.percent, report.leased_until = Report.State.PUBLISHED, 100, None
    report.published_at, report.file_bytes, report.pages = now, len(written.content), written.pages
    report.save(
        update_fields=["state", "percent", "leased_until", "published_at", "file_bytes", "pages", "file_sha256"]
    )
    return report


@transaction.atomic
def fail(*, report: Report, failure: Report.Failure) -> Report | None:
    """Say why it was not made; None if another has taken it over."""
    failed = _mine(report).update(state=Report.State.FAILED, failure=failure, leased_until=None)
    return Report.objects.get(pk=report.pk) if failed else None


def _mine(report: Report) -> ReportQuerySet:
    return Report.objects.filter(pk=report.pk, state=Report.State.RENDERING, attempts=report.attempts)
