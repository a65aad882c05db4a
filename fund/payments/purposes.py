"""What payments are for: where rooms above say how money is booked, and what it may be spent on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

    from fund.money import Kopecks
    from fund.payments.models import Payment, Refund
    from people.models import Letter


@dataclass(frozen=True)
class Booking:
    """How a paid payment goes into the books: event and subject of the ledger's event file.

    ``refund_reason`` is a :class:`fund.payments.models.Refund.Reason` where the money must go back at once.
    """

    event: str
    subject: str
    reference: str
    refund_reason: str = ""


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
class Label:
    """How staff know a payment: its public number and what it is for."""

    number: str
    title: str


class Purpose(Protocol):
    """What a room above registers."""

    def book(self, *, payment: Payment, paid_at: datetime, now: datetime) -> Booking:
        """Return how the payment is booked; runs once, inside the transaction that books it."""

    def refund_events(self, *, payment: Payment) -> RefundEvents:
        """Return where the payment's money lies now, as events; runs inside the transaction that books a refund."""

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
