"""Orders as the brand manager reads them: goods and where they go. Who paid, how, and what was given stay unread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import F, Max, Prefetch
from django.utils.translation import gettext_lazy as _

from fund.money import Kopecks
from fund.sales import pieces
from fund.sales.models import ReturnWish, ReturnWishLine, Sale, SaleContact, SaleLine, SaleReturnLine
from merch.models import BackInStockWish, Product, Variant

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

State = Sale.State
TO_PACK = (State.PAID, State.ASSEMBLING, State.READY)
OPEN = (*TO_PACK, State.SENT, State.HANDED_OVER, State.RECEIVED)
PACKED_AT_ONCE = 30
WISHES_AT_ONCE = 30
LONG_ON_ITS_WAY = timedelta(days=14)
FEW_AT_ONCE = 12
TITLES: dict[str, _StrPromise] = {
    State.ASSEMBLING: _("Begin to pack"),
    State.READY: _("Packed, ready for pickup"),
    State.SENT: _("Sent"),
    State.HANDED_OVER: _("Handed over to the buyer"),
    State.RECEIVED: _("The buyer has it"),
    State.CLOSED: _("Close the order"),
}
NEXT = {
    State.PAID: State.ASSEMBLING,
    State.READY: State.HANDED_OVER,
    State.SENT: State.RECEIVED,
    State.HANDED_OVER: State.CLOSED,
    State.RECEIVED: State.CLOSED,
}


@dataclass(frozen=True)
class Step:
    """What comes next for an order."""

    to: str
    title: _StrPromise
    needs_track: bool


@dataclass(frozen=True)
class OrderLine:
    """Goods or delivery of an order. ``left`` of its pieces did not go back."""

    line_id: int
    title: str
    sku: str
    is_goods: bool
    quantity: int
    left: int
    total_kopecks: Kopecks

    @property
    def gone(self) -> int:
        """Return how many of its pieces went back."""
        return self.quantity - self.left

    def back_kopecks(self, quantity: int) -> Kopecks:
        """Return what so many more pieces would bring back."""
        stop = self.gone + quantity
        return pieces.cost(total_kopecks=self.total_kopecks, quantity=self.quantity, start=self.gone, stop=stop)


@dataclass(frozen=True)
class OrderCard:
    """One order on a list: what is in it, and what comes next."""

    id: int
    number: str
    state: str
    state_title: str
    carrier_title: str
    created_at: datetime
    moved_at: datetime
    lines: tuple[OrderLine, ...]
    step: Step | None

    @property
    def total_kopecks(self) -> Kopecks:
        """Return what goods and delivery cost together."""
        return Kopecks(sum(line.total_kopecks for line in self.lines))


@dataclass(frozen=True)
class Due:
    """What else waits for the brand manager; pieces of paper, none of them a person."""

    unmoved: int
    to_close: int
    drafts: int
    without_photo: int
    wishes: int


def next_step(sale: Sale) -> Step | None:
    """Return what comes next for an order; None where it is over, or not paid."""
    to = NEXT.get(State(sale.state))
    if sale.state == State.ASSEMBLING:
        to = State.READY if sale.carrier == Sale.Carrier.PICKUP else State.SENT
    return Step(to.value, TITLES[to], to == State.SENT) if to else None


def to_pack() -> QuerySet[Sale]:
    """Return paid orders that have not left, the oldest first."""
    return Sale.objects.filter(state__in=TO_PACK).order_by("created_at", "pk")


def orders(*, number: int | None, states: Collection[str]) -> QuerySet[Sale]:
    """Return orders in these states, or the one of that number, the newest first."""
    found = Sale.objects.filter(pk=number) if number else Sale.objects.filter(state__in=states)
    return found.order_by("-created_at", "-pk")


def cards(*, sales: Sequence[Sale]) -> list[OrderCard]:
    """Return orders with their goods and delivery. Two queries, however many there are."""
    lines: dict[int, list[OrderLine]] = {sale.pk: [] for sale in sales}
    rows = SaleLine.objects.filter(sale__in=lines).exclude(kind=SaleLine.Kind.GIFT).select_related("item")
    gone = dict(
        SaleReturnLine.objects.filter(line__sale__in=lines).values_list("line").annotate(last=Max("stop")).order_by()
    )
    for row in rows.order_by("sale_id", "number"):
        lines[row.sale_id].append(_line(row, gone))
    return [_card(sale, lines[sale.pk]) for sale in sales]


def _card(sale: Sale, lines: Sequence[OrderLine]) -> OrderCard:
    return OrderCard(
        sale.pk,
        sale.number,
        sale.state,
        sale.get_state_display(),
        sale.get_carrier_display(),
        sale.created_at,
        sale.moved_at,
        tuple(lines),
        next_step(sale),
    )


def _line(row: SaleLine, gone: Mapping[int, int]) -> OrderLine:
    return OrderLine(
        row.pk,
        row.title,
        row.item.sku if row.item else "",
        row.kind == SaleLine.Kind.GOODS,
        row.quantity,
        row.quantity - gone.get(row.pk, 0),
        Kopecks(row.total_kopecks),
    )


def contact(*, sale: Sale) -> SaleContact | None:
    """Return whom an order goes to, while it is under way; nobody's before it is paid, or once it is over."""
    return SaleContact.objects.filter(sale=sale).first() if sale.state in OPEN else None


