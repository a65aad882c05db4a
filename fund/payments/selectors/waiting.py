"""Which notifications wait, which days are to be compared, what has gone back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Sum, Value

from fund.money import Kopecks
from fund.payments.days import moscow_date
from fund.payments.models import Alarm, Chargeback, DayComparison, Notification, Refund

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

BATCH = 200
NOTIFICATION_GRACE = timedelta(seconds=5)
COMPARED_DAYS = 7
NOTHING = Kopecks(0)
DISPUTED = "disputed"
DAY_GRACE = timedelta(hours=1)  # a day is over for good when the last notifications of it have had their time


@dataclass(frozen=True)
class RefundSums:
    """What went back, what is on its way, what ЮKassa refused and the fund owes; and why.

    Besides: what of debts was paid by bank, what the donor's bank took back, ЮKassa's fee kept from what went back.
    """

    returned_kopecks: Kopecks
    returning_kopecks: Kopecks
    owed_kopecks: Kopecks
    reasons: tuple[str, ...]
    repaid_kopecks: Kopecks = NOTHING
    disputed_kopecks: Kopecks = NOTHING
    fee_kopecks: Kopecks = NOTHING

    @property
    def gone_kopecks(self) -> Kopecks:
        """Return what the donor has back, whichever way, with the fee that was kept from it."""
        returned = self.returned_kopecks + self.repaid_kopecks + self.disputed_kopecks
        return Kopecks(returned + self.fee_kopecks if returned else 0)


def open_notifications(*, now: datetime) -> list[int]:
    """Return notifications that wait longer than a task takes. One query."""
    waiting = Notification.objects.filter(handled_at__isnull=True, last_received_at__lte=now - NOTIFICATION_GRACE)
    return list(waiting.order_by("last_received_at").values_list("pk", flat=True)[:BATCH])


def open_alarms() -> list[Alarm]:
    """Return what a person must look at, the oldest first. One query."""
    return list(Alarm.objects.filter(closed_at__isnull=True).order_by("raised_at", "pk")[:BATCH])


def refund_sums(*, payment_ids: Iterable[int]) -> dict[int, RefundSums]:
    """Return how much of each payment goes or went back. One query, however many."""
    sums: dict[int, Counter[str]] = {payment_id: Counter() for payment_id in payment_ids}
    reasons: dict[int, set[str]] = {payment_id: set() for payment_id in sums}
    refunds = Refund.objects.filter(payment__in=list(sums)).exclude(state=Refund.State.DROPPED)
    rows = refunds.values_list("payment", "state", "reason").annotate(
        a=Sum("amount_kopecks"), b=Sum("discharged_kopecks"), c=Sum("fee_kopecks")
    )
    disputes = Chargeback.objects.filter(payment__in=list(sums)).values_list("payment", Value(DISPUTED), Value(""))
    disputed = disputes.annotate(a=Sum("amount_kopecks"), b=Sum("debt_kopecks"), c=Value(0))
    for payment_id, state, reason, kopecks, discharged, fee in rows.union(disputed, all=True):
        sums[payment_id].update({state: kopecks, f"{state} discharged": discharged, "fee": fee})
        reasons[payment_id] |= {reason} - {""}
    return {payment_id: _refund_sums(found, reasons[payment_id]) for payment_id, found in sums.items()}


def _refund_sums(sums: Counter[str], reasons: set[str]) -> RefundSums:
    return RefundSums(
        returned_kopecks=Kopecks(sums[Refund.State.SUCCEEDED]),
        returning_kopecks=Kopecks(sums[Refund.State.CREATING] + sums[Refund.State.PENDING]),
        owed_kopecks=Kopecks(sums[Refund.State.REFUSED] - sums[f"{Refund.State.REFUSED} discharged"]),
        reasons=tuple(sorted(reasons)),
        repaid_kopecks=Kopecks(sums[f"{Refund.State.REFUSED} discharged"] - sums[f"{DISPUTED} discharged"]),
        disputed_kopecks=Kopecks(sums[DISPUTED]),
        fee_kopecks=Kopecks(sums["fee"]),
    )


def days_to_compare(*, now: datetime) -> list[date]:
    """Return the Moscow days to hold against ЮKassa's list: today, then what has not agreed since. One query."""
    today = moscow_date(now)
    days = [today - timedelta(days=back) for back in range(COMPARED_DAYS + 1)]
    agreed = DayComparison.objects.filter(date__in=days, differences=0).values_list("date", "compared_at")
    done = {date for date, compared_at in agreed if moscow_date(compared_at - DAY_GRACE) > date}
    return [date for date in days if date not in done]
