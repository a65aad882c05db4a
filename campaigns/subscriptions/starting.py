"""A monthly gift begins with a first one, which its donor pays; that keeps the card."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from campaigns.models import Campaign, Charge, Subscription
from campaigns.subscriptions.calendar import month_of
from fund.payments.days import moscow_date

if TYPE_CHECKING:
    from datetime import datetime

    from fund.money import Kopecks
    from people.models import Donor

OFFERED = (Campaign.Funding.MONTHLY, Campaign.Funding.OPEN_ENDED)


def offers_monthly(campaign: Campaign) -> bool:
    """Return whether a campaign takes gifts each month: one without an end, so that nobody promises past it."""
    return campaign.funding in OFFERED


def begin_subscription(*, campaign: Campaign, donor: Donor, amount_kopecks: Kopecks, now: datetime) -> Charge:
    """Write down what a donor agreed to; return its first month, whose gift is being made. Joins the transaction."""
    subscription = Subscription.objects.create(
        campaign=campaign,
        donor=donor,
        amount_kopecks=amount_kopecks,
        anchor_day=moscow_date(now).day,
        token=secrets.token_urlsafe(32),
        created_at=now,
        moved_at=now,
    )
    return Charge.objects.create(
        subscription=subscription,
        month=month_of(now),
        amount_kopecks=amount_kopecks,
        due_at=now,
        tries=1,
        state=Charge.State.TRYING,
    )
