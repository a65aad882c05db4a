"""Which notifications wait, which days are to be compared, what has gone back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Sum

from fund.money import Kopecks
from fund.payments.days import moscow_date
from fund.payments.models import DayComparison, Notification, Refund

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

BATCH = 200
NOTIFICATION_GRACE = timedelta(seconds=5)
COMPARED_DAYS = 7
DAY_GRACE = timedelta(hours=1)  # a day is over for good when the last notifications of it have had their time


def open_notifications(*, now: datetime) -> list[int]:
    """Return notifications that wait longer than a task takes. One query."""
    waiting = Notification.objects.filter(handled_at__isnull=True, last_received_at__lte=now - NOTIFICATION_GRACE)
    return list(waiting.order_by("last_received_at").values_list("pk", flat=True)[:BATCH])


def refunded_kopecks(*, payment_ids: Sequence[int]) -> dict[int, Kopecks]:
    """Return what has really gone back, by payment; one without refunds is left out. One query."""
    rows = (
        Refund.objects.filter(payment_id__in=payment_ids, state=Refund.State.SUCCEEDED)
        .values("payment_id")
        .annotate(total=Sum("amount_kopecks"))
    )
    return {row["payment_id"]: Kopecks(row["total"]) for row in rows}


def days_to_compare(*, now: datetime) -> list[date]:
    """Return the Moscow days to hold against ЮKassa's list: today, and what did not agree since it ended. One query."""
    today = moscow_date(now)
    days = [today - timedelta(days=back) for back in range(COMPARED_DAYS, -1, -1)]
    agreed = DayComparison.objects.filter(date__in=days, differences=0).values_list("date", "compared_at")
    done = {date for date, compared_at in agreed if moscow_date(compared_at - DAY_GRACE) > date}
    return [date for date in days if date not in done]
