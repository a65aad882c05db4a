"""Monthly gifts end: at once, for good, with a letter; the way to pay is dropped as soon as nothing needs it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from campaigns.models import Campaign, Charge, Donation, Subscription
from campaigns.subscriptions.letters import ENDED
from fund.payments import services as payments
from fund.payments.models import SavedMethod
from people.outbox import queue_letter
from people.selectors import donors_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

SWEEP = 100
# The donor's own page tells of the first payment, the last letter of all tells who is erased.
UNTOLD = (Subscription.Ending.ERASED, Subscription.Ending.NOT_PAID)


def lock_subscriptions() -> QuerySet[Subscription]:
    """Return subscriptions to be locked with what they belong to; every change of one begins here."""
    return Subscription.objects.select_for_update(of=("self",)).select_related("campaign", "donor")


def end(*, subscription: Subscription, because: Subscription.Ending, now: datetime) -> None:
    """End a locked subscription that has not ended: nothing more is charged. What is being paid is paid."""
    subscription.state = Subscription.State.ENDED
    subscription.ended_because, subscription.ended_at, subscription.moved_at = because, now, now
    subscription.method = subscription.next_at = None
    subscription.save()
    waiting = Charge.objects.filter(subscription=subscription, state=Charge.State.WAITING)
    waiting.update(state=Charge.State.DROPPED, next_try_at=None)
    if because not in UNTOLD:
        queue_letter(
            kind=ENDED,
            key=f"monthly-ended:{subscription.pk}",
            to=subscription.donor,
            context={"subscription": subscription.pk},
            now=now,
        )


@transaction.atomic
def stop(*, token: str, now: datetime) -> Subscription:
    """Stop a subscription as its donor wants, by its secret; stopped before, it stays as it is.

    :raises Subscription.DoesNotExist: if there is none.
    """
    subscription = lock_subscriptions().get(token=token)
    if subscription.state != Subscription.State.ENDED:
        end(subscription=subscription, because=Subscription.Ending.DONOR, now=now)
    return subscription


def over(*, now: datetime) -> list[int]:
    """Return subscriptions that go on though their campaign takes no more gifts. One query."""
    closed = ~Q(campaign__status=Campaign.Status.LIVE) | Q(campaign__closes_at__lte=now)
    found = Subscription.objects.exclude(state=Subscription.State.ENDED).filter(closed)
    return list(found.order_by("pk").values_list("pk", flat=True)[:SWEEP])


@transaction.atomic
def end_over(*, subscription_id: int, now: datetime) -> None:
    """End a subscription whose campaign takes no more gifts. Repeat-safe."""
    subscription = lock_subscriptions().get(pk=subscription_id)
    if subscription.state != Subscription.State.ENDED and not subscription.campaign.is_open(now):
        end(subscription=subscription, because=Subscription.Ending.CAMPAIGN, now=now)


@transaction.atomic
def end_all_of(*, email: str, now: datetime) -> None:
    """End whatever a person lets the fund charge: they are to be forgotten."""
    own = lock_subscriptions().filter(donor__in=donors_of(email=email)).exclude(state=Subscription.State.ENDED)
    for subscription in own.order_by("pk"):
        end(subscription=subscription, because=Subscription.Ending.ERASED, now=now)


@transaction.atomic
def empty(*, donor_ids: Collection[int], now: datetime) -> None:
    """Let the secret links of ended subscriptions die, and drop what they could charge."""
    ended = Subscription.objects.select_for_update().filter(donor__in=donor_ids, state=Subscription.State.ENDED)
    for subscription in ended.order_by("pk"):
        subscription.token = secrets.token_urlsafe(32)
        subscription.save(update_fields=["token"])
        paid = Donation.objects.filter(charge__subscription=subscription).values("payment")
        for method in SavedMethod.objects.filter(payment__in=paid, dropped_at__isnull=True):
            payments.drop_method(method_id=method.pk, now=now)


def unneeded_methods() -> list[int]:
    """Return ways to pay that no subscription charges and no first payment is about to. One query."""
    charged = Subscription.objects.filter(method=OuterRef("pk"))
    done = Donation.objects.filter(payment=OuterRef("payment"), charge__isnull=False)
    found = SavedMethod.objects.filter(dropped_at__isnull=True).exclude(Exists(charged))
    found = found.filter(Exists(done.exclude(charge__state=Charge.State.TRYING)))
    return list(found.order_by("pk").values_list("pk", flat=True)[:SWEEP])
