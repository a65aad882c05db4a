"""Gifts that come with an order of the shop: to whom they may go, and whose they are once they are paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from campaigns.life.moves import share_campaign
from campaigns.models import Campaign

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

FUND = "fund"


def accepting(*, now: datetime) -> QuerySet[Campaign]:
    """Return campaigns whose gifts are theirs at once: they collect now, and owe nobody a minimum."""
    is_own = ~Q(funding=Campaign.Funding.ALL_OR_NOTHING) | Q(goal_met_at__isnull=False)
    in_time = Q(closes_at=None) | Q(closes_at__gt=now)
    return Campaign.objects.published().filter(
        is_own, in_time, status=Campaign.Status.LIVE, opens_at__lte=now, ended_at=None
    )


def receiver(subject: str, paid_at: datetime) -> str:
    """Return whose a gift is that was paid with an order: the campaign's while it collects, else the fund's.

    Joins the transaction that books the payment, and holds the campaign where it is.
    """
    campaign = Campaign.objects.filter(slug=subject).first()
    if campaign is None:
        return FUND
    held = share_campaign(campaign_id=campaign.pk)
    return held.slug if held.is_open(paid_at) and not held.is_owed else FUND
