"""How a paid order goes into the books, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _

from fund.money import Kopecks, split
from fund.payments.models import Refund
from fund.payments.purposes import Booking, Label, RefundEvents, Written
from fund.sales import gifts, letters, receipts
from fund.sales.models import FiscalReceipt, Sale, SaleLine
from fund.sales.selectors import Parts, going_back, left_of, parts_of, under_way
from fund.sales.services.paying import cancel_disputed, take_payment
from fund.sales.services.registering import ask_alone, expect_receipt
from fund.sales.services.returning import AFTER
from people.models import Letter

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from fund.payments.models import Payment

EVENTS = RefundEvents("order_refund", "order_refund_refused", "order_chargeback")


class SalePurpose:
    """An order of goods, with a gift perhaps."""

    is_divided = True

    def book(self, *, payment: Payment, paid_at: datetime, now: datetime) -> Booking:
        """Book goods as a prepayment and the gift for whom it is; what nobody can deliver any more goes back."""
        sale, has_goods = take_payment(payment=payment, now=now)
        lines = list(sale.lines.all())
        expect_receipt(
            sale=sale, kind=FiscalReceipt.Kind.PREPAYMENT, amount_kopecks=Kopecks(sale.total_kopecks), now=now
        )
        gift = next((line for line in lines if line.kind == SaleLine.Kind.GIFT), None)
        subject = gifts.receiver(gift.subject, paid_at) if gift else gifts.FUND
        reason = "" if has_goods else Refund.Reason.SOLD_OUT.value
        letters.tell(sale=sale, kind=letters.PAID if has_goods else letters.SOLD_OUT, now=now)
        return Booking("order_paid", subject, sale.number, refund_reason=reason, amounts=parts_of(lines).as_amounts())

    def commission(self, *, payment: Payment, fee_kopecks: Kopecks) -> Written:
        """Share ЮKassa's fee between goods and gift by what they cost."""
        parts = parts_of(SaleLine.objects.filter(sale__payment=payment))
        sale, gift = split(fee_kopecks, [parts.sale_kopecks, parts.gift_kopecks])
        return Written("order_commission", Parts(sale, gift).as_amounts())

    def refund_events(self, *, payment: Payment) -> RefundEvents:  # noqa: ARG002 - the protocol's
        """Return the order's events."""
        return EVENTS

    def going(self, *, payment: Payment, amount_kopecks: Kopecks, refund: Refund | None) -> Mapping[str, Kopecks]:
        """Return what of it is for goods and what for the gift; what a bank took of goods that left is a loss.

        A bank takes what was to go back last: that, of goods that left too, is owed to the buyer.
        """
        if refund is not None:
            return going_back(refund=refund).as_amounts()
        owed = under_way(payment=payment)
        free = left_of(payment=payment) - owed
        goods = min(amount_kopecks, free.sale_kopecks)
        gift = min(amount_kopecks - goods, free.gift_kopecks)
        back = min(amount_kopecks - goods - gift, owed.sale_kopecks)
        gift = amount_kopecks - goods - back
        sale, loss = (back, goods) if payment.sale.state in AFTER else (goods + back, 0)
        return {"sale": Kopecks(sale), "gift": Kopecks(gift), "loss": Kopecks(loss)}

    def receipt(self, *, payment: Payment, refund: Refund | None = None) -> dict[str, Any] | None:
        """Return the receipt of a prepayment, or of what goes back."""
        return receipts.prepayment(payment=payment) if refund is None else receipts.going_back(refund=refund)

    def disputed(self, *, payment: Payment, now: datetime) -> None:
        """End an order whose goods are paid no more, before they leave."""
        cancel_disputed(payment=payment, now=now)

    def refunded(self, *, refund: Refund, now: datetime) -> None:
        """Let the receipt follow; of what ЮKassa refused, once it is paid by bank."""
        amount = Kopecks(refund.amount_kopecks)
        sale = refund.payment.sale
        receipt = expect_receipt(
            sale=sale, kind=FiscalReceipt.Kind.REFUND, amount_kopecks=amount, refund=refund, now=now
        )
        if refund.state == Refund.State.REFUSED:
            ask_alone(receipt_id=receipt.pk, now=now)
        letters.tell(sale=sale, kind=letters.REFUND, refund=refund, now=now)

    def repaid(self, *, refund: Refund, now: datetime) -> None:
        """Let the receipt follow: the debt is paid by bank; the buyer is told."""
        ask_alone(receipt_id=refund.receipt.pk, now=now)
        letters.tell(sale=refund.payment.sale, kind=letters.REPAID, refund=refund, now=now)

    def settled(self, *, payment: Payment) -> None:
        """Let an order whose payment ended follow it; a sweep does it where this is lost."""
        from fund.sales import tasks

        for sale_id in Sale.objects.filter(payment=payment).values_list("pk", flat=True):
            tasks.follow_payment.delay(sale_id=sale_id)

    def labels(self, *, payment_ids: Collection[int]) -> dict[int, Label]:
        """Return number and carrier of the orders behind payments. One query."""
        sales = Sale.objects.filter(payment__in=payment_ids)
        return {
            sale.payment_id: Label(sale.number, _("Order: %(carrier)s") % {"carrier": sale.get_carrier_display()})
            for sale in sales
        }

    def numbered(self, *, numbers: Collection[int]) -> dict[int, int]:
        """Return payments by the public numbers of their orders. One query."""
        return dict(Sale.objects.filter(pk__in=numbers).values_list("pk", "payment"))

    def letters(self, *, payment: Payment) -> QuerySet[Letter]:
        """Return the letters to the buyer about this order. One query."""
        return Letter.objects.filter(donor__sale__payment=payment)

    def about(self, *, subject: str) -> QuerySet[Any, int]:
        """Return the payments of orders that feed a subject."""
        return Sale.objects.filter(Q(lines__subject=subject)).values_list("payment", flat=True)
