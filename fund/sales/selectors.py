"""What is read of orders, in plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Max, Sum
from django.utils import timezone

from fund.ledger.models import Posting
from fund.money import Kopecks
from fund.payments.models import Chargeback, Refund
from fund.sales.models import Sale, SaleLine, SaleReturnLine

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from fund.payments.models import Payment

FAMILIES = ("90.01", "90.02", "91.01", "91.02")  # accounts that each has whom goods feed: revenue, cost, other, other


@dataclass(frozen=True)
class Parts:
    """What of an order, or of its return, is a sale (goods, delivery), and what a gift; in kopecks."""

    sale_kopecks: Kopecks
    gift_kopecks: Kopecks

    @property
    def kopecks(self) -> Kopecks:
        """Return both together."""
        return Kopecks(self.sale_kopecks + self.gift_kopecks)

    def as_amounts(self) -> dict[str, Kopecks]:
        """Return them as the sums of the ledger's events."""
        return {"sale": self.sale_kopecks, "gift": self.gift_kopecks}

    def __sub__(self, other: Parts) -> Parts:
        """Return what is left without others."""
        return Parts(Kopecks(self.sale_kopecks - other.sale_kopecks), Kopecks(self.gift_kopecks - other.gift_kopecks))


def cancelled_pieces(*, sale_id: int) -> dict[int, int]:
    """Return how many pieces of an order's lines were cancelled before they left, by line. One query."""
    rows = SaleReturnLine.objects.filter(line__sale=sale_id, sale_return__is_before_handover=True)
    return dict(rows.values_list("line").annotate(last=Max("stop")))


def returnable_until(*, received_at: datetime) -> datetime:
    """Return when a change of mind comes too late: the law's days begin the day after, so that the last is whole."""
    return received_at + timedelta(days=settings.RETURN_DAYS + 1)


def last_day_to_return(*, sale: Sale) -> date | None:
    """Return the last whole day for a change of mind; none while the buyer does not have the goods."""
    if sale.received_at is None:
        return None
    return timezone.localdate(returnable_until(received_at=sale.received_at)) - timedelta(days=1)


def handover_key(*, number: str, subject: str) -> str:
    """Return the key of the operation by which an order's goods for a subject left; the anatomy's SQL names it too."""
    return f"handed_over:{number}:{subject}"


def taken_back_key(*, return_id: int, subject: str) -> str:
    """Return the key of the operation by which a return's goods for a subject came back."""
    return f"taken_back:return:{return_id}:{subject}"


def returned_pieces(*, sale_id: int) -> dict[int, int]:
    """Return how many pieces of an order's lines do not stay with the buyer, by line. One query."""
    rows = SaleReturnLine.objects.filter(line__sale=sale_id)
    return dict(rows.values_list("line").annotate(last=Max("stop")))


def parts_of(lines: Iterable[SaleLine]) -> Parts:
    """Return the parts of whole lines."""
    return add_up((line.kind, line.total_kopecks) for line in lines)


def add_up(sums: Iterable[tuple[str, int]]) -> Parts:
    """Return parts of sums by their lines' kinds."""
    sale, gift = 0, 0
    for kind, amount in sums:
        if kind == SaleLine.Kind.GIFT:
            gift += amount
        else:
            sale += amount
    return Parts(Kopecks(sale), Kopecks(gift))


def going_back(*, refund: Refund) -> Parts:
    """Return the parts of what a refund brings back: its lines, or the whole order where nothing was left of it."""
    rows = list(SaleReturnLine.objects.filter(sale_return__refund=refund).values_list("line__kind", "amount_kopecks"))
    return add_up(rows) if rows else parts_of(SaleLine.objects.filter(sale__payment=refund.payment_id))


def under_way(*, payment: Payment) -> Parts:
    """Return the parts of an order that are to go back, and have not yet."""
    return _together(payment.refunds.unfinished())


def gifts_leaving(*, subject: str) -> Kopecks:
    """Return what of gifts for a subject that came with orders is to go back, and has not yet. Two queries."""
    of_lines = SaleReturnLine.objects.filter(
        line__kind=SaleLine.Kind.GIFT,
        sale_return__refund__payment__booked_subject=subject,
        sale_return__refund__in=Refund.objects.unfinished(),
    ).aggregate(total=Sum("amount_kopecks"))["total"]
    whole = Refund.objects.unfinished().filter(payment__booked_subject=subject, sale_return=None)
    of_orders = SaleLine.objects.filter(kind=SaleLine.Kind.GIFT, sale__payment__in=whole.values("payment")).aggregate(
        total=Sum("total_kopecks")
    )["total"]
    return Kopecks((of_lines or 0) + (of_orders or 0))


def left_of(*, payment: Payment) -> Parts:
    """Return the parts of an order that no final refund has brought back, and no dispute has taken."""
    whole = parts_of(SaleLine.objects.filter(sale__payment=payment))
    return whole - _together(payment.refunds.filter(operation__isnull=False)) - _disputed(payment)


def unreturned(*, payment: Payment) -> Parts:
    """Return the parts of an order that have not gone back, are not to, and that no dispute has taken."""
    return left_of(payment=payment) - under_way(payment=payment)


def _together(refunds: Iterable[Refund]) -> Parts:
    parts = [going_back(refund=refund) for refund in refunds]
    return Parts(Kopecks(sum(part.sale_kopecks for part in parts)), Kopecks(sum(part.gift_kopecks for part in parts)))


def _disputed(payment: Payment) -> Parts:
    """Return what disputes took: of the gift what the books say, of the order the rest."""
    disputes = Chargeback.objects.filter(payment=payment)
    taken = disputes.aggregate(total=Sum("gift_kopecks"))["total"] or 0
    from_gift = Posting.objects.filter(operation__in=disputes.values("operation"), debit__code__startswith="86.")
    gift = from_gift.aggregate(total=Sum("amount_kopecks"))["total"] or 0
    return Parts(Kopecks(taken - gift), Kopecks(gift))
