"""What of an order does not stay with its buyer: cancelled before it left, or taken back within the law's days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from fund.ledger import services as ledger
from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks, split
from fund.payments import services as payments
from fund.payments.models import Refund
from fund.sales import pieces
from fund.sales.models import (
    FiscalReceipt,
    Reservation,
    ReturnWish,
    Sale,
    SaleLine,
    SaleReturn,
    SaleReturnLine,
    StockMovement,
)
from fund.sales.selectors import (
    Parts,
    add_up,
    gifts_leaving,
    returnable_until,
    returned_pieces,
    taken_back_key,
    unreturned,
)
from fund.sales.services.handing import lock_sale
from fund.sales.services.movements import Papers, Portion, lock_items, write_movements
from fund.sales.services.placing import KeyReusedError
from fund.sales.services.registering import expect_receipt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from fund.ledger.models import Operation
    from fund.payments.models import Payment
    from people.models import User

BEFORE = {Sale.State.PAID, Sale.State.ASSEMBLING, Sale.State.READY}
AFTER = {Sale.State.HANDED_OVER, Sale.State.SENT, Sale.State.RECEIVED, Sale.State.CLOSED}
REFUND_REASONS = {
    SaleReturn.Reason.SOLD_OUT: Refund.Reason.SOLD_OUT,
    SaleReturn.Reason.CANCELLED: Refund.Reason.ORDER_CANCELLED,
    SaleReturn.Reason.RETURNED: Refund.Reason.GOODS_RETURNED,
    SaleReturn.Reason.FAULTY: Refund.Reason.GOODS_RETURNED,
}


class NotReturnableError(Exception):
    """Nothing of the order can go back: it is not paid, or gone back already."""


class TooManyPiecesError(Exception):
    """More pieces would go back than the buyer has."""


class TooLateError(Exception):
    """The law's days for a change of mind are over (ст. 26.1 Закона о защите прав потребителей: seven days)."""


@dataclass(frozen=True)
class Back:
    """So many pieces of a line that go back; in stock again, or spoiled."""

    line_id: int
    quantity: int
    is_in_stock: bool = True


@transaction.atomic
def return_pieces(
    *,
    sale_id: int,
    backs: Sequence[Back],
    reason: SaleReturn.Reason,
    key: str,
    by: User | None,
    today: date,
    now: datetime,
) -> SaleReturn:
    """Take pieces of an order back, before or after they left, and ask for the refund of what they cost.

    Goods, books, receipt and refund in one transaction. Repeat-safe by ``key``. An order of which nothing is left is
    cancelled, where it had not left, and its delivery with it.

    :param key: at most 57 characters.
    :raises KeyReusedError: if the key names a return of another order.
    :raises NotReturnableError: if nothing of the order can go back.
    :raises TooManyPiecesError: if it has not so many pieces any more.
    :raises TooLateError: if the buyer had it for longer than the law's days, and it is not faulty.
    :raises RefundError: if ЮKassa could not return the sum (less than a rouble), a bank took it, or a gift is spent.
    """
    sale = lock_sale(sale_id)
    known = SaleReturn.objects.filter(key=key).first()
    if known:
        if known.sale_id != sale.pk:
            raise KeyReusedError(key)
        return known
    is_before = sale.state in BEFORE
    _refuse_unfit(sale, reason, now)
    rows, is_whole = _rows(sale, backs, is_before=is_before)
    _hold_to_parts(sale.payment, rows, is_whole=is_whole)
    refund = payments.request_refund(
        payment_id=sale.payment_id,
        amount_kopecks=Kopecks(sum(row.amount_kopecks for row in rows)),
        reason=REFUND_REASONS[reason].value,
        request_key=f"return:{key}",
        now=now,
    )
    made = SaleReturn.objects.create(
        sale=sale, refund=refund, reason=reason, key=key, made_by=by, at=now, is_before_handover=is_before
    )
    for row in rows:
        row.sale_return = made
    SaleReturnLine.objects.bulk_create(rows)
    if is_before:
        _let_go(sale, rows, now)
    else:
        _take_back(sale, rows, Papers(document=sale.number, key=f"return:{made.pk}", moved_by=by, now=now), today)
    expect_receipt(
        sale=sale,
        kind=FiscalReceipt.Kind.REFUND,
        amount_kopecks=Kopecks(refund.amount_kopecks),
        refund=refund,
        now=now,
    )
    ReturnWish.objects.filter(sale=sale, state=ReturnWish.State.OPEN).update(
        state=ReturnWish.State.DONE, made=made, ended_at=now
    )
    return made


