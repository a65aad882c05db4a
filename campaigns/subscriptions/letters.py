"""The letters about monthly gifts: begun, ahead of a charge, refused, ended. Each that may be stopped says where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.letters import DonorLetter
from campaigns.models import Charge, Subscription
from people.letters import NotWantedError, Words

if TYPE_CHECKING:
    from people.letters import LetterKind
    from people.models import Letter

STARTED, AHEAD, REFUSED, ENDED = "monthly_started", "monthly_ahead", "monthly_refused", "monthly_ended"


class StartedLetter(DonorLetter):
    """The first payment came: what happens each month, and how to stop it."""

    title = gettext_lazy("Monthly gift begun")

    def write(self, *, letter: Letter) -> Words:
        """Write of a subscription that goes on."""
        subscription = _going_on(letter)
        subject = _("You support %(title)s each month") % {"title": subscription.campaign.title}
        return _words(subject, "email/monthly_started.txt", subscription)


class AheadLetter(DonorLetter):
    """A charge is coming: how much, when, from which card."""

    title = gettext_lazy("Before a monthly gift")

    def write(self, *, letter: Letter) -> Words:
        """Write of a charge that waits for its day."""
        subscription, charge = _going_on(letter), _charge(letter)
        if charge.state != Charge.State.WAITING:
            raise NotWantedError
        subject = _("Soon: your monthly gift to %(title)s") % {"title": subscription.campaign.title}
        return _words(subject, "email/monthly_ahead.txt", subscription, charge)


class RefusedLetter(DonorLetter):
    """A charge was refused: when it is tried again, and what the donor can do."""

    title = gettext_lazy("Monthly gift refused")

    def write(self, *, letter: Letter) -> Words:
        """Write of a refused charge, as it stands now."""
        subscription, charge = _going_on(letter), _charge(letter)
        if charge.state not in {Charge.State.WAITING, Charge.State.FAILED}:
            raise NotWantedError
        subject = _("Your monthly gift to %(title)s did not go through") % {"title": subscription.campaign.title}
        return _words(subject, "email/monthly_refused.txt", subscription, charge)


class EndedLetter(DonorLetter):
    """Nothing more is charged, and why."""

    title = gettext_lazy("Monthly gift ended")

    def write(self, *, letter: Letter) -> Words:
        """Write of a subscription that has ended."""
        subscription = _subscription(letter)
        subject = _("Your monthly gift to %(title)s has ended") % {"title": subscription.campaign.title}
        return Words(subject, render_to_string("email/monthly_ended.txt", _context(subscription)))


KINDS: dict[str, LetterKind] = {
    STARTED: StartedLetter(),
    AHEAD: AheadLetter(),
    REFUSED: RefusedLetter(),
    ENDED: EndedLetter(),
}


def stop_address(subscription: Subscription) -> str:
    """Return the whole address that stops a subscription: by POST at once, by GET after a button."""
    return settings.SITE_URL + reverse("monthly:stop", kwargs={"token": subscription.token})


def _words(subject: str, template: str, subscription: Subscription, charge: Charge | None = None) -> Words:
    context = _context(subscription) | {"charge": charge}
    return Words(subject, render_to_string(template, context), unsubscribe_address=stop_address(subscription))


def _context(subscription: Subscription) -> dict[str, object]:
    campaign = subscription.campaign
    return {
        "subscription": subscription,
        "campaign": campaign,
        "card": subscription.method.title if subscription.method else "",
        "ending": subscription.ended_because,
        "page_address": settings.SITE_URL + subscription.get_absolute_url(),
        "stop_address": stop_address(subscription),
        "give_address": settings.SITE_URL + reverse("campaigns:give", kwargs={"slug": campaign.slug}),
        "fund": settings.FUND,
        "demo_mode": settings.DEMO_MODE,
    }


def _subscription(letter: Letter) -> Subscription:
    wanted = Subscription.objects.select_related("campaign", "method")
    if "charge" in letter.context:
        return wanted.get(charges=letter.context["charge"])
    return wanted.get(pk=letter.context["subscription"])


def _going_on(letter: Letter) -> Subscription:
    subscription = _subscription(letter)
    if subscription.state != Subscription.State.ACTIVE:
        raise NotWantedError
    return subscription


def _charge(letter: Letter) -> Charge:
    return Charge.objects.get(pk=letter.context["charge"])
