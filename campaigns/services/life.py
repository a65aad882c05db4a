"""A campaign's opening and end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from campaigns.models import Campaign
from fund.ledger import services as ledger

if TYPE_CHECKING:
    from datetime import datetime


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
