"""The letter before each charge: nothing is charged that its donor was not told of in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from campaigns.models import Charge, Subscription
from campaigns.subscriptions.calendar import LEAST_NOTICE, SOON, due_in, month_of, next_month, notice
from campaigns.subscriptions.ending import end, lock_subscriptions
from campaigns.subscriptions.letters import AHEAD
from people.outbox import queue_letter

if TYPE_CHECKING:
    from datetime import datetime


@transaction.atomic
def announce_next(*, now: datetime) -> bool:
    """Write down the next charge of one subscription and tell its donor; return whether there was one to tell of.

    Two at once never take the same: each skips what the other has locked.
    """
    due = lock_subscriptions().select_for_update(of=("self",), skip_locked=True)
    due = due.filter(state=Subscription.State.ACTIVE, next_at__lte=now + notice())
    subscription = due.order_by("next_at").first()
    if subscription is None:
        return False
    if subscription.campaign.is_open(now):
        _announce(subscription, now)
    else:
        end(subscription=subscription, because=Subscription.Ending.CAMPAIGN, now=now)
    return True


def tell(*, charge: Charge, now: datetime) -> None:
    """Queue the letter about a charge; one that can't leave a day before it is never sent. The caller saves."""
    charge.letter = queue_letter(
        kind=AHEAD,
        key=f"monthly-ahead:{charge.pk}:{charge.due_at.timestamp():.0f}",
        to=charge.subscription.donor,
        context={"charge": charge.pk},
        expires_at=charge.due_at - LEAST_NOTICE,
        now=now,
    )


def _announce(subscription: Subscription, now: datetime) -> None:
    """Charge the month that is next, told in time; a month that would be over by then is left out."""
    if subscription.next_at is None:
        raise ValueError("a subscription that goes on and is never due")
    month = month_of(subscription.next_at)
    is_in_time = now <= subscription.next_at - notice() + SOON
    due_at = subscription.next_at if is_in_time else now + notice()
    is_there = Charge.objects.filter(subscription=subscription, month=month).exists()
    if month_of(due_at) == month and not is_there:
        charge = Charge.objects.create(
            subscription=subscription,
            month=month,
            amount_kopecks=subscription.amount_kopecks,
            due_at=due_at,
            next_try_at=due_at,
        )
        tell(charge=charge, now=now)
        charge.save(update_fields=["letter"])
    subscription.next_at = due_in(month=next_month(month), anchor_day=subscription.anchor_day)
    subscription.save(update_fields=["next_at"])
