"""What does not go on by itself, and what a person does about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fund.money import Kopecks
from fund.payments.models import Payment, Refund

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import Promise

MOST = 100
WHAT_TO_DO: dict[str, tuple[str | Promise, str | Promise]] = {
    "unfinished_payment": (
        _("The payment is not final for too long"),
        _("Press «Read again at ЮKassa». If it stays so, look it up in ЮKassa's cabinet by its number."),
    ),
    "unfinished_refund": (
        _("The refund is not final for too long"),
        _("Look in ЮKassa's cabinet whether there is enough money for refunds; top up if not. It goes on by itself."),
    ),
    "lost_key": (
        _("ЮKassa was never heard about this refund, and its key is too old to ask again"),
        _("Look in ЮKassa's cabinet whether the money went back, and say here what you saw."),
    ),
    "short": (
        _("ЮKassa has no money for this refund"),
        _("Top the shop's account up from the fund's bank account and enter it: the refund is then sent by itself."),
    ),
    "no_commission": (
        _("Paid, but ЮKassa has not told its commission"),
        _("Press «Read again at ЮKassa». If there is still none, ask ЮKassa's support for this payment."),
    ),
    "owed": (
        _("ЮKassa refused the refund: the fund owes this money (account 76.debts)"),
        _("Pay it by bank, by the details that the donor gave, and enter it among debts to donors."),
    ),
}


@dataclass(frozen=True)
class StuckRow:
    """One thing that waits for a person."""

    kind: str
    payment_id: int
    refund_id: int | None
    amount_kopecks: Kopecks
    since: datetime

    @property
    def title(self) -> str:
        """Return what is wrong."""
        return str(WHAT_TO_DO[self.kind][0])

    @property
    def advice(self) -> str:
        """Return what a person does about it."""
        return str(WHAT_TO_DO[self.kind][1])


def stuck(*, now: datetime) -> list[StuckRow]:
    """Return what does not go on by itself, the oldest first, at most a hundred of a kind. Two queries."""
    found = [_payment_row(payment) for payment in Payment.objects.filter(_payments(now)).order_by("created_at")[:MOST]]
    found += [_refund_row(refund, now) for refund in Refund.objects.filter(_refunds(now)).order_by("created_at")[:MOST]]
    return sorted(found, key=lambda row: (row.since, row.payment_id, row.refund_id or 0))


def count_stuck(*, now: datetime) -> int:
    """Return how many there are. Two queries."""
    return Payment.objects.filter(_payments(now)).count() + Refund.objects.filter(_refunds(now)).count()


def _payments(now: datetime) -> Q:
    latest = now - timedelta(minutes=settings.STUCK_AFTER_MINUTES)
    unfinished = Q(state__in=[Payment.State.CREATING, Payment.State.PENDING], created_at__lt=latest)
    return unfinished | Q(state=Payment.State.SUCCEEDED, income_kopecks__isnull=True, settled_at__lt=latest)


def _refunds(now: datetime) -> Q:
    latest = now - timedelta(minutes=settings.STUCK_AFTER_MINUTES)
    owed = Q(state=Refund.State.REFUSED, discharged_kopecks__lt=F("amount_kopecks"))
    return owed | Q(state__in=[Refund.State.CREATING, Refund.State.PENDING], created_at__lt=latest)


def _payment_row(payment: Payment) -> StuckRow:
    is_paid = payment.state == Payment.State.SUCCEEDED
    return StuckRow(
        "no_commission" if is_paid else "unfinished_payment",
        payment.pk,
        None,
        Kopecks(payment.amount_kopecks),
        (payment.settled_at if is_paid else None) or payment.created_at,
    )


def _refund_row(refund: Refund, now: datetime) -> StuckRow:
    kind = "unfinished_refund"
    if refund.state == Refund.State.REFUSED:
        kind = "owed"
    elif refund.is_lost(now):
        kind = "lost_key"
    elif refund.short_since is not None:
        kind = "short"
    kopecks = Kopecks(refund.owed_kopecks or refund.amount_kopecks)
    return StuckRow(kind, refund.payment_id, refund.pk, kopecks, refund.created_at)
