"""Monthly gifts as donors, staff and the public see them. A promise is never counted as money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, Min, Q, Sum
from django.db.models.functions import Coalesce, Lower

from campaigns.models import Campaign, Charge, Donation, Subscription
from fund.money import Kopecks
from people.selectors import donors_of

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from django.db.models import QuerySet

SHOWN_CHARGES = 24


@dataclass(frozen=True)
class Support:
    """How many people let how much be charged each month; what they promise, not what came."""

    people: int
    kopecks: Kopecks


@dataclass(frozen=True)
class OwnSubscription:
    """One subscription as its donor sees it."""

    subscription: Subscription
    next_charge_at: datetime | None
    card: str


def support(*, campaign: Campaign) -> Support:
    """Return who supports a campaign each month. One query."""
    going_on = Subscription.objects.filter(campaign=campaign, state=Subscription.State.ACTIVE)
    found = going_on.aggregate(people=Count(Lower("donor__email"), distinct=True), kopecks=Sum("amount_kopecks"))
    return Support(found["people"], Kopecks(found["kopecks"] or 0))


def find(*, token: str) -> OwnSubscription | None:
    """Return a subscription by its secret. One query."""
    found = _planned(Subscription.objects.filter(token=token)).first()
    return _own(found) if found else None


def of_person(*, email: str) -> list[OwnSubscription]:
    """Return a person's subscriptions, those that go on first. One query."""
    own = Subscription.objects.filter(donor__in=donors_of(email=email)).exclude(state=Subscription.State.AWAITING)
    own = own.exclude(ended_because=Subscription.Ending.NOT_PAID)
    return [_own(row) for row in _planned(own).order_by("state", "-pk")]  # active comes before ended


def charges(*, subscription: Subscription) -> list[Charge]:
    """Return the months of a subscription, the newest first. One query."""
    return list(Charge.objects.filter(subscription=subscription).order_by("-month")[:SHOWN_CHARGES])


def gift_of(*, donation: Donation) -> Subscription | None:
    """Return the subscription that a gift belongs to. One query, none where it belongs to none."""
    if donation.charge_id is None:
        return None
    return Subscription.objects.get(charges=donation.charge_id)


def listed(*, state: str, before: int | None, limit: int) -> list[Subscription]:
    """Return subscriptions for staff, the newest first, below ``before``. One query; no card, no address."""
    found = _planned(Subscription.objects.all())
    found = found.filter(state=state) if state else found
    found = found.filter(pk__lt=before) if before else found
    return list(found.order_by("-pk")[:limit])


def _planned(found: QuerySet[Subscription]) -> QuerySet[Any]:
    waiting = Min("charges__next_try_at", filter=Q(charges__state=Charge.State.WAITING))
    return found.select_related("campaign", "method").annotate(planned_at=Coalesce(waiting, F("next_at")))


def _own(row: Any) -> OwnSubscription:
    return OwnSubscription(row, row.planned_at, row.method.title if row.method else "")
