"""Reports as pages and the API show them, and which may be asked for."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from fund.ledger.models import Account, Operation
from fund.ledger.purposes import PURPOSE_HEADS, purpose_name
from fund.reports.models import Report

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_MONTHS = 120


def reports_page(*, kind: str = "", subject: str = "", before: int | None = None, limit: int) -> list[Report]:
    """Return reports, the newest first, below ``before``. One query."""
    found = Report.objects.select_related("checkpoint").order_by("-pk")
    if kind:
        found = found.filter(kind=kind)
    if subject:
        found = found.filter(subject=subject)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found[:limit])


def find_report(*, number: int) -> Report | None:
    """Return one report. One query."""
    return Report.objects.select_related("checkpoint").filter(pk=number).first()


def versions(*, report: Report) -> list[Report]:
    """Return all versions of what a report is about, the newest first. One query."""
    return list(Report.objects.of(report).select_related("checkpoint").order_by("-version")[:MOST_MONTHS])


def project_name(*, subject: str) -> str | None:
    """Return what the books call a purpose; None where they know none. One query."""
    return project_names(subjects=[subject]).get(subject)


def project_names(*, subjects: Iterable[str]) -> dict[str, str]:
    """Return what the books call purposes, by subject. One query."""
    wanted = {f"{PURPOSE_HEADS[0]}.{subject}": subject for subject in subjects if subject}
    found = Account.objects.filter(code__in=list(wanted)).values_list("code", "name")
    return {wanted[code]: purpose_name(name) for code, name in found}


def first_month() -> date | None:
    """Return the first day of the books' first month. One query."""
    day = Operation.objects.order_by("business_date", "number").values_list("business_date", flat=True).first()
    return day.replace(day=1) if day else None


def months(*, today: date) -> list[date]:
    """Return the months that are over and that the books know, the newest first. One query."""
    first, month = first_month(), month_before(today)
    found: list[date] = []
    while first is not None and month >= first and len(found) < MOST_MONTHS:
        found.append(month)
        month = month_before(month)
    return found


def month_before(day: date) -> date:
    """Return the first day of the month before a day's."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def last_day(month: date) -> date:
    """Return a month's last day."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def end_of(month: date) -> datetime:
    """Return the moment at which a month is over, by Moscow's time."""
    return timezone.make_aware(datetime.combine(last_day(month) + timedelta(days=1), time()))