def _hold_to_parts(payment: Payment, rows: Sequence[SaleReturnLine], *, is_whole: bool) -> None:
    """Let goods go back for what is left of goods, and a gift for what is left of it and not spent yet.

    With the last goods of an order that has not left all that a bank did not take of their price goes back, be it less.

    :raises RefundTooLargeError: if a dispute took of one part so much: the other does not pay for it.
    :raises RefundSpentError: if whom the gift was for has spent it.
    """
    wanted = add_up((row.line.kind, row.amount_kopecks) for row in rows)
    free = unreturned(payment=payment)
    if is_whole and 0 < free.sale_kopecks < wanted.sale_kopecks:
        own = [row for row in rows if row.line.kind != SaleLine.Kind.GIFT]
        shares = split(free.sale_kopecks, [row.amount_kopecks for row in own])
        for row, share in zip(own, shares, strict=True):
            row.amount_kopecks = share
        wanted = Parts(free.sale_kopecks, wanted.gift_kopecks)
    if wanted.sale_kopecks > free.sale_kopecks or wanted.gift_kopecks > free.gift_kopecks:
        raise payments.RefundTooLargeError
    if not wanted.gift_kopecks:
        return
    payments.refuse_spent(payment=payment, amount_kopecks=wanted.gift_kopecks)
    purse = f"86.{payment.booked_subject}"
    held = balances_kopecks(codes=[purse]).get(purse, 0) - gifts_leaving(subject=payment.booked_subject)
    if wanted.gift_kopecks > held:  # shared out already
        raise payments.RefundSpentError(Kopecks(max(0, held)))


def _refuse_unfit(sale: Sale, reason: SaleReturn.Reason, now: datetime) -> None:
    if sale.state not in BEFORE | AFTER:
        raise NotReturnableError(sale.state)
    asked = ReturnWish.objects.filter(sale=sale, state=ReturnWish.State.OPEN).values_list("asked_at", flat=True).first()
    refuse_late(sale=sale, reason=reason.value, now=asked or now)


def refuse_late(*, sale: Sale, reason: str, now: datetime) -> None:
    """Hold a change of mind to the law's days.

    :param now: when the buyer said so: goods that were asked for in time may come later.
    :raises TooLateError: if the days are over.
    """
    if reason == SaleReturn.Reason.FAULTY or sale.received_at is None:
        return
    if now >= returnable_until(received_at=sale.received_at):
        raise TooLateError


def _rows(sale: Sale, backs: Sequence[Back], *, is_before: bool) -> tuple[list[SaleReturnLine], bool]:
    """Return what goes back, and whether it is the last of an order that has not left: its delivery goes along."""
    lines = {line.pk: line for line in sale.lines.all()}
    gone = returned_pieces(sale_id=sale.pk)
    rows = []
    for (line_id, is_in_stock), quantity in _by_line(backs).items():
        line, start = lines.get(line_id), gone.get(line_id, 0)
        if line is None or not start < start + quantity <= line.quantity:
            raise TooManyPiecesError(line_id)
        gone[line_id] = start + quantity
        rows.append(_row(line, start, gone[line_id], is_in_stock=is_in_stock and not is_before))
    if not rows:
        raise TooManyPiecesError
    is_whole = is_before and all(gone.get(line.pk) == line.quantity for line in lines.values() if line.item_id)
    if is_whole:
        deliveries = [line for line in lines.values() if line.kind == SaleLine.Kind.DELIVERY and line.pk not in gone]
        rows += [_row(line, 0, line.quantity, is_in_stock=False) for line in deliveries]
    return rows, is_whole


