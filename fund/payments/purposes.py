"""What payments are for: where rooms above say how money is booked, and what it may be spent on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from fund.money import Kopecks
    from fund.payments.models import Payment, Refund
    from people.models import Letter


@dataclass(frozen=True)
class Booking:
    """How a paid payment goes into the books: event and subject of the ledger's event file.

    ``amounts`` are the event's sums in kopecks, where it is more than the whole as ``gross``; ``refund_reason`` is a
    :class:`fund.payments.models.Refund.Reason` where the money must go back at once.
    """

    event: str
    subject: str
    reference: str
    refund_reason: str = ""
    amounts: Mapping[str, Kopecks] | None = None


@dataclass(frozen=True)
class RefundEvents:
    """How money that leaves a payment goes into the books, by where it lies now.

    Returned by ЮKassa; refused by it, so that it is owed; disputed, so that the payer's bank took it; and ЮKassa's fee
    that is kept from what goes back.
    """

    returned: str = "refund"
    refused: str = "refund_refused"
    disputed: str = "chargeback"
    fee: str = "fee_kept"


@dataclass(frozen=True)
class Written:
    """An event of the ledger's event file, and its sums in kopecks."""

    event: str
    amounts: Mapping[str, Kopecks]


@dataclass(frozen=True)
class Label:
    """How staff know a payment: its public number and what it is for."""

    number: str
    title: str


class Purpose(Protocol):
    """What a room above registers; ``is_divided``: it alone says what of a payment goes back, by its parts."""

    is_divided: bool

    def book(self, *, payment: Payment, paid_at: datetime, now: datetime) -> Booking:
        """Return how the payment is booked; runs once, inside the transaction that books it."""

    def refund_events(self, *, payment: Payment) -> RefundEvents:
        """Return where the payment's money lies now, as events; runs inside the transaction that books a refund."""

    def commission(self, *, payment: Payment, fee_kopecks: Kopecks) -> Written:
        """Return how ЮKassa's fee is booked; runs inside the transaction that books it, once it is known."""

    def going(self, *, payment: Payment, amount_kopecks: Kopecks, refund: Refund | None) -> Mapping[str, Kopecks]:
        """Return how a part of the payment that goes back is divided among the sums of its refund's events.

        :param refund: which of them; None where the payer's bank took it, and then ``loss`` may be among the sums.
        """

    def receipt(self, *, payment: Payment, refund: Refund | None = None) -> dict[str, Any] | None:
        """Return ЮKassa's ``receipt`` for a payment, or for a refund of it; None for what is no sale.

        The same at each call, as the key of the attempts is. It holds the payer's address: for no log, no row.
        """

    def disputed(self, *, payment: Payment, now: datetime) -> None:
        """Take note that the payer's bank took of a payment; runs once, inside the transaction that books it."""

    def refunded(self, *, refund: Refund, now: datetime) -> None:
        """Take note of a refund that is final; runs once, inside the transaction that books it."""

    def repaid(self, *, refund: Refund, now: datetime) -> None:
        """Take note of a debt that was paid by bank; runs once, inside the transaction that books it."""

    def settled(self, *, payment: Payment) -> None:
        """Start what follows a final state; runs after commit, may run twice, may be lost."""

    def labels(self, *, payment_ids: Collection[int]) -> dict[int, Label]:
        """Return how staff know these payments, by payment. One query."""

    def numbered(self, *, numbers: Collection[int]) -> dict[int, int]:
        """Return payments by the public numbers asked for. One query."""

    def letters(self, *, payment: Payment) -> QuerySet[Letter]:
        """Return the letters about a payment and its refunds. One query."""

    def about(self, *, subject: str) -> QuerySet[Any, int]:
        """Return ids of the payments for a subject of the books, to be used inside another query."""


class Undivided:
    """A payment that lies in one place as one sum, and is no sale: a gift (ст. 582 ГК), for which no receipt is due."""

    is_divided = False

    def commission(self, *, payment: Payment, fee_kopecks: Kopecks) -> Written:  # noqa: ARG002 - the protocol's
        """Return ЮKassa's fee as a cost of the fund."""
        return Written("commission", {"fee": fee_kopecks})

    def going(
        self,
        *,
        payment: Payment,  # noqa: ARG002 - the protocol's
        amount_kopecks: Kopecks,
        refund: Refund | None,  # noqa: ARG002 - the protocol's
    ) -> Mapping[str, Kopecks]:
        """Return the one sum."""
        return {"gross": amount_kopecks}

    def receipt(self, *, payment: Payment, refund: Refund | None = None) -> None:
        """Return nothing."""

    def disputed(self, *, payment: Payment, now: datetime) -> None:
        """Do nothing more."""


@dataclass(frozen=True)
class Spendable:
    """What of a subject's money may be spent just now, and for what: the lines of its budget."""

    title: str
    left_kopecks: Kopecks
    lines: tuple[str, ...]


class Spending(Protocol):
    """What the room above registers that knows for what the money of subjects was promised."""

    def spendable(self, *, subject: str, is_held: bool = False) -> Spendable | None:
        """Return what may be spent; None where there is no such subject or its money may not be spent (any more).

        :param is_held: nobody else decides about this money before the caller's transaction ends.
        """

    def subjects(self) -> QuerySet[Any, str]:
        """Return the subjects whose money may be spent, the newest first; to be shown page by page."""


class UnknownPurposeError(LookupError):
    """No room has registered this purpose."""


_registry: dict[str, Purpose] = {}
_spending: list[Spending] = []


def register(name: str, purpose: Purpose) -> None:
    """Register a purpose; called from ``AppConfig.ready``."""
    _registry[name] = purpose


def registered() -> list[Purpose]:
    """Return every purpose."""
    return list(_registry.values())


def find(name: str) -> Purpose:
    """Return a purpose.

    :raises UnknownPurposeError: if there is none of that name.
    """
    try:
        return _registry[name]
    except KeyError:
        raise UnknownPurposeError(name) from None


def register_spending(known: Spending) -> None:
    """Register who knows what money may be spent on; called from ``AppConfig.ready``."""
    _spending[:] = [known]


def spending() -> Spending:
    """Return who knows what money may be spent on."""
    return _spending[0]
