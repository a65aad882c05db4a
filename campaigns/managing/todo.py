"""What an organiser is to do next with a campaign, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.life.moves import is_suspended
from campaigns.models import Campaign, Step
from campaigns.telling.selectors import Unsaid, unsaid

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

Status = Campaign.Status
SOON = timedelta(days=7)
WON = (Status.FUNDED, Status.DELIVERING)


@dataclass(frozen=True)
class Link:
    """Where a thing is done."""

    title: str
    address: str


@dataclass(frozen=True)
class Task:
    """One thing to do, why, where and until when; without a link there is nothing to press."""

    title: str
    text: str
    link: Link | None = None
    due: date | None = None
    is_late: bool = False


def todo(*, campaign: Campaign, now: datetime) -> list[Task]:
    """Return what is due of a campaign: the next step of its life, then who waits for a word. Three queries at most.

    Of who is suspended nothing is asked but the report: all else is closed to them.
    """
    if is_suspended(campaign) and campaign.status != Status.DELIVERING:
        return []
    found = DUE.get(Status(campaign.status))
    own = found(campaign, now) if found else []
    may_tell = campaign.launched_at is not None and not is_suspended(campaign)
    return own + (_words(campaign, unsaid(campaign=campaign)) if may_tell else [])


def _draft(campaign: Campaign, _now: datetime) -> list[Task]:
    text = _("Fill in the draft and hand it in: the council looks at it, and two members must approve it.")
    return [Task(_("Finish the draft"), text, _edit(campaign))]


def _changes(campaign: Campaign, _now: datetime) -> list[Task]:
    asked = Step.objects.filter(campaign=campaign, to_status=Status.CHANGES_ASKED).order_by("-pk").first()
    return [Task(_("Mend what the council asked for"), asked.reason if asked else "", _edit(campaign))]


def _approved(campaign: Campaign, now: datetime) -> list[Task]:
    text, link = (
        _("The council has approved the project. Open it for gifts: from then on its terms stay as they are."),
        _step(campaign, "launch", _("Open it for gifts")),
    )
    due = timezone.localdate(campaign.closes_at) if campaign.closes_at else None
    is_late = campaign.closes_at is not None and campaign.closes_at <= now
    if is_late:
        text = _("The deadline has passed before the project was opened. Take it back to a draft and set another one.")
        link = _step(campaign, "revise", _("Back to a draft"))
    return [Task(_("Open the project for gifts"), text, link, due, is_late)]


def _live(campaign: Campaign, now: datetime) -> list[Task]:
    ends = campaign.closes_at
    if ends is None or ends - now > SOON:
        return []
    day = timezone.localdate(ends)
    if ends <= now:
        text = _("The time is over. The last payments are being counted; you need do nothing.")
        return [Task(_("The collection is ending"), text, due=day)]
    text = _("Tell your followers how far the project has come: most gifts come in the first and in the last days.")
    return [Task(_("Write an update: the last days of the collection"), text, _news(campaign), day)]


def _funded(campaign: Campaign, _now: datetime) -> list[Task]:
    text = _("The money is there. Say that the work begins, so that donors know.")
    return [Task(_("Begin the work"), text, _step(campaign, "deliver", _("Say that the work begins")))]


def _delivering(campaign: Campaign, now: datetime) -> list[Task]:
    due = campaign.delivery_due_date
    is_late = due is not None and due < timezone.localdate(now)
    text = _("Say what was done and what it cost. Whether that was in time stands on your public page.")
    link = Link(_("To the report"), reverse("own:report", kwargs={"slug": campaign.slug}))
    return [Task(_("Report what was done"), text, link, due, is_late)]


def _words(campaign: Campaign, found: Unsaid) -> list[Task]:
    tasks = []
    if found.questions:
        title = ngettext("Answer %(count)s question", "Answer %(count)s questions", found.questions)
        link = Link(_("To the questions"), reverse("own_updates:questions", kwargs={"slug": campaign.slug}))
        text = _("People ask before they give. The answer goes to who asked, and everybody reads it.")
        tasks.append(Task(title % {"count": found.questions}, text, link))
    if _is_silent_since_funded(campaign, found):
        link = Link(_("Write an update"), reverse("own_updates:new", kwargs={"slug": campaign.slug}))
        text = _("The collection is over, and those who gave have not heard from you since. Tell them what comes next.")
        tasks.append(Task(_("Write to those who gave"), text, link))
    if found.drafts:
        title = ngettext("%(count)s update is not published", "%(count)s updates are not published", found.drafts)
        text = _("Nobody sees a draft. Publish it, or throw it away.")
        tasks.append(Task(title % {"count": found.drafts}, text, _news(campaign)))
    return tasks


def _is_silent_since_funded(campaign: Campaign, found: Unsaid) -> bool:
    """Return whether nothing was published since the collection ended well. One query at most."""
    if campaign.status not in WON or found.told_at is None:
        return campaign.status in WON
    return Step.objects.filter(campaign=campaign, to_status=Status.FUNDED, at__gt=found.told_at).exists()


def _edit(campaign: Campaign) -> Link:
    return Link(_("To the draft"), reverse("own:edit", kwargs={"slug": campaign.slug}))


def _news(campaign: Campaign) -> Link:
    return Link(_("To the news"), reverse("own_updates:list", kwargs={"slug": campaign.slug}))


def _step(campaign: Campaign, act: str, title: str) -> Link:
    return Link(title, reverse("own:step", kwargs={"slug": campaign.slug, "act": act}))


DUE: dict[Campaign.Status, Callable[[Campaign, datetime], list[Task]]] = {
    Status.DRAFT: _draft,
    Status.CHANGES_ASKED: _changes,
    Status.APPROVED: _approved,
    Status.LIVE: _live,
    Status.FUNDED: _funded,
    Status.DELIVERING: _delivering,
}
