"""Word to who runs a campaign of what was decided about it, in the step's own transaction: never lost, never twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaigns.models import Step
from people.outbox import queue_letter
from people.tasks import send_soon

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from campaigns.models import Campaign

STEP, MET = "campaign_step", "campaign_met"
TOLD = (
    "approve",
    "ask_changes",
    "reject",
    "launch",
    "fund",
    "miss",
    "close",
    "cancel",
)  # the rest they do themselves, and know


def tell_step(*, campaign: Campaign, action: str, now: datetime) -> None:
    """Queue the letter of the step that was just taken. Joins the caller's transaction; three queries at most."""
    if action in TOLD and _is_run(campaign):
        step = Step.objects.filter(campaign=campaign).latest("pk")
        context = {"campaign": campaign.pk, "step": step.pk, "action": action}
        _tell(campaign, STEP, f"campaign-step:{step.pk}", context, now)


def tell_met(*, campaign: Campaign, now: datetime) -> None:
    """Queue the letter of a minimum that is met while the campaign collects on. Joins the caller's transaction."""
    _tell(campaign, MET, f"campaign-met:{campaign.pk}", {"campaign": campaign.pk}, now)


def _is_run(campaign: Campaign) -> bool:
    """Return whether somebody is there to write to: a demo campaign is nobody's, a person may be forgotten."""
    return campaign.organiser is not None and campaign.organiser.user_id is not None


def _tell(campaign: Campaign, kind: str, key: str, context: Mapping[str, object], now: datetime) -> None:
    if campaign.organiser is not None and campaign.organiser.user is not None:
        letter = queue_letter(kind=kind, key=key, to=campaign.organiser.user, context=context, now=now)
        send_soon(letter=letter)
