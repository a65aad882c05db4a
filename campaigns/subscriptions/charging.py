"""A month's charge becomes a gift, once: by the kept card on its day, or by another that its donor pays with."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.models import Charge, Donation, HiddenName, Subscription
from campaigns.services.giving import PURPOSE
from campaigns.subscriptions.announcing import tell
from campaigns.subscriptions.calendar import month_of, notice
from campaigns.subscriptions.ending import end, lock_subscriptions
from fund.money import Kopecks
from fund.payments import gateway
from fund.payments import services as payments
from people.models import Letter
from people.outbox import EXPIRED
from people.services import repeat_donor

if TYPE_CHECKING:
    from datetime import datetime

    from fund.payments.models import Payment

MOST_TRIES = 12  # of one month, with other cards too: more is a test of cards
NOT_TOLD, MISSED, IMPOSSIBLE = "not_told", "missed", "impossible"
logger = logging.getLogger(__name__)


class NothingToPayError(Exception):
    """No charge of this subscription waits, or it was tried too often."""


@dataclass(frozen=True)
class Attempt:
    """What came of a due charge: the payment to open, if one was written down."""

    payment_id: int | None


@transaction.atomic
def charge_next(*, now: datetime) -> Attempt | None:
    """Take one due charge a step further; return what came of it, None if nothing is due.

    Two at once never take the same. The payment is committed before ЮKassa hears of it.
    """
    due = Charge.objects.select_for_update(of=("self", "subscription"), skip_locked=True)
    due = due.filter(state=Charge.State.WAITING, next_try_at__lte=now, subscription__state=Subscription.State.ACTIVE)
    known = due.select_related("subscription__campaign", "subscription__donor", "letter")
    charge = known.order_by("next_try_at").first()
    return None if charge is None else Attempt(_charge(charge, now))


def pay_by_another_card(*, token: str, site_url: str, now: datetime) -> Donation:
    """Let the donor pay the month that waits; the new way to pay takes the place of the old once it is paid.

    :param site_url: where the donor's browser knows us.
    :raises Subscription.DoesNotExist: if there is none.
    :raises NothingToPayError: if no charge waits.
    """
    with transaction.atomic(durable=True):
        subscription = lock_subscriptions().get(token=token)
        waiting = Charge.objects.select_for_update().filter(subscription=subscription, state=Charge.State.WAITING)
        charge = waiting.filter(month=month_of(now)).first()
        if charge is None or charge.donations.count() >= MOST_TRIES:
            raise NothingToPayError
        charge.subscription = subscription
        payment = _intend(charge, now, saves_method=True)
        payment.return_url = site_url + reverse("gifts:back", kwargs={"reference": payment.reference})
        payment.save(update_fields=["return_url"])
        gift = _write(charge, payment, now)
    with gateway.hasty():
        payments.open_payment(payment_id=payment.pk, now=now)
    payment.refresh_from_db()
    return gift


def fail(*, charge: Charge, because: str) -> None:
    """Give a month up: it is not charged any more."""
    charge.state, charge.next_try_at, charge.failed_because = Charge.State.FAILED, None, because
    charge.save()


def _charge(charge: Charge, now: datetime) -> int | None:
    subscription = charge.subscription
    if not subscription.campaign.is_open(now):
        end(subscription=subscription, because=Subscription.Ending.CAMPAIGN, now=now)
    elif month_of(now) != charge.month:
        fail(charge=charge, because=MISSED)
    elif charge.letter is None or charge.letter.state != Letter.State.SENT:
        _tell_anew(charge, now)
    else:
        return _try(charge, now)
    return None


def _try(charge: Charge, now: datetime) -> int | None:
    """Write an attempt down; where the database knows better, the month is given up and holds up no other."""
    try:
        with transaction.atomic():
            payment = _intend(charge, now)
            charge.tries += 1
            _write(charge, payment, now)
    except (IntegrityError, payments.MethodDroppedError) as error:
        logger.error("charge %d can't be made: %s", charge.pk, type(error).__name__)  # noqa: TRY400 - no values
        fail(charge=charge, because=IMPOSSIBLE)
        return None
    return payment.pk


def _tell_anew(charge: Charge, now: datetime) -> None:
    """Put off a charge whose letter was not sent in time; one that nobody takes, or a month too short, is given up."""
    due_at = now + notice()
    is_refused = charge.letter is not None and charge.letter.failure != EXPIRED and charge.letter.given_up_at
    if is_refused or month_of(due_at) != charge.month:
        fail(charge=charge, because=NOT_TOLD)
        return
    charge.due_at = charge.next_try_at = due_at
    tell(charge=charge, now=now)
    charge.save()


def _intend(charge: Charge, now: datetime, *, saves_method: bool = False) -> Payment:
    subscription = charge.subscription
    return payments.register_payment(
        purpose=PURPOSE,
        amount_kopecks=Kopecks(charge.amount_kopecks),
        description=_("Monthly gift: %(campaign)s") % {"campaign": subscription.campaign.title},
        return_url="",
        saves_method=saves_method,
        method_id=None if saves_method else subscription.method_id,
        now=now,
    )


def _write(charge: Charge, payment: Payment, now: datetime) -> Donation:
    """Write the gift of an attempt down; the database refuses one beside another, untold, or too late."""
    charge.state, charge.next_try_at = Charge.State.TRYING, None
    charge.save()
    subscription = charge.subscription
    gifts = Donation.objects.filter(charge__subscription=subscription)
    first, last = gifts.order_by("pk").first(), gifts.select_related("hidden_name").order_by("pk").last()
    key = f"monthly:{charge.pk}:{charge.donations.count() + 1}"
    donation = Donation.objects.create(
        campaign=subscription.campaign,
        payment=payment,
        charge=charge,
        donor=repeat_donor(donor=subscription.donor, now=now),
        amount_kopecks=charge.amount_kopecks,
        is_kept_if_late=first is not None and first.is_kept_if_late,
        token=secrets.token_urlsafe(32),
        request_key=key,
        request_sha256=sha256(key.encode()).hexdigest(),
        created_at=now,
    )
    hidden = getattr(last, "hidden_name", None)
    if hidden is not None:  # a moderator took the name down: it does not come back each month
        HiddenName.objects.create(
            donation=donation, reason=hidden.reason, hidden_by=hidden.hidden_by, hidden_at=hidden.hidden_at
        )
    return donation
