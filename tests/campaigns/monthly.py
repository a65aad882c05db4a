"""What tests of monthly gifts begin with."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from campaigns.models import Campaign, Charge, Donation, Subscription
from campaigns.services import Gift, give
from campaigns.subscriptions import announcing, following
from campaigns.subscriptions.tasks import sweep
from fund.money import Kopecks
from fund.payments import services as payments
from people.models import Letter
from people.outbox import send_letter
from tests import make
from tests.together import together

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.control import EmulatorControl

MOSCOW = ZoneInfo("Europe/Moscow")
START = datetime(2027, 1, 31, 15, tzinfo=MOSCOW)
EMAIL = "anna@example.org"
committed = pytest.mark.usefixtures("committed")


def at(month: int, day: int, hour: int = 13, year: int = 2027) -> datetime:
    return datetime(year, month, day, hour, tzinfo=MOSCOW)


TELLING = at(2, 25)


def monthly_campaign(**terms: Any) -> Campaign:
    return make.campaign(at=at(1, 5), **{"funding": "monthly"} | terms)


def begun(campaign: Campaign, kopecks: int = 500_00, *, now: datetime = START, **words: Any) -> Donation:
    """Return the first gift of a subscription, not paid yet."""
    gift = Gift(Kopecks(kopecks), words.pop("email", EMAIL), is_monthly=True, **words)
    return give(campaign=campaign, gift=gift, key=str(uuid4()), address="10.0.0.1", now=now)


def settle(payment_id: int, now: datetime = START) -> None:
    payments.reread_payment(payment_id=payment_id, now=now)


def subscribed(control: EmulatorControl, campaign: Campaign | None = None, **options: Any) -> Subscription:
    """Return a subscription whose first gift is paid."""
    gift = begun(campaign or monthly_campaign(), **options)
    control.pay(str(gift.payment.yookassa_id))
    settle(gift.payment_id, gift.created_at)
    following.follow_charge(charge_id=gift.charge_id or 0, now=gift.created_at)
    return Subscription.objects.get(charges=gift.charge_id)


def send_letters(now: datetime) -> None:
    for letter_id in Letter.objects.waiting().filter(due_at__lte=now).values_list("pk", flat=True):
        send_letter(letter_id=letter_id, now=now)


def tick(now: datetime) -> None:
    """Do what beat does: sweep, send what is queued, open what is written down, follow."""
    for payment_id in sweep(now=now):
        payments.open_payment(payment_id=payment_id, now=now)
    sweep(now=now)
    send_letters(now)


def told(subscription: Subscription, now: datetime = TELLING) -> Charge:
    """Return the next charge, of which its donor has had the letter."""
    assert announcing.announce_next(now=now)
    send_letters(now)
    return Charge.objects.get(subscription=subscription, state=Charge.State.WAITING)


def open_all(payment_ids: list[int], now: datetime) -> None:
    for payment_id in payment_ids:
        payments.open_payment(payment_id=payment_id, now=now)


def state_of(subscription: Subscription) -> tuple[str, str]:
    subscription.refresh_from_db()
    return subscription.state, subscription.ended_because


def at_once(work: Callable[[], object], times: int = 4) -> None:
    together(*[work] * times)


def attempt(charge: Charge, **changes: Any) -> Donation:
    """Write an attempt down past the services."""
    subscription = charge.subscription
    plain = {
        "amount_kopecks": charge.amount_kopecks, "charged_method": subscription.method, "saves_method": False,
        "state": "creating", "cancel_reason": "",
    }  # fmt: skip
    payment = make.payment(**plain | {name: changes.pop(name) for name in list(changes) if name in plain})
    values = {"campaign": subscription.campaign, "amount_kopecks": payment.amount_kopecks, "created_at": at(2, 28)}
    return Donation.objects.create(
        payment=payment, charge=charge, token=uuid4().hex, request_key=uuid4().hex, **values | changes
    )
