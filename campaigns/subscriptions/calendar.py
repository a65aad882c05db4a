"""When a monthly gift is charged: by Moscow's calendar, at noon; a day that a month lacks is its last."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from fund.payments.days import MOSCOW, moscow_date

if TYPE_CHECKING:
    from collections.abc import Sequence

NOON = time(12)
LEAST_NOTICE = timedelta(days=1)  # a letter that left later than this before its charge warns nobody
SOON = timedelta(hours=1)


def month_of(moment: datetime) -> date:
    """Return the first day of the month in which a moment lies in Moscow."""
    return moscow_date(moment).replace(day=1)


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return (month + timedelta(days=31)).replace(day=1)


def due_in(*, month: date, anchor_day: int) -> datetime:
    """Return when a month is charged."""
    last = monthrange(month.year, month.month)[1]
    return datetime.combine(month.replace(day=min(anchor_day, last)), NOON, MOSCOW)


def notice() -> timedelta:
    """Return how long before a charge its donor is told."""
    return timedelta(days=settings.SUBSCRIPTION_NOTICE_DAYS)


def retry_at(*, due_at: datetime, tries: int, now: datetime) -> datetime | None:
    """Return when a charge is tried that was tried so often; None where its month or the patience is over."""
    plan: Sequence[int] = (0, *settings.SUBSCRIPTION_RETRY_DAYS)
    if tries >= len(plan):
        return None
    found = max(due_at + timedelta(days=plan[tries]), now + SOON)
    return found if month_of(found) == month_of(due_at) else None
