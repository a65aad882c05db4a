"""A donor changes the sum: less at once, more with a new consent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from campaigns.models import Charge, Subscription
from campaigns.subscriptions.ending import lock_subscriptions
from people.models import LegalText
from people.services import repeat_donor

if TYPE_CHECKING:
    from datetime import datetime

    from fund.money import Kopecks


class EndedError(Exception):
    """The subscription does not go on."""


class ConsentNeededError(Exception):
    """More is charged only with a new consent."""


@transaction.atomic
def change_amount(*, token: str, amount_kopecks: Kopecks, is_agreed: bool, address: str, now: datetime) -> Subscription:
    """Change what is charged each month. What was told of already gets less, never more.

    :param is_agreed: to the terms in force, anew.
    :raises Subscription.DoesNotExist: if there is none.
    :raises EndedError: if it does not go on.
    :raises ConsentNeededError: if it is more, and nobody agreed to that.
    """
    subscription = lock_subscriptions().get(token=token)
    if subscription.state != Subscription.State.ACTIVE:
        raise EndedError
    if amount_kopecks > subscription.amount_kopecks:
        if not is_agreed:
            raise ConsentNeededError
        subscription.donor = repeat_donor(
            donor=subscription.donor, anew=[LegalText.Kind.RECURRING], address=address, now=now
        )
    subscription.amount_kopecks, subscription.moved_at = amount_kopecks, now
    subscription.save()
    told = Charge.objects.filter(subscription=subscription, state=Charge.State.WAITING)
    told.filter(amount_kopecks__gt=amount_kopecks).update(amount_kopecks=amount_kopecks)
    return subscription
