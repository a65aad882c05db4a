"""The order's page: what was bought, how far it has come, what went back. What is personal stays off it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from fund.ledger.chart import entry_for
from fund.ledger.models import Account, Operation
from fund.money import Kopecks
from fund.payments.models import Payment
from fund.payments.selectors import refund_sums
from fund.sales.gifts import FUND
from fund.sales.models import ReturnWish, Sale, SaleLine
from fund.sales.selectors import FAMILIES, handover_key, returned_pieces, taken_back_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fund.payments.selectors import RefundSums

State = Sale.State
AFTER = {State.HANDED_OVER, State.SENT, State.RECEIVED, State.CLOSED}
WAYS = {
    True: (State.PAID, State.ASSEMBLING, State.READY, State.HANDED_OVER),
    False: (State.PAID, State.ASSEMBLING, State.SENT, State.RECEIVED),
}
LAST = {State.CLOSED: {True: State.HANDED_OVER, False: State.RECEIVED}}


@dataclass(frozen=True)
class LineRow:
    """One line, and how many of its pieces do not stay with the buyer."""

    line: SaleLine
    returned: int

    @property
    def is_gone_back(self) -> bool:
        """Return whether nothing of it is left."""
        return self.returned >= self.line.quantity


@dataclass(frozen=True)
class Fed:
    """Whom goods of an order feed: the word for it in the books, and its name there; the fund has none."""

    subject: str
    title: str


@dataclass(frozen=True)
class Entry:
    """What the books say of an order: the operation's number, and a word for it."""

    number: int
    word: str


@dataclass(frozen=True)
class OrderPage:
    """All that the page shows; ``mark`` changes whenever something on it does."""

    sale: Sale
    lines: tuple[LineRow, ...]
    fed: tuple[Fed, ...]
    entries: tuple[Entry, ...]
    steps: tuple[dict[str, str], ...]
    refunds: RefundSums
    wish: ReturnWish | None
    confirmation_url: str
    mark: str

    @property
    def is_waiting(self) -> bool:
        """Return whether the page looks anew by itself."""
        return self.sale.state == State.UNPAID

    @property
    def has_papers(self) -> bool:
        """Return whether it came to be paid, so that there is something to write an invoice of."""
        is_live = self.sale.state not in {State.UNPAID, State.NOT_PAID, State.CANCELLED}
        return self.sale.payment.operation_id is not None and (is_live or any(row.returned for row in self.lines))

    @property
    def can_cancel(self) -> bool:
        """Return whether the buyer may still take the whole order back: nobody has begun to pack it."""
        return self.sale.state == State.PAID

    @property
    def can_confirm(self) -> bool:
        """Return whether the buyer may say that it has come."""
        return self.sale.state == State.SENT

    @property
    def can_return(self) -> bool:
        """Return whether goods that have left may come back: what is faulty, also late."""
        return self.sale.state in AFTER and not all(row.is_gone_back for row in self.lines if row.line.item_id)


def order_page(*, sale: Sale) -> OrderPage:
    """Return an order's page. Seven queries, where it came with its payment."""
    returned = returned_pieces(sale_id=sale.pk)
    lines = tuple(LineRow(line, returned.get(line.pk, 0)) for line in sale.lines.order_by("number"))
    refunds = refund_sums(payment_ids=[sale.payment_id])[sale.payment_id]
    payment = sale.payment
    address = payment.confirmation_url if payment.state == Payment.State.PENDING else ""
    mark = f"{sale.state}.{bool(address):d}.{refunds.returned_kopecks}.{refunds.returning_kopecks}"
    fed = whom_fed(lines=[row.line for row in lines])
    wish = sale.return_wishes.order_by("pk").last()
    entries = entries_of(sale=sale, lines=[row.line for row in lines])
    return OrderPage(sale, lines, fed, entries, _steps(sale), refunds, wish, address, mark)


def entries_of(*, sale: Sale, lines: Iterable[SaleLine]) -> tuple[Entry, ...]:
    """Return the operations of an order: it was paid, handed over, came back. Two queries."""
    subjects = {line.subject for line in lines}
    handed, back = _("the handover"), _("the goods came back")
    words = {handover_key(number=sale.number, subject=subject): handed for subject in subjects}
    for made in sale.returns.filter(is_before_handover=False).values_list("pk", flat=True):
        words |= {taken_back_key(return_id=made, subject=subject): back for subject in subjects}
    found = Operation.objects.filter(key__in=words).order_by("number").values_list("number", "key")
    number = sale.payment.operation_id
    paid = [Entry(number, _("the payment"))] if number else []
    return (*paid, *(Entry(number, words[key]) for number, key in found))


def whom_fed(*, lines: Iterable[SaleLine]) -> tuple[Fed, ...]:
    """Return whom goods of an order feed, by the books' own names of their accounts. One query."""
    codes = {f"{FAMILIES[0]}.{line.subject}": line.subject for line in lines if line.item_id}
    rows = Account.objects.filter(code__in=codes).order_by("code").values_list("code", "name")
    return tuple(
        Fed(codes[code], "" if codes[code] == FUND else name.removeprefix(f"{entry_for(code).name}: "))
        for code, name in rows
    )


def goods_kopecks(*, lines: tuple[LineRow, ...]) -> Kopecks:
    """Return what the goods of an order cost before a discount."""
    return Kopecks(sum(row.line.quantity * row.line.price_kopecks for row in lines if row.line.item_id))


def _steps(sale: Sale) -> tuple[dict[str, str], ...]:
    """Return the way of an order that is not cancelled: what is done, where it is, what is to come."""
    is_pickup = sale.carrier == Sale.Carrier.PICKUP
    way = WAYS[is_pickup]
    state = State(LAST.get(State(sale.state), {}).get(is_pickup, sale.state))
    at = way.index(state) + 1 if state in way else 0
    labels = {
        State.PAID: _("Payment"),
        State.ASSEMBLING: _("Packing"),
        State.READY: _("Ready for pickup"),
        State.HANDED_OVER: _("Handed over"),
        State.SENT: _("Sent"),
        State.RECEIVED: _("Received"),
    }
    return tuple(
        {"label": labels[one], "state": "done" if place < at else "current" if place == at else "waiting"}
        for place, one in enumerate(way)
    )
