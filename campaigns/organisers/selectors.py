"""Organisers as the public sees them: who they are, what they promised and when they did it, what came in for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext

from campaigns import selectors
from campaigns.models import Campaign, Organiser, OrganiserStep, Step
from campaigns.organisers.moves import COUNCIL
from fund.money import Kopecks
from people.roles import title as role_title

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from django.db.models import QuerySet

    from campaigns.selectors import CampaignRow

Status = Campaign.Status
UNDER_WAY = (Status.FUNDED, Status.DELIVERING)


@dataclass(frozen=True)
class TrackRecord:
    """What became of an organiser's projects, and what came in for all of them less what went back, in kopecks."""

    raised_kopecks: Kopecks
    on_time: int
    late: int
    overdue: int
    under_way: int
    not_funded: int
    cancelled: int

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Return what there is to tell, in words: promises kept and broken always, the rest where it happened."""
        told = [
            (gettext("done by the promised day"), self.on_time),
            (gettext("done later than promised"), self.late),
            (gettext("overdue now"), self.overdue),
            (gettext("being carried out"), self.under_way),
            (gettext("not funded"), self.not_funded),
            (gettext("cancelled"), self.cancelled),
        ]
        always = 2 if any(count for _words, count in told) else 0
        return [row for place, row in enumerate(told) if place < always or row[1]]


@dataclass(frozen=True)
class Portrait:
    """An organiser's public page."""

    record: TrackRecord
    live: list[CampaignRow]
    past: list[CampaignRow]


@dataclass(frozen=True)
class ApplicationStep:
    """One step of an application, for the applicant and the council; the applicant reads the role alone."""

    at: datetime
    title: str
    role_title: str
    reason: str
    who: str


def published() -> QuerySet[Organiser]:
    """Return organisers that the public sees, the newest first, each with ``live`` and ``done`` projects counted."""
    shown = Q(campaigns__launched_at__isnull=False)
    counts = {
        "live": Count("campaigns", filter=shown & Q(campaigns__status=Status.LIVE)),
        "done": Count("campaigns", filter=shown & Q(campaigns__status=Status.REPORTED)),
    }
    return Organiser.objects.published().annotate(**counts).select_related("community").order_by("-verified_at", "-pk")


def portrait(*, organiser: Organiser, now: datetime) -> Portrait:
    """Return an organiser's projects and what became of them. Four queries, however many projects."""
    campaigns = list(selectors.published().filter(organiser=organiser).defer("story"))
    rows = selectors.rows(campaigns=campaigns, now=now)
    return Portrait(
        record=_record(rows, _reported_on(campaigns), timezone.localdate(now)),
        live=[row for row in rows if row.campaign.status == Status.LIVE],
        past=[row for row in rows if row.campaign.status != Status.LIVE],
    )


def own_steps(*, organiser: Organiser) -> list[ApplicationStep]:
    """Return what happened to an application, the newest first. One query."""
    steps = OrganiserStep.objects.filter(organiser=organiser).select_related("user").order_by("-pk")
    return [
        ApplicationStep(
            at=step.at,
            title=step.get_to_state_display(),
            role_title=role_title(step.role) if step.role == COUNCIL else gettext("the applicant"),
            reason=step.reason,
            who=step.user.email if step.user else "",
        )
        for step in steps
    ]


def _reported_on(campaigns: Sequence[Campaign]) -> dict[int, date]:
    """Return on which day, Moscow's, each reported project was reported. One query."""
    steps = Step.objects.filter(campaign__in=campaigns, to_status=Status.REPORTED)
    found = steps.values_list("campaign").annotate(at=Max("at"))
    return {campaign_id: timezone.localdate(at) for campaign_id, at in found}


def _record(rows: Sequence[CampaignRow], reported: dict[int, date], today: date) -> TrackRecord:
    counts = dict.fromkeys(("on_time", "late", "overdue", "under_way", "not_funded", "cancelled"), 0)
    for row in rows:
        word = _word(row.campaign, reported.get(row.campaign.pk), today)
        if word:
            counts[word] += 1
    return TrackRecord(raised_kopecks=Kopecks(sum(row.figures.raised_kopecks for row in rows)), **counts)


def _word(campaign: Campaign, reported: date | None, today: date) -> str:
    """Return what a project counts as; empty while it collects."""
    due = campaign.delivery_due_date
    if campaign.status == Status.REPORTED:
        return "late" if due is not None and reported is not None and reported > due else "on_time"
    if campaign.status in UNDER_WAY:
        return "overdue" if due is not None and today > due else "under_way"
    return {Status.NOT_FUNDED: "not_funded", Status.CANCELLED: "cancelled"}.get(Status(campaign.status), "")
