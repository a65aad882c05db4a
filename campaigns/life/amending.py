"""Changes of what donors knew: each with its reason, in public; and the one extension of a deadline."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import override

from campaigns.life.moves import (
    LONGEST_REASON,
    ORGANISER,
    MoveError,
    NoReasonError,
    NotAllowedError,
    Status,
    WrongStateError,
    is_own,
    lock_campaign,
    refuse_suspended,
)
from campaigns.life.reviewing import BudgetError
from campaigns.life.versions import budget_words, day_words
from campaigns.models import Amendment, BudgetLine, Campaign
from people.names import visible_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from campaigns.life.moves import Actor

AMENDABLE = (Status.LIVE, Status.FUNDED, Status.DELIVERING)
LONGEST_EXTENSION = timedelta(days=31)  # the database holds the same (0016_guarded_life.sql)
Field = Amendment.Field


class NothingChangedError(MoveError):
    """It says what it said before."""


class ExtensionError(MoveError):
    """A deadline moves once, later, by a month at most, before it has passed."""


@transaction.atomic
def amend_campaign(
    *, campaign_id: int, actor: Actor, field: str, value: str | date, reason: str, now: datetime
) -> Amendment:
    """Change the sentence, the story or the day of delivery of a campaign that donors know.

    :raises NothingChangedError: if it stays the same.
    :raises MoveError: one of its kinds, if this is not for them, not possible now, or lacks its reason.
    """
    campaign = _begin(campaign_id, actor, reason)
    before = getattr(campaign, field)
    if value in {before, visible_lines(before) if isinstance(before, str) else before}:
        raise NothingChangedError
    made = _write_down(campaign, actor, field, _text(before), _text(value), reason, now)
    Campaign.objects.filter(pk=campaign.pk).update(**{field: value})
    return made


@transaction.atomic
def amend_budget(
    *, campaign_id: int, actor: Actor, lines: Sequence[BudgetLine], reason: str, now: datetime
) -> Amendment:
    """Change what the money is for; goal and minimum stay what they were.

    :raises BudgetError: if the lines add up to another goal or minimum.
    :raises NothingChangedError: if it stays the same.
    :raises MoveError: one of its kinds, as :func:`amend_campaign`.
    """
    campaign = _begin(campaign_id, actor, reason)
    total = sum(line.amount_kopecks for line in lines)
    essential = sum(line.amount_kopecks for line in lines if line.is_essential)
    if total != campaign.goal_kopecks or campaign.minimum_kopecks not in {None, essential}:
        raise BudgetError
    with override("ru"):
        before, after = budget_words(campaign.budget_lines.order_by("position")), budget_words(lines)
    if before == after:
        raise NothingChangedError
    made = _write_down(campaign, actor, Field.BUDGET, before, after, reason, now)
    campaign.budget_lines.all().delete()
    for line in lines:
        line.campaign = campaign
    BudgetLine.objects.bulk_create(lines)
    return made


@transaction.atomic
def extend_campaign(*, campaign_id: int, actor: Actor, closes_at: datetime, reason: str, now: datetime) -> Amendment:
    """Move a deadline that has not passed, once, by a month at most.

    :raises ExtensionError: if the rule does not allow it.
    :raises MoveError: one of its kinds, as :func:`amend_campaign`.
    """
    campaign = _begin(campaign_id, actor, reason)
    latest = latest_deadline(campaign=campaign, now=now)
    if latest is None or campaign.closes_at is None or not campaign.closes_at < closes_at <= latest:
        raise ExtensionError
    if campaign.amendments.filter(field=Field.CLOSES_AT).exists():
        raise ExtensionError
    with override("ru"):
        before, after = day_words(campaign.closes_at), day_words(closes_at)
    made = _write_down(campaign, actor, Field.CLOSES_AT, before, after, reason, now)
    Campaign.objects.filter(pk=campaign.pk).update(closes_at=closes_at)
    return made


def latest_deadline(*, campaign: Campaign, now: datetime) -> datetime | None:
    """Return until when a deadline may be moved; None where it may not, unless it was moved before (a query apart)."""
    if campaign.status != Status.LIVE or campaign.closes_at is None or campaign.closes_at <= now:
        return None
    return campaign.closes_at + LONGEST_EXTENSION


def _begin(campaign_id: int, actor: Actor, reason: str) -> Campaign:
    campaign = lock_campaign(campaign_id=campaign_id)
    if actor.role != ORGANISER or not is_own(campaign, actor):
        raise NotAllowedError("amend")
    refuse_suspended(campaign)
    if campaign.status not in AMENDABLE:
        raise WrongStateError("amend")
    if not visible_lines(reason):
        raise NoReasonError("amend")
    return campaign


def _write_down(
    campaign: Campaign, actor: Actor, field: str, before: str, after: str, reason: str, now: datetime
) -> Amendment:
    return Amendment.objects.create(
        campaign=campaign, field=field, before=before, after=after, reason=visible_lines(reason)[:LONGEST_REASON],
        role=actor.role, user=actor.user, at=now,
    )  # fmt: skip


def _text(value: str | date | None) -> str:
    with override("ru"):
        return date_format(value, "j E Y") if isinstance(value, date) else value or ""
