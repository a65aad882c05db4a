"""A campaign's opening and end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from campaigns.models import Campaign
from fund.ledger import services as ledger
from people.services import record_act, subject_of

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User


class NotADraftError(Exception):
    """Only a draft can be opened."""


class NotLiveError(Exception):
    """Only a campaign that collects can be closed."""


@transaction.atomic
def open_campaign(*, campaign: Campaign) -> None:
    """Make a campaign live and open its accounts in the books. Safe to repeat."""
    for prefix in ("86", "76", "20"):
        ledger.open_account(code=f"{prefix}.{campaign.slug}", name=campaign.title)
    Campaign.objects.filter(pk=campaign.pk).exclude(status=Campaign.Status.LIVE).update(status=Campaign.Status.LIVE)
    campaign.status = Campaign.Status.LIVE


@transaction.atomic
def close_campaign(*, campaign: Campaign, now: datetime) -> None:
    """Take no more gifts from now on; what is paid later goes back, or to the fund where the donor chose so."""
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if locked.closes_at is None or locked.closes_at > now:
        locked.closes_at = now
    locked.status = Campaign.Status.CLOSED
    locked.save(update_fields=["closes_at", "status"])


@transaction.atomic
def launch_campaign(*, campaign_id: int, user: User, now: datetime) -> None:
    """Open a draft for gifts, as a member of staff; the act is written down.

    :raises NotADraftError: if it was opened before.
    """
    campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
    if campaign.status != Campaign.Status.DRAFT:
        raise NotADraftError
    open_campaign(campaign=campaign)
    record_act(actor=user, action="campaigns.open_campaign", subject=subject_of(campaign), now=now)


@transaction.atomic
def end_campaign(*, campaign_id: int, user: User, now: datetime) -> None:
    """Close a campaign that collects, as a member of staff; the act is written down.

    :raises NotLiveError: if it does not collect.
    """
    campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
    if campaign.status != Campaign.Status.LIVE:
        raise NotLiveError
    close_campaign(campaign=campaign, now=now)
    record_act(actor=user, action="campaigns.close_campaign", subject=subject_of(campaign), now=now)
