"""What of a payment is still where it was booked."""

from __future__ import annotations

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from fund.money import Kopecks
from fund.payments.models import Chargeback, Payment, Refund


def left_kopecks(*, payment_id: int) -> Kopecks:
    """Return what is neither spent, nor went back, nor is on its way, nor is owed, nor was disputed. One query.

    Below nought where a dispute took what a refund under way was to take.
    """
    refunds = Refund.objects.exclude(state=Refund.State.DROPPED)
    left = F("amount_kopecks") - F("spent_kopecks") - _sum(refunds, F("amount_kopecks") + F("fee_kopecks"))
    left -= _sum(Chargeback.objects.all(), F("gift_kopecks"))
    return Kopecks(Payment.objects.filter(pk=payment_id).values_list(left, flat=True).get())


def _sum(rows: QuerySet[Refund] | QuerySet[Chargeback], amount: object) -> Coalesce:
    total = rows.filter(payment=OuterRef("pk")).values("payment").annotate(total=Sum(amount)).values("total")
    return Coalesce(Subquery(total), 0)
