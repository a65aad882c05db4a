"""What fiscal receipts say (54-ФЗ, ФФД 1.2): prepayment, offset at handover, return. Built anew from frozen lines.

Shapes: ``receipt`` of POST /v3/payments and /v3/refunds, POST /v3/receipts. Nothing here is kept: it holds the
buyer's address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from fund.money import to_decimal_text
from fund.payments.models import Refund
from fund.sales.models import FiscalReceipt, SaleLine, SaleReturn
from fund.sales.pieces import runs
from fund.sales.selectors import cancelled_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fund.payments.models import Payment
    from fund.sales.models import Sale, SaleReturnLine
    from fund.sales.pieces import Run
    from people.models import Donor

PREPAYMENT, SETTLED = "full_prepayment", "full_payment"
SUBJECTS = {SaleLine.Kind.GOODS: "commodity", SaleLine.Kind.DELIVERY: "service"}


def prepayment(*, payment: Payment) -> dict[str, Any]:
    """Return the receipt of an order that is paid before it is handed over. Two queries."""
    lines = SaleLine.objects.filter(sale__payment=payment).order_by("number")
    items = [item for line in lines for item in _items(line, _part(line, 0, line.quantity), PREPAYMENT)]
    return _receipt(payment.sale.buyer, items)


def going_back(*, refund: Refund) -> dict[str, Any]:
    """Return the receipt of what goes back of an order: in the mode in which it was paid or settled. Two queries.

    What was never handed over goes back as a prepayment, the rest as settled.
    """
    returned = SaleReturn.objects.filter(refund=refund).first()
    if returned is None:  # the whole order, of which nothing was left
        return prepayment(payment=refund.payment)
    mode = PREPAYMENT if returned.is_before_handover else SETTLED
    rows = returned.lines.select_related("line").order_by("line__number")
    items = [item for row in rows for item in _items(row.line, _returned(row), mode)]
    return _receipt(refund.payment.sale.buyer, items)


def own(*, receipt: FiscalReceipt) -> dict[str, Any]:
    """Return a receipt that goes by itself: the offset of a handover, or what ЮKassa refused to register before."""
    if receipt.refund is not None:
        body = going_back(refund=receipt.refund)
    elif receipt.kind == FiscalReceipt.Kind.OFFSET:
        body = _offset(receipt.sale)
    else:
        body = prepayment(payment=receipt.sale.payment)
    settled = "prepayment" if receipt.kind == FiscalReceipt.Kind.OFFSET else "cashless"
    amount = {"value": to_decimal_text(receipt.amount_kopecks), "currency": "RUB"}
    return {
        "type": "payment" if receipt.refund is None else "refund",
        **owner(receipt=receipt),
        **body,
        "send": True,
        "settlements": [{"type": settled, "amount": amount}],
    }


def owner(*, receipt: FiscalReceipt) -> dict[str, str]:
    """Return to what a receipt belongs at ЮKassa: its refund; where that was paid by bank, or is none, its payment."""
    if receipt.refund is not None and receipt.refund.state == Refund.State.SUCCEEDED:
        return {"refund_id": str(receipt.refund.yookassa_id)}
    return {"payment_id": str(receipt.sale.payment.yookassa_id)}


def _offset(sale: Sale) -> dict[str, Any]:
    """Return what was handed over: all of goods and delivery that was not cancelled before. Two queries."""
    lines = SaleLine.objects.filter(sale=sale).exclude(kind=SaleLine.Kind.GIFT).order_by("number")
    cancelled = cancelled_pieces(sale_id=sale.pk)
    starts = [(line, cancelled.get(line.pk, 0)) for line in lines]
    items = [
        item
        for line, start in starts
        if start < line.quantity
        for item in _items(line, _part(line, start, line.quantity), SETTLED)
    ]
    return _receipt(sale.buyer, items)


def _part(line: SaleLine, start: int, stop: int) -> list[Run]:
    return runs(total_kopecks=line.total_kopecks, quantity=line.quantity, start=start, stop=stop)


def _returned(row: SaleReturnLine) -> list[Run]:
    """Return the prices of pieces that go back: as they were sold, or less where a bank took some of it."""
    sold = _part(row.line, row.start, row.stop)
    if sum(run.quantity * run.price_kopecks for run in sold) == row.amount_kopecks:
        return sold
    pieces = row.stop - row.start
    return runs(total_kopecks=row.amount_kopecks, quantity=pieces, start=0, stop=pieces)


def _items(line: SaleLine, found: Iterable[Run], mode: str) -> list[dict[str, Any]]:
    """Return a line's items: a gift is settled at once, whatever becomes of the goods."""
    is_gift = line.kind == SaleLine.Kind.GIFT
    return [
        {
            "description": line.title,
            "quantity": run.quantity,
            "amount": {"value": to_decimal_text(run.price_kopecks), "currency": "RUB"},
            "vat_code": settings.RECEIPTS["vat_code"],
            "measure": "piece",
            "payment_mode": SETTLED if is_gift else mode,
            "payment_subject": settings.RECEIPTS["gift_subject"] if is_gift else SUBJECTS[SaleLine.Kind(line.kind)],
        }
        for run in found
    ]


def _receipt(buyer: Donor | None, items: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a receipt to a buyer; of one who was forgotten, to the fund itself: the law wants it."""
    email = buyer.email if buyer and buyer.email else settings.FUND["email"]
    return {
        "customer": {"email": email},
        "items": items,
        "tax_system_code": settings.RECEIPTS["tax_system_code"],
        "internet": True,
    }
