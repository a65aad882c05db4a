"""The letters to who runs a campaign: what was decided about it, why, and what is to be done next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy

from campaigns.letters import DonorLetter
from campaigns.life import notifying
from campaigns.models import Campaign, PurposeQuestion, Step
from campaigns.selectors import figures
from people.letters import LetterKind, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

    from people.models import Letter

SUBJECTS: dict[str, _StrPromise] = {
    "approve": gettext_lazy("%(title)s: the council has approved it"),
    "ask_changes": gettext_lazy("%(title)s: the council asks for changes"),
    "reject": gettext_lazy("%(title)s: the council has said no"),
    "launch": gettext_lazy("%(title)s: it is open for gifts"),
    "met": gettext_lazy("%(title)s: the minimum is there"),
    "fund": gettext_lazy("%(title)s: the collection is over, the money is there"),
    "miss": gettext_lazy("%(title)s: the minimum was not met"),
    "close": gettext_lazy("%(title)s: the collection is over, and nothing came in"),
    "cancel": gettext_lazy("%(title)s: the council has stopped it"),
}


class StepLetter(DonorLetter):
    """A step of the campaign. One that nobody takes raises an alarm, as those to donors do."""

    title = gettext_lazy("Word to an organiser of a campaign's step")

    def write(self, *, letter: Letter) -> Words:
        """Write of one step with its reason."""
        step = Step.objects.select_related("campaign").get(pk=letter.context["step"])
        asked = PurposeQuestion.objects.filter(campaign=step.campaign, confirmed_at__isnull=False).order_by("-pk")
        question = asked.first() if letter.context["action"] == "cancel" else None
        context = {"reason": step.reason, "question": question}
        return _words(step.campaign, str(letter.context["action"]), context)


class MetLetter(DonorLetter):
    """The minimum is there, and the collection goes on."""

    title = gettext_lazy("Word to an organiser of a minimum that is met")

    def write(self, *, letter: Letter) -> Words:
        """Write of one campaign."""
        return _words(Campaign.objects.get(pk=letter.context["campaign"]), "met", {})


KINDS: dict[str, LetterKind] = {
    notifying.STEP: StepLetter(),
    notifying.MET: MetLetter(),
}


def _words(campaign: Campaign, action: str, found: Mapping[str, object]) -> Words:
    context = dict(found) | {
        "action": action,
        "campaign": campaign,
        "figures": figures(campaigns=[campaign])[campaign.slug] if campaign.launched_at else None,
        "desk_address": settings.SITE_URL + reverse("managing:campaign", kwargs={"slug": campaign.slug}),
        "campaign_address": settings.SITE_URL + campaign.get_absolute_url(),
        "fund": settings.FUND,
        "demo_mode": settings.DEMO_MODE,
    }
    subject = " ".join((SUBJECTS[action] % {"title": campaign.title}).split())
    return Words(subject, render_to_string("email/own_campaign.txt", context))
