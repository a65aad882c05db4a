"""Monthly gifts of the year: a month's charge goes through, one is refused until it ends, one is stopped by the link.

A calendar's months are longer than the year's: charges are made as at their own moments, by ``sweep_monthly --at``,
which takes whatever monthly gifts the demonstration holds.
"""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from django.core.management import call_command
from django.urls import reverse

from campaigns.models import Charge, Subscription
from campaigns.subscriptions.calendar import notice
from config.embedded.donors import DonorCalls

if TYPE_CHECKING:
    from campaigns.models import Donation
    from config.embedded.city_year.plan import PlannedPath
    from config.embedded.city_year.scene import Scene

State, Ending = Subscription.State, Subscription.Ending
REASON = "insufficient_funds"
FIRST_AND_NEXT = 2


def charge(scene: Scene, path: PlannedPath) -> bool:
    """Let a second month be charged."""

    def step(gift: Donation) -> bool:
        found = _subscription(gift)
        if found.charges.filter(state=Charge.State.PAID).count() >= FIRST_AND_NEXT:
            return True
        if found.state == State.ACTIVE:
            _pass_time(found)
        return False

    return scene.each(path, step)


def refuse(scene: Scene, path: PlannedPath) -> bool:
    """Let the bank refuse every charge, until the fund gives up."""

    def step(gift: Donation) -> bool:
        found = _subscription(gift)
        if found.state == State.ACTIVE:
            scene.control.charges(REASON, str(gift.payment.yookassa_id))  # a kept way to pay is named as its payment
            _pass_time(found)
        return bool(found.ended_because == Ending.REFUSED)

    return scene.each(path, step)


def stop(scene: Scene, path: PlannedPath) -> bool:
    """Let the donor press the link of a letter."""

    def step(gift: Donation) -> bool:
        found = _subscription(gift)
        if found.state == State.ACTIVE:
            calls = DonorCalls(site_url=scene.site_url, pay_url=scene.pay_url)
            address = scene.site_url + reverse("monthly:stop", kwargs={"token": found.token})
            calls.persist(lambda: {} if calls.session.post(address, timeout=30).ok else None)
            found.refresh_from_db()
        return bool(found.ended_because == Ending.DONOR)

    return scene.each(path, step)


def _subscription(gift: Donation) -> Subscription:
    return Subscription.objects.get(charges=gift.charge_id)


def _pass_time(subscription: Subscription) -> None:
    """Do what beat would do at the next moment of a subscription: tell of a charge, make it, follow it."""
    begun = subscription.charges.filter(state__in=[Charge.State.WAITING, Charge.State.TRYING]).first()
    if begun is not None:
        moment = begun.next_try_at  # None while it is being tried: it is followed now
    else:
        moment = subscription.next_at - notice() if subscription.next_at else None
    call_command("sweep_monthly", at=moment.isoformat() if moment else "", stdout=StringIO())
