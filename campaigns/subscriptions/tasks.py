"""What the worker does about monthly gifts. Each is safe to run twice; what is lost, the next sweep finds."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from celery import shared_task
from django.utils import timezone

from campaigns.subscriptions import announcing, charging, ending, following
from fund.payments import services as payments
from fund.payments.tasks import settle_payment

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

EXPIRES_SECONDS = 30
Taken = TypeVar("Taken")
BATCH = 100  # of each, in one sweep


@shared_task(name="campaigns.follow_charge")
def follow_charge(*, charge_id: int) -> None:
    """Take over what became of a charge's attempt."""
    following.follow_charge(charge_id=charge_id, now=timezone.now())


@shared_task(name="campaigns.sweep_subscriptions", expires=EXPIRES_SECONDS)
def sweep_subscriptions() -> None:
    """Follow what was charged, tell of what will be, charge what is due, end what is over."""
    for payment_id in sweep(now=timezone.now()):
        settle_payment.apply_async(kwargs={"payment_id": payment_id}, expires=EXPIRES_SECONDS)


def sweep(*, now: datetime) -> list[int]:
    """Take every subscription as far as it goes now; return payments that are to be opened. Safe at the same time."""
    for charge_id in following.unfollowed():
        following.follow_charge(charge_id=charge_id, now=now)
    for subscription_id in ending.over(now=now):
        ending.end_over(subscription_id=subscription_id, now=now)
    for method_id in ending.unneeded_methods():
        payments.drop_method(method_id=method_id, now=now)
    while_there_is(BATCH, lambda: announcing.announce_next(now=now) or None)
    attempts = while_there_is(BATCH, lambda: charging.charge_next(now=now))
    return [attempt.payment_id for attempt in attempts if attempt.payment_id is not None]


def while_there_is(most: int, take: Callable[[], Taken | None]) -> list[Taken]:
    """Take one after the other until there is none, or enough."""
    return list(islice(iter(take, None), most))