def _by_line(backs: Iterable[Back]) -> dict[tuple[int, bool], int]:
    """Return how many pieces of each line go back, whole ones and spoiled ones."""
    found: dict[tuple[int, bool], int] = {}
    for back in backs:
        place = (back.line_id, back.is_in_stock)
        found[place] = found.get(place, 0) + back.quantity
    return found


def _row(line: SaleLine, start: int, stop: int, *, is_in_stock: bool) -> SaleReturnLine:
    amount = pieces.cost(total_kopecks=line.total_kopecks, quantity=line.quantity, start=start, stop=stop)
    has_stock = is_in_stock and line.kind == SaleLine.Kind.GOODS
    return SaleReturnLine(line=line, start=start, stop=stop, amount_kopecks=amount, is_in_stock=has_stock)


def _let_go(sale: Sale, rows: Iterable[SaleReturnLine], now: datetime) -> None:
    """Let reserved pieces go; an order of whose goods nothing is left is cancelled."""
    for row in sorted((row for row in rows if row.line.item_id), key=lambda row: row.line.item_id or 0):
        reservation = Reservation.objects.select_for_update().get(line=row.line)
        if row.stop == row.line.quantity:
            reservation.state = Reservation.State.RELEASED
        else:
            reservation.quantity = row.line.quantity - row.stop
        reservation.save(update_fields=["state", "quantity"])
    if not Reservation.objects.filter(line__sale=sale, state=Reservation.State.HELD).exists():
        sale.state, sale.moved_at = Sale.State.CANCELLED, now
        sale.save(update_fields=["state", "moved_at"])


def _take_back(sale: Sale, rows: Sequence[SaleReturnLine], papers: Papers, today: date) -> None:
    """Undo revenue and cost of what came back, for each whom it fed; pieces that are whole lie in stock again."""
    goods = [row for row in rows if row.line.item_id]
    held = lock_items([row.line.item_id for row in goods if row.line.item_id])
    costs = {row.pk: _sold_for(row) for row in goods}
    operations: dict[int, Operation] = {}
    for subject in sorted({row.line.subject for row in rows if row.line.kind != SaleLine.Kind.GIFT}):
        own = [row for row in rows if row.line.subject == subject and row.line.kind != SaleLine.Kind.GIFT]
        operation = ledger.post_event(
            event="order_taken_back",
            subject=subject,
            amounts=_amounts(own, costs),
            key=taken_back_key(return_id=rows[0].sale_return_id, subject=subject),
            business_date=today,
            reference=sale.number,
        )
        operations |= {row.line.item_id: operation for row in own if row.line.item_id}
    back = [costs[row.pk] for row in goods if row.is_in_stock]
    write_movements(kind=StockMovement.Kind.TAKEN_BACK, portions=back, held=held, operations=operations, papers=papers)


def _amounts(rows: Sequence[SaleReturnLine], costs: Mapping[int, Portion]) -> dict[str, Kopecks]:
    whole = sum(costs[row.pk].value_kopecks for row in rows if row.is_in_stock)
    spoiled = sum(costs[row.pk].value_kopecks for row in rows if row.pk in costs and not row.is_in_stock)
    revenue = sum(row.amount_kopecks for row in rows)
    return {"revenue": Kopecks(revenue), "cost": Kopecks(whole), "spoiled": Kopecks(spoiled)}


def _sold_for(row: SaleReturnLine) -> Portion:
    """Return what these pieces cost when they were handed over: to the kopeck, however often some come back."""
    line = row.line
    sold = StockMovement.objects.get(key=f"sale:{line.sale.number}:{line.item_id}")
    quantity, first = -sold.quantity, line.quantity + sold.quantity  # the pieces before it were cancelled
    start, stop = row.start - first, row.stop - first
    value, maker = (
        pieces.cost(total_kopecks=-whole, quantity=quantity, start=start, stop=stop)
        for whole in (sold.value_kopecks, sold.maker_kopecks)
    )
    return Portion(sold.item_id, row.stop - row.start, value, maker)
