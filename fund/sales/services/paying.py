"""What an order becomes once its payment has an end: its pieces stay held, are let go, or are gone already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from fund.payments.models import Payment
from fund.sales.models import Reservation, Sale
from fund.sales.selectors import unreturned
from fund.sales.services.movements import lock_items
from fund.sales.services.promo import free_code, use_again
from fund.sales.services.returning import BEFORE

if TYPE_CHECKING:
    from datetime import datetime


def take_payment(*, payment: Payment, now: datetime) -> tuple[Sale, bool]:
    """Move the order of a payment on that came; return it, and whether its goods are there.

    Joins the transaction that books the payment. Pieces that were let go are held anew where all are left, and its
    promo code too; else the order is cancelled, and the caller sends the money back.
    """
    sale = Sale.objects.select_for_update().get(payment=payment)
    held = [reservation for reservation in _reservations(sale) if reservation.state == Reservation.State.RELEASED]
    has_goods = not held or _hold_anew(sale, held)
    sale.state = Sale.State.PAID if has_goods else Sale.State.CANCELLED
    sale.moved_at = now
    sale.save(update_fields=["state", "moved_at"])
    return sale, has_goods


@transaction.atomic
def let_go(*, sale_id: int, now: datetime) -> bool:
    """End an order whose payment did not come, and let its pieces go; return whether it did. Safe to repeat."""
    payment_id = Sale.objects.values_list("payment_id", flat=True).get(pk=sale_id)
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    sale = Sale.objects.select_for_update().get(pk=sale_id)
    if sale.state != Sale.State.UNPAID or payment.state != Payment.State.CANCELED:
        return False
    release(sale)
    free_code(sale=sale)
    sale.state, sale.moved_at = Sale.State.NOT_PAID, now
    sale.save(update_fields=["state", "moved_at"])
    return True


def cancel_disputed(*, payment: Payment, now: datetime) -> None:
    """Cancel an order that has not left, where the payer's bank took all that does not go back of its goods.

    Joins the transaction that books the dispute.
    """
    sale = Sale.objects.select_for_update().get(payment=payment)
    if sale.state in BEFORE and unreturned(payment=payment).sale_kopecks <= 0:
        release(sale)
        sale.state, sale.moved_at = Sale.State.CANCELLED, now
        sale.save(update_fields=["state", "moved_at"])


def release(sale: Sale) -> None:
    """Let all pieces of a locked order go that are still held."""
    held = [row for row in _reservations(sale) if row.state == Reservation.State.HELD]
    lock_items([row.item_id for row in held])
    for row in held:
        row.state = Reservation.State.RELEASED
        row.save(update_fields=["state"])


def lost_sales() -> list[int]:
    """Return orders whose payment ended without money, and that do not know it yet. One query."""
    lost = Sale.objects.filter(state=Sale.State.UNPAID, payment__state=Payment.State.CANCELED)
    return list(lost.order_by("pk").values_list("pk", flat=True)[:200])


def _reservations(sale: Sale) -> list[Reservation]:
    return list(Reservation.objects.filter(line__sale=sale).order_by("item_id"))


def _hold_anew(sale: Sale, rows: list[Reservation]) -> bool:
    """Hold a locked order's pieces anew, all or none; return whether there were enough, and its code was free."""
    items = lock_items([row.item_id for row in rows])
    if any(items[row.item_id].available < row.quantity for row in rows) or not use_again(sale=sale):
        return False
    for row in rows:
        row.state = Reservation.State.HELD
        row.save(update_fields=["state"])
    return True
