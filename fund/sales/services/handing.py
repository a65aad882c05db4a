"""An order on its way: packed, ready or sent, handed over, received. At handover it becomes revenue and cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from fund.ledger import services as ledger
from fund.money import Kopecks, split
from fund.payments.models import Payment
from fund.sales import letters, pieces
from fund.sales.models import FiscalReceipt, Reservation, Sale, SaleLine, StockMovement
from fund.sales.selectors import cancelled_pieces, handover_key, returned_pieces, unreturned
from fund.sales.services.movements import Papers, Portion, lock_items, weigh, write_movements
from fund.sales.services.registering import expect_receipt
from fund.sales.services.stock import NotInStockError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from fund.ledger.models import Operation
    from people.models import User

FUND = "fund"
BATCH = 200
LEAVING = {Sale.State.HANDED_OVER, Sale.State.SENT}
WAYS: dict[str, set[str]] = {
    Sale.State.PAID: {Sale.State.ASSEMBLING},
    Sale.State.ASSEMBLING: {Sale.State.READY, Sale.State.SENT},
    Sale.State.READY: {Sale.State.HANDED_OVER},
    Sale.State.HANDED_OVER: {Sale.State.CLOSED},
    Sale.State.SENT: {Sale.State.RECEIVED},
    Sale.State.RECEIVED: {Sale.State.CLOSED},
}
RECEIVING = {Sale.State.HANDED_OVER, Sale.State.RECEIVED}
TOLD = {Sale.State.READY: letters.READY, Sale.State.SENT: letters.SENT} | dict.fromkeys(RECEIVING, letters.RECEIVED)


class WrongStepError(Exception):
    """The order is not where this step begins."""


class DisputedError(Exception):
    """The buyer's bank took back what was paid for the goods."""


class NoTrackNumberError(Exception):
    """What is sent has the carrier's number."""


@dataclass(frozen=True)
class Left:
    """A line's pieces that leave, and what they are sold for."""

    line: SaleLine
    quantity: int
    revenue_kopecks: Kopecks


@transaction.atomic
def move_sale(
    *,
    sale_id: int,
    to: Sale.State,
    by: User | None,
    today: date,
    now: datetime,
    track_number: str = "",
    is_believed: bool = False,
) -> Sale:
    """Take an order a step further; what leaves becomes revenue and cost. Repeat-safe: the same step again is nothing.

    :param track_number: the carrier's, where it is sent.
    :param is_believed: nobody has said that it came: the letter does not say so either.
    :raises WrongStepError: if the order can't go there from where it is.
    :raises NoTrackNumberError: if it is sent without one.
    :raises DisputedError: if the payer's bank took back what is to leave.
    :raises NotInStockError: if a stocktake left fewer pieces than were bought.
    """
    sale = lock_sale(sale_id)
    if sale.state == to:
        return sale
    is_pickup = sale.carrier == Sale.Carrier.PICKUP
    if to not in WAYS.get(sale.state, set()) or (
        to in {Sale.State.READY, Sale.State.SENT} and is_pickup == (to == Sale.State.SENT)
    ):
        raise WrongStepError(sale.state)
    if to == Sale.State.SENT and not track_number:
        raise NoTrackNumberError
    if to in LEAVING:
        _hand_over(sale, by, today, now)
    sale.state, sale.moved_at, sale.track_number = to, now, track_number or sale.track_number
    sale.received_at = now if to in RECEIVING else sale.received_at
    sale.save(update_fields=["state", "moved_at", "track_number", "received_at"])
    if to in TOLD and (to not in RECEIVING or _is_something_left(sale)):
        letters.tell(sale=sale, kind=TOLD[to], now=now, is_believed=is_believed)
    return sale


def _is_something_left(sale: Sale) -> bool:
    """Return whether goods of the order stay with the buyer: a parcel may have come back unclaimed."""
    gone = returned_pieces(sale_id=sale.pk)
    return any(gone.get(line.pk, 0) < line.quantity for line in sale.lines.filter(item__isnull=False))


def believe_received(*, today: date, now: datetime) -> int:
    """Take orders for received that were sent long ago and of which nobody has said more; return how many.

    Safe to repeat. The buyer's days for a change of mind begin with that.
    """
    before = now - timedelta(days=settings.RECEIVED_AFTER_DAYS)
    sent = Sale.objects.filter(state=Sale.State.SENT, moved_at__lt=before).order_by("pk")
    found = list(sent.values_list("pk", flat=True)[:BATCH])
    for sale_id in found:
        move_sale(sale_id=sale_id, to=Sale.State.RECEIVED, by=None, today=today, now=now, is_believed=True)
    return len(found)


