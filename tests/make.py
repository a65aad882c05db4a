"""Typed builders of what tests begin with."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.utils import timezone

from campaigns.models import Campaign, Donation
from campaigns.services import Gift, give, open_campaign
from fund.money import Kopecks
from fund.payments.models import Payment

if TYPE_CHECKING:
    from datetime import datetime

NOW = timezone.now()  # whatever the clock says: nothing here knows a date


def campaign(slug: str = "sad", *, title: str = "Сад", closes_at: datetime | None = None) -> Campaign:
    """Return a live campaign with its accounts."""
    found = Campaign.objects.create(
        slug=slug,
        title=title,
        summary="Деревья",
        story="Сажаем.",
        goal_kopecks=1_000_00,
        opens_at=NOW - timedelta(days=1),
        closes_at=closes_at,
    )
    open_campaign(campaign=found)
    return found


def donation(given_to: Campaign, *, email: str = "", address: str = "10.0.0.1", kopecks: int = 500_00) -> Donation:
    """Return a gift as a donor makes it; ЮKassa is asked only where one runs."""
    wanted = Gift(amount_kopecks=Kopecks(kopecks), email=email or f"{uuid4().hex}@example.org")
    return give(campaign=given_to, gift=wanted, key=str(uuid4()), address=address, now=NOW)


def payment(**changes: Any) -> Payment:
    """Return a payment as it may stand in the table."""
    plain = {"purpose": "donation", "amount_kopecks": 100, "description": "x", "return_url": "x", "created_at": NOW}
    return Payment.objects.create(**plain | changes)
