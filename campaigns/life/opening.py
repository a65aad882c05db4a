"""A campaign's launch, and its end before or without a deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from campaigns.life.moves import SYSTEM, Actor, NoReasonError, lock_campaign, move, refuse_past, require
from campaigns.models import BudgetLine, Campaign
from campaigns.selectors import figures
from fund.ledger import services as ledger
from people.names import visible_lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

HEADS = ("86", "76", "20")


@transaction.atomic
def launch_campaign(*, campaign_id: int, actor: Actor, now: datetime) -> Campaign:
    """Open an approved campaign for gifts and its accounts in the books.

    :raises PastDeadlineError: if its deadline has passed meanwhile.
    :raises MoveError: if it is not approved, or not theirs.
    """
    campaign = lock_campaign(campaign_id=campaign_id)
    refuse_past(campaign=campaign, now=now)
    campaign.launched_at = now
    campaign.opens_at = now
    move(campaign=campaign, action="launch", actor=actor, now=now)
    open_accounts(campaign=campaign)
    return campaign


@transaction.atomic
def end_campaign(*, campaign_id: int, actor: Actor, now: datetime, reason: str = "") -> Campaign:
    """Take no more gifts from now on: what is paid later goes back, or to the fund where the donor chose so.

    :raises NoReasonError: if people end it before the deadline that donors know, and do not say why.
    :raises MoveError: if it does not collect, its minimum is not met yet, or this is not for them to do.
    """
    campaign = lock_campaign(campaign_id=campaign_id)
    action = ending(campaign=campaign)
    require(campaign=campaign, action=action, actor=actor)
    if actor != SYSTEM and campaign.closes_at is not None and now < campaign.closes_at and not visible_lines(reason):
        raise NoReasonError
    campaign.ended_at = now
    move(campaign=campaign, action=action, actor=actor, now=now, reason=reason)
    return campaign


def ending(*, campaign: Campaign) -> str:
    """Return the act that ends a locked campaign whose money is its own: it is funded only if it has raised anything.

    Two queries at most.
    """
    return "fund" if figures(campaigns=[campaign])[campaign.slug].raised_kopecks > 0 else "close"


def open_accounts(*, campaign: Campaign) -> None:
    """Open a campaign's accounts in the books. Safe to repeat."""
    for head in HEADS:
        ledger.open_account(code=f"{head}.{campaign.slug}", name=campaign.title)


@transaction.atomic
def open_demo_campaign(*, campaign: Campaign, lines: Sequence[BudgetLine], now: datetime) -> Campaign:
    """Save and launch a demo campaign, which no council looked at and which says on its page that it is one."""
    campaign.is_demo, campaign.status = True, Campaign.Status.APPROVED
    campaign.save(force_insert=True)
    for line in lines:
        line.campaign = campaign
    BudgetLine.objects.bulk_create(lines)
    return launch_campaign(campaign_id=campaign.pk, actor=SYSTEM, now=now)
