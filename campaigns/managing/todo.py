"""What an organiser is to do next with a campaign, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Step

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

Status = Campaign.Status
SOON = timedelta(days=7)


@dataclass(frozen=True)
class Task:
    """One thing to do, why, and until when; ``page`` names where it is done: edit, steps, or nothing to press."""

    title: str
    text: str
    page: str = ""
    due: date | None = None
    is_late: bool = False


def todo(*, campaign: Campaign, now: datetime) -> list[Task]:
    """Return what is due of a campaign. One query at most."""
    found = DUE.get(Status(campaign.status))
    return found(campaign, now) if found else []


def _draft(_campaign: Campaign, _now: datetime) -> list[Task]:
    text = _("Fill in the draft and hand it in: the council looks at it, and two members must approve it.")
    return [Task(_("Finish the draft"), text, "edit")]


def _changes(campaign: Campaign, _now: datetime) -> list[Task]:
    asked = Step.objects.filter(campaign=campaign, to_status=Status.CHANGES_ASKED).order_by("-pk").first()
    return [Task(_("Mend what the council asked for"), asked.reason if asked else "", "edit")]


def _approved(campaign: Campaign, now: datetime) -> list[Task]:
    text = _("The council has approved the project. Open it for gifts: from then on its terms stay as they are.")
    due = timezone.localdate(campaign.closes_at) if campaign.closes_at else None
    is_late = campaign.closes_at is not None and campaign.closes_at <= now
    if is_late:
        text = _("The deadline has passed before the project was opened. Take it back to a draft and set another one.")
    return [Task(_("Open the project for gifts"), text, "steps", due, is_late)]


def _live(campaign: Campaign, now: datetime) -> list[Task]:
    ends = campaign.closes_at
    if ends is None or ends - now > SOON:
        return []
    day = timezone.localdate(ends)
    if ends <= now:
        text = _("The time is over. The last payments are being counted; you need do nothing.")
        return [Task(_("The collection is ending"), text, due=day)]
    text = _("Tell your followers how far the project has come: most gifts come in the first and in the last days.")
    return [Task(_("Write an update: the last days of the collection"), text, "updates", day)]


def _funded(_campaign: Campaign, _now: datetime) -> list[Task]:
    text = _("The money is there. Say that the work begins, so that donors know.")
    return [Task(_("Begin the work"), text, "steps")]


def _delivering(campaign: Campaign, now: datetime) -> list[Task]:
    due = campaign.delivery_due_date
    is_late = due is not None and due < timezone.localdate(now)
    text = _("Say what was done and what it cost. Whether that was in time stands on your public page.")
    return [Task(_("Report what was done"), text, "steps", due, is_late)]


DUE: dict[Campaign.Status, Callable[[Campaign, datetime], list[Task]]] = {
    Status.DRAFT: _draft,
    Status.CHANGES_ASKED: _changes,
    Status.APPROVED: _approved,
    Status.LIVE: _live,
    Status.FUNDED: _funded,
    Status.DELIVERING: _delivering,
}
