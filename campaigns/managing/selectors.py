"""What an organiser sees of their own campaign; each question costs the same however many gifts there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from campaigns import selectors
from campaigns.drafting.selectors import with_extension
from campaigns.models import Campaign, Donation
from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.payments.models import Payment, Refund

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from people.models import User

OWED, COSTS = "76", "20"
UNFINISHED = (Refund.State.CREATING, Refund.State.PENDING)


@dataclass(frozen=True)
class Money:
    """A campaign's money as the books have it, in kopecks. ``owed`` belongs to the donors until the minimum is met.

    ``unpaid_costs``: what was delivered and not covered from the campaign's money yet.
    """

    raised_kopecks: Kopecks
    owed_kopecks: Kopecks
    spent_kopecks: Kopecks
    held_kopecks: Kopecks
    unpaid_costs_kopecks: Kopecks
    donors: int


@dataclass(frozen=True)
class GiftRow:
    """One paid gift as the organiser sees it: a name only where the donor wanted it shown, never an address."""

    number: str
    at: datetime
    public_name: str
    message: str
    amount_kopecks: Kopecks
    kept_kopecks: Kopecks
    operation_number: int

    @property
    def gone_back_kopecks(self) -> Kopecks:
        """Return what went back to the donor, is owed, or left for another purpose."""
        return Kopecks(self.amount_kopecks - self.kept_kopecks)


@dataclass(frozen=True)
class Letters:
    """Receipts of a campaign's gifts: how many were sent, wait, or could not be delivered."""

    sent: int
    waiting: int
    failed: int


def own_campaigns(*, user: User) -> QuerySet[Campaign]:
    """Return the campaigns that a person runs, with their organiser; everybody else's do not exist for them."""
    return with_extension(Campaign.objects.select_related("organiser").filter(organiser__user=user))


def money(*, campaign: Campaign) -> Money:
    """Return the campaign's money. Three queries at most."""
    found = selectors.figures(campaigns=[campaign])[campaign.slug]
    codes = [f"{head}.{campaign.slug}" for head in (OWED, COSTS)]
    balances = balances_kopecks(codes=codes)
    owed, costs = (balances.get(code, Kopecks(0)) for code in codes)
    return Money(
        raised_kopecks=found.raised_kopecks,
        owed_kopecks=owed,
        spent_kopecks=found.spent_kopecks,
        held_kopecks=Kopecks(found.held_kopecks - owed),
        unpaid_costs_kopecks=costs,
        donors=found.donors,
    )


def paid_gifts(*, campaign: Campaign) -> QuerySet[Donation]:
    """Return the gifts whose money came, the newest first, annotated with ``kept_kopecks``; gone ones too."""
    found: QuerySet[Donation] = Donation.objects.filter(campaign=campaign).paid().order_by("-pk")
    return found


def gift_rows(*, gifts: QuerySet[Donation]) -> Iterator[GiftRow]:
    """Give gifts as the organiser sees them, one query in chunks, however many they are."""
    columns = (
        "pk", "payment__settled_at", "donor__public_name", "hidden_name", "message", "amount_kopecks",
        "kept_kopecks", "payment__operation", "payment__booked_subject", "campaign__slug",
    )  # fmt: skip
    for pk, at, name, hidden, message, amount, kept, operation, subject, slug in gifts.values_list(*columns).iterator():
        stays = kept if subject == slug else 0
        shown = "" if hidden else name or ""
        yield GiftRow(f"{pk:06}", at, shown, message, Kopecks(amount), Kopecks(stays), operation)


def letters(*, campaign: Campaign) -> Letters:
    """Return how the receipts of a campaign's gifts fare. One query."""
    found = Donation.objects.filter(campaign=campaign, payment__state=Payment.State.SUCCEEDED).aggregate(
        sent=Count("pk", filter=Q(letter__sent_at__isnull=False)),
        failed=Count("pk", filter=Q(letter__given_up_at__isnull=False)),
        waiting=Count("pk", filter=Q(letter__sent_at__isnull=True, letter__given_up_at__isnull=True)),
    )
    return Letters(**found)


def returning_count(*, campaign: Campaign) -> int:
    """Return how many gifts are on their way back just now. One query."""
    refunds = Refund.objects.filter(state__in=UNFINISHED)
    return refunds.filter(payment__in=Donation.objects.filter(campaign=campaign).values("payment")).count()
