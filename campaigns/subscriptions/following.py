"""What became of an attempt moves its charge and its subscription; read from the payment, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from campaigns.models import Charge, Donation, Subscription
from campaigns.subscriptions.calendar import due_in, next_month, retry_at
from campaigns.subscriptions.charging import fail
from campaigns.subscriptions.ending import end, lock_subscriptions
from campaigns.subscriptions.letters import REFUSED, STARTED
from fund.payments.models import Payment, SavedMethod
from people.outbox import queue_letter

if TYPE_CHECKING:
    from datetime import datetime

UNFINISHED = (Payment.State.CREATING, Payment.State.PENDING)
LASTING = ("permission_revoked", "card_expired", "invalid_card_number")  # no waiting heals these
NOBODY_KNOWS = "key_expired"  # the payment may turn up after all: nothing more is charged that month
SWEEP = 100


def unfollowed() -> list[int]:
    """Return charges whose attempt is final. One query."""
    open_ = Donation.objects.filter(charge=OuterRef("pk"), payment__state__in=UNFINISHED)
    final = Charge.objects.filter(state=Charge.State.TRYING).exclude(Exists(open_))
    return list(final.order_by("pk").values_list("pk", flat=True)[:SWEEP])


@transaction.atomic
def follow_charge(*, charge_id: int, now: datetime) -> None:
    """Take over what became of a charge's last attempt. Safe to repeat and at the same time; an open one is left."""
    subscription = lock_subscriptions().get(charges=charge_id)
    charge = Charge.objects.select_for_update().get(pk=charge_id)
    gift = Donation.objects.filter(charge=charge).select_related("payment").order_by("-pk").first()
    if charge.state != Charge.State.TRYING or gift is None:
        return
    if gift.payment.state == Payment.State.SUCCEEDED:
        _pay(subscription, charge, gift.payment, now)
    elif gift.payment.state == Payment.State.CANCELED:
        _refuse(subscription, charge, gift.payment, now)


def _pay(subscription: Subscription, charge: Charge, payment: Payment, now: datetime) -> None:
    charge.state, charge.failed_because = Charge.State.PAID, ""
    charge.save()
    if subscription.state == Subscription.State.ENDED:  # stopped while it was being paid
        return
    kept = SavedMethod.objects.filter(payment=payment, dropped_at__isnull=True).first()
    subscription.refusals = 0
    subscription.method = kept or subscription.method
    if subscription.state == Subscription.State.ACTIVE:
        subscription.save()
    elif not subscription.campaign.is_open(now):
        end(subscription=subscription, because=Subscription.Ending.CAMPAIGN, now=now)
    elif kept is None:
        end(subscription=subscription, because=Subscription.Ending.NOT_KEPT, now=now)
    else:
        _start(subscription, charge, now)


def _start(subscription: Subscription, charge: Charge, now: datetime) -> None:
    subscription.state, subscription.moved_at = Subscription.State.ACTIVE, now
    subscription.next_at = due_in(month=next_month(charge.month), anchor_day=subscription.anchor_day)
    subscription.save()
    _write(STARTED, f"monthly-started:{subscription.pk}", subscription, now)


def _refuse(subscription: Subscription, charge: Charge, payment: Payment, now: datetime) -> None:
    reason = payment.cancel_reason
    if subscription.state != Subscription.State.ACTIVE:
        fail(charge=charge, because=reason)
        if subscription.state == Subscription.State.AWAITING:
            end(subscription=subscription, because=Subscription.Ending.NOT_PAID, now=now)
        return
    if payment.saves_method:  # another card, which was not paid with: the plan goes on
        _put_off(subscription, charge, reason, now)
        return
    if reason != NOBODY_KNOWS:
        subscription.refusals += 1
        subscription.save(update_fields=["refusals"])
    _put_off(subscription, charge, reason, now)
    if reason in LASTING or subscription.refusals > len(settings.SUBSCRIPTION_RETRY_DAYS):
        because = Subscription.Ending.CARD if reason in LASTING else Subscription.Ending.REFUSED
        _give_up(subscription, charge, because, now)
    else:
        _write(REFUSED, f"monthly-refused:{charge.pk}:{charge.tries}", subscription, now, charge=charge.pk)


def _put_off(subscription: Subscription, charge: Charge, reason: str, now: datetime) -> None:
    """Let a refused charge wait for its next try, or be given up where there is none this month."""
    at = None if reason == NOBODY_KNOWS else retry_at(due_at=charge.due_at, tries=charge.tries, now=now)
    if at is None:
        fail(charge=charge, because=reason)
        return
    charge.state, charge.next_try_at, charge.failed_because = Charge.State.WAITING, at, reason
    charge.amount_kopecks = min(charge.amount_kopecks, subscription.amount_kopecks)  # less was chosen while it was paid
    charge.save()


def _give_up(subscription: Subscription, charge: Charge, because: Subscription.Ending, now: datetime) -> None:
    if charge.state == Charge.State.WAITING:
        fail(charge=charge, because=charge.failed_because)
    end(subscription=subscription, because=because, now=now)


def _write(kind: str, key: str, subscription: Subscription, now: datetime, **more: int) -> None:
    context = {"subscription": subscription.pk, **more}
    queue_letter(kind=kind, key=key, to=subscription.donor, context=context, now=now)
