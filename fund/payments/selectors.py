"""Which notifications wait, and what has gone back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Sum

from fund.money import Kopecks
from fund.payments.models import Notification, Refund

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

BATCH = 200
NOTIFICATION_GRACE = timedelta(seconds=5)


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
