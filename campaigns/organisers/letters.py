"""The letters about an application: each step has one, written from the step itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy

from campaigns.models import OrganiserStep
from fund.payments.models import Alarm
from fund.payments.services import raise_alarm
from fund.payments.services.alarms import close_alarms
from people.letters import Words

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import Letter

SUBJECTS = {
    "hand_in": gettext_lazy("Your application is with us"),
    "change_requisites": gettext_lazy("Your requisites were changed"),
    "verify": gettext_lazy("You are verified: write your first project"),
    "ask_changes": gettext_lazy("Your application: something is missing"),
    "refuse": gettext_lazy("Your application is refused"),
    "suspend": gettext_lazy("You are suspended as an organiser"),
    "restore": gettext_lazy("You are an organiser again"),
}


class OrganiserLetter:
    """What became of an application. One that nobody takes raises an alarm: the applicant waits for it."""

    title = gettext_lazy("Word to an organiser")

    def write(self, *, letter: Letter) -> Words:
        """Write of one step."""
        step = OrganiserStep.objects.select_related("organiser").get(pk=letter.context["step"])
        action = str(letter.context["action"])
        context = {
            "action": action,
            "reason": step.reason,
            "organiser": step.organiser,
            "own_address": settings.SITE_URL + reverse("organiser_own:home"),
            "fund": settings.FUND,
            "demo_mode": settings.DEMO_MODE,
        }
        return Words(str(SUBJECTS[action]), render_to_string("email/organiser.txt", context))

    def given_up(self, *, letter: Letter, now: datetime) -> None:
        """Let a person look at it."""
        raise_alarm(kind=Alarm.Kind.NOT_DELIVERED, subject=f"letter:{letter.pk}", now=now)

    def sent(self, *, letter: Letter, now: datetime) -> None:
        """Close what was open about it: a person had it tried once more."""
        close_alarms(subject=f"letter:{letter.pk}", now=now)
