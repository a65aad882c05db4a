"""What of a payment is still where it was booked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from fund.money import Kopecks
from fund.payments.models import Chargeback, Payment, Refund

if TYPE_CHECKING:
    from django.db.models.expressions import CombinedExpression


def left_kopecks(*, payment_id: int) -> Kopecks:
    """Return what is neither spent, nor went back, nor is on its way, nor is owed, nor was disputed. One query.

    Below nought where a dispute took what a refund under way was to take.
    """
    return Kopecks(Payment.objects.filter(pk=payment_id).values_list(left_expression(), flat=True).get())


def left_expression(*, payment: str = "") -> CombinedExpression:
    """Return the same as an expression, for a query of payments or of what points at them.

    :param payment: how the query leads to the payment: «payment__»; nothing for payments themselves.
    """
    refunds = Refund.objects.exclude(state=Refund.State.DROPPED)
    gone = _sum(refunds, F("amount_kopecks") + F("fee_kopecks"), payment)
    disputed = _sum(Chargeback.objects.all(), F("gift_kopecks"), payment)
    return F(f"{payment}amount_kopecks") - F(f"{payment}spent_kopecks") - gone - disputed


def _sum(rows: QuerySet[Refund] | QuerySet[Chargeback], amount: object, payment: str) -> Coalesce:
    total = rows.filter(payment=OuterRef(f"{payment}pk")).values("payment").annotate(total=Sum(amount)).values("total")
    return Coalesce(Subquery(total), 0)