def history(*, sale: Sale) -> list[dict[str, Any]]:
    """Return an order's steps and returns as they came. Two queries."""
    states = dict(State.choices)
    steps = [{"at": step.at, "title": states[step.to_state], "detail": "", "back": 0} for step in sale.steps.all()]
    rows = SaleReturnLine.objects.filter(sale_return__sale=sale).exclude(line__kind=SaleLine.Kind.GIFT)
    backs = [
        {
            "at": row.sale_return.at,
            "title": row.sale_return.get_reason_display(),
            "detail": f"{row.line.title}: {row.stop - row.start}",
            "back": row.amount_kopecks,
        }
        for row in rows.select_related("sale_return", "line")
    ]
    return sorted([*steps, *backs], key=lambda row: row["at"])


def low_stock() -> list[Variant]:
    """Return variants on sale of which few are left, the fewest first. One query."""
    found = Variant.objects.filter(is_on_sale=True, product__state=Product.State.LISTED)
    found = found.annotate(free=F("item__pieces") - F("item__reserved")).filter(free__lte=F("item__low_at"))
    return list(found.select_related("product", "item").order_by("free", "item__sku")[:FEW_AT_ONCE])


def open_return_wishes() -> QuerySet[ReturnWish]:
    """Return whose wish to give goods back waits, the oldest first."""
    return ReturnWish.objects.filter(state=ReturnWish.State.OPEN).order_by("asked_at")


def open_wishes() -> list[ReturnWish]:
    """Return the first of those who want to give goods back. One query."""
    return list(open_return_wishes().select_related("sale")[:WISHES_AT_ONCE])


def open_wish(*, sale: Sale) -> ReturnWish | None:
    """Return what the buyer of an order wants to give back, with its lines. Two queries at most."""
    found = sale.return_wishes.filter(state=ReturnWish.State.OPEN)
    return found.prefetch_related(Prefetch("lines", ReturnWishLine.objects.select_related("line"))).first()


def wished(*, sale: Sale) -> dict[str, object]:
    """Return what the form of a return begins with: what the buyer asked for. Two queries at most.

    What was faulty begins as spoiled: whoever finds that it can be sold says so.
    """
    wish = open_wish(sale=sale)
    if wish is None:
        return {}
    found: dict[str, object] = {"reason": wish.reason}
    for row in wish.lines.all():
        found[f"pieces-{row.line_id}"] = row.quantity
        found[f"spoiled-{row.line_id}"] = wish.reason == ReturnWish.Reason.FAULTY
    return found


def due(*, now: datetime) -> Due:
    """Return what else waits. Five queries."""
    closing = now - timedelta(days=settings.RETURN_DAYS + 1)
    over = Sale.objects.filter(state__in=(State.HANDED_OVER, State.RECEIVED), received_at__lte=closing)
    listed = Product.objects.filter(state=Product.State.LISTED)
    return Due(
        Sale.objects.filter(state=State.SENT, moved_at__lte=now - LONG_ON_ITS_WAY).count(),
        over.count(),
        Product.objects.filter(state=Product.State.DRAFT).count(),
        listed.filter(photos=None).count(),
        BackInStockWish.objects.filter(told_at=None).values("variant").distinct().count(),
    )
