"""A draft on its way to the public: handed in, looked at by the council, approved by two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum

from campaigns.life.checklist import KEYS
from campaigns.life.moves import MoveError, NotAllowedError, lock_campaign, move, refuse_past, require
from campaigns.life.versions import keep_version
from campaigns.models import Approval, Campaign
from people.services import record_act, subject_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

    from campaigns.life.moves import Actor
    from people.models import User

NEEDED = 2  # the database holds the same number


class BudgetError(MoveError):
    """The budget does not add up to the goal, or its essential lines not to the minimum."""


class ChecklistError(MoveError):
    """Something on the council's list was not looked at."""


class StaleReviewError(MoveError):
    """It was taken back and handed in anew since this member opened it."""


class ApprovedBeforeError(MoveError):
    """This member has approved it; another one is needed."""


@transaction.atomic
def submit_campaign(*, campaign_id: int, actor: Actor, now: datetime) -> Campaign:
    """Hand a draft in; earlier approvals were of what it was before, and count no more.

    :raises BudgetError: if the lines do not add up to goal and minimum.
    :raises PastDeadlineError: if a campaign with a deadline has none that lies ahead.
    :raises MoveError: if it is no draft, or not theirs.
    """
    campaign = lock_campaign(campaign_id=campaign_id)
    require(campaign=campaign, action="submit", actor=actor)
    sums = campaign.budget_lines.aggregate(
        total=Sum("amount_kopecks"), essential=Sum("amount_kopecks", filter=Q(is_essential=True))
    )
    if sums["total"] != campaign.goal_kopecks or campaign.minimum_kopecks not in {None, sums["essential"]}:
        raise BudgetError
    refuse_past(campaign=campaign, now=now)
    campaign.review_round += 1
    move(campaign=campaign, action="submit", actor=actor, now=now)
    keep_version(campaign=campaign, now=now)
    return campaign


@transaction.atomic
def approve_campaign(
    *, campaign_id: int, actor: Actor, checklist: Collection[str], seen_round: int, now: datetime, reason: str = ""
) -> Campaign:
    """Say yes to what was handed in; the second yes approves it.

    :param checklist: what this member looked at: the keys of ``checklist.toml``, kept with the approval.
    :param reason: why, if the member wishes to say; of the deciding yes alone, as it alone is a step.
    :param seen_round: the round of review whose text this member had before them.
    :raises StaleReviewError: if another text was handed in since.
    :raises ChecklistError: if that is not all of it.
    :raises ApprovedBeforeError: if this member said so before.
    :raises NotAllowedError: if they are no council member, or run the campaign themselves.
    :raises MoveError: if it is not in review.
    """
    campaign = lock_campaign(campaign_id=campaign_id)
    require(campaign=campaign, action="approve", actor=actor)
    user = actor.user
    if user is None:
        raise NotAllowedError("approve")
    if seen_round != campaign.review_round:
        raise StaleReviewError
    given = Approval.objects.filter(campaign=campaign, review_round=campaign.review_round)
    if given.filter(user=user).exists():
        raise ApprovedBeforeError
    if set(checklist) != KEYS:
        raise ChecklistError
    Approval.objects.create(
        campaign=campaign, review_round=campaign.review_round, user=user, at=now, checklist=sorted(checklist)
    )
    if given.count() < NEEDED:
        record_act(actor=user, action="campaigns.approve", subject=subject_of(campaign), now=now)
    else:
        move(campaign=campaign, action="approve", actor=actor, now=now, reason=reason)
    return campaign


def waiting_for(*, user: User) -> QuerySet[Campaign]:
    """Return campaigns in review that this member may answer: not their own, and not those they said yes to already."""
    said = Approval.objects.filter(campaign=OuterRef("pk"), review_round=OuterRef("review_round"), user=user)
    handed_in = Campaign.objects.filter(status=Campaign.Status.IN_REVIEW)
    return handed_in.exclude(organiser__user=user).exclude(Exists(said))


@transaction.atomic
def step_campaign(*, campaign_id: int, action: str, actor: Actor, reason: str, now: datetime) -> Campaign:
    """Take a campaign one plain step on: withdraw, revise, drop; ask for changes, reject, deliver, report.

    :raises MoveError: one of its kinds.
    """
    campaign = lock_campaign(campaign_id=campaign_id)
    move(campaign=campaign, action=action, actor=actor, now=now, reason=reason)
    return campaign