def close_old(*, today: date, now: datetime) -> int:
    """Close orders that were received so long ago that nothing comes back any more; return how many. Safe to repeat."""
    before = now - timedelta(days=settings.RETURN_DAYS + 1)
    old = Sale.objects.filter(state__in=RECEIVING, received_at__lt=before).order_by("pk").values_list("pk", flat=True)
    found = list(old[:BATCH])
    for sale_id in found:
        move_sale(sale_id=sale_id, to=Sale.State.CLOSED, by=None, today=today, now=now)
    return len(found)


def lock_sale(sale_id: int) -> Sale:
    """Lock the payment, then its order: everywhere in this order."""
    payment_id = Sale.objects.values_list("payment_id", flat=True).get(pk=sale_id)
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    sale = Sale.objects.select_for_update().get(pk=sale_id)
    sale.payment = payment
    return sale


def _hand_over(sale: Sale, by: User | None, today: date, now: datetime) -> None:
    leaving = _leaving(sale)
    sold = Kopecks(sum(row.revenue_kopecks for row in leaving))
    if unreturned(payment=sale.payment).sale_kopecks < sold:
        raise DisputedError
    goods = {row.line.item_id: row.quantity for row in leaving if row.line.item_id}
    held = lock_items(goods)
    for item_id, quantity in goods.items():
        if held[item_id].quantity < quantity:
            raise NotInStockError(item_id=item_id, held=held[item_id].quantity)
    portions = {item_id: weigh(held[item_id], quantity) for item_id, quantity in goods.items()}
    operations = _post(sale, leaving, portions, today)
    by_item = {row.line.item_id: operations[row.line.subject] for row in leaving if row.line.item_id}
    for reservation in Reservation.objects.filter(line__sale=sale, state=Reservation.State.HELD).order_by("item_id"):
        reservation.state = Reservation.State.GONE
        reservation.save(update_fields=["state"])
    write_movements(
        kind=StockMovement.Kind.SALE,
        portions=[portion.going() for portion in portions.values()],
        held=held,
        operations=by_item,
        papers=Papers(document=sale.number, key=f"sale:{sale.number}", moved_by=by, now=now),
    )
    expect_receipt(sale=sale, kind=FiscalReceipt.Kind.OFFSET, amount_kopecks=sold, now=now)


def _leaving(sale: Sale) -> list[Left]:
    """Return what of the order leaves: all goods and delivery that were not cancelled. Two queries."""
    cancelled = cancelled_pieces(sale_id=sale.pk)
    lines = sale.lines.exclude(kind=SaleLine.Kind.GIFT).order_by("number")
    found = []
    for line in lines:
        start = cancelled.get(line.pk, 0)
        if start < line.quantity:
            revenue = pieces.cost(
                total_kopecks=line.total_kopecks, quantity=line.quantity, start=start, stop=line.quantity
            )
            found.append(Left(line, line.quantity - start, revenue))
    return found


def _post(sale: Sale, leaving: Sequence[Left], portions: Mapping[int, Portion], today: date) -> dict[str, Operation]:
    """Post revenue, offset and cost, one operation for each whom the goods feed; ЮKassa's fee goes along."""
    subjects = sorted({row.line.subject for row in leaving})
    revenues = {
        subject: Kopecks(sum(row.revenue_kopecks for row in leaving if row.line.subject == subject))
        for subject in subjects
    }
    fees = _fees(sale, revenues)
    operations = {}
    for subject, revenue in revenues.items():
        own = [portions[row.line.item_id] for row in leaving if row.line.item_id and row.line.subject == subject]
        amounts = {"revenue": revenue, "cost": Kopecks(sum(portion.value_kopecks for portion in own))}
        if subject != FUND:  # the fund's own share lies where it is already
            amounts["fee"] = fees[subject]
        operations[subject] = ledger.post_event(
            event="order_handed_over",
            subject=subject,
            amounts=amounts,
            key=handover_key(number=sale.number, subject=subject),
            business_date=today,
            reference=sale.number,
        )
    return operations


def _fees(sale: Sale, revenues: Mapping[str, Kopecks]) -> dict[str, Kopecks]:
    """Return each subject's share of what ЮKassa kept of the order; nought where it has not told yet."""
    fee = sale.payment.commission_kopecks or 0
    rest = sale.total_kopecks - sum(revenues.values())
    shares = split(Kopecks(fee), [*revenues.values(), rest])
    return dict(zip(revenues, shares, strict=False))
