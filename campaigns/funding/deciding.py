"""The goal met, once; the deadline's decision, once nothing that counts is under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Sum

from campaigns.life.moves import SYSTEM, lock_campaign, move
from campaigns.life.notifying import tell_met
from campaigns.life.opening import ending
from campaigns.models import Campaign, Donation
from fund.ledger import services as ledger
from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.payments.days import moscow_date
from fund.payments.models import Payment, Refund

if TYPE_CHECKING:
    from datetime import datetime

UNFINISHED_PAYMENT = (Payment.State.CREATING, Payment.State.PENDING)
UNFINISHED_REFUND = (Refund.State.CREATING, Refund.State.PENDING)


@transaction.atomic
def meet_goal(*, campaign_id: int, now: datetime) -> bool:
    """Let the donors' money become the project's once the minimum is there; return whether it is met. Repeat-safe.

    The campaign's lock waits for every gift that is being booked, and each later one sees the decision. Money that is
    on its way back does not count.
    """
    campaign = lock_campaign(campaign_id=campaign_id)
    if campaign.status == Campaign.Status.LIVE and campaign.is_owed:
        _meet(campaign, now)
        if campaign.goal_met_at is not None:
            tell_met(campaign=campaign, now=now)
    return campaign.goal_met_at is not None


@transaction.atomic
def decide_campaign(*, campaign_id: int, now: datetime) -> bool:
    """Decide a campaign whose deadline has passed; return whether it is decided. Repeat-safe.

    A payment that was begun in time may have been paid in the last second and be told later: nothing is decided
    before each is final.
    """
    campaign = lock_campaign(campaign_id=campaign_id)
    if campaign.status != Campaign.Status.LIVE:
        return True
    if campaign.closes_at is None or now < campaign.closes_at or _has_unfinished(campaign):
        return False
    if campaign.is_owed:
        _meet(campaign, now)
    move(campaign=campaign, action="miss" if campaign.is_owed else ending(campaign=campaign), actor=SYSTEM, now=now)
    return True


def due_campaigns(*, now: datetime) -> list[int]:
    """Return live campaigns whose deadline has passed. One query."""
    due = Campaign.objects.filter(status=Campaign.Status.LIVE, closes_at__lte=now)
    return list(due.order_by("closes_at").values_list("pk", flat=True)[:100])


def owed_campaigns() -> list[int]:
    """Return live campaigns whose minimum is not met yet. One query."""
    owed = Campaign.objects.filter(status=Campaign.Status.LIVE, funding=Campaign.Funding.ALL_OR_NOTHING)
    return list(owed.filter(goal_met_at__isnull=True).order_by("pk").values_list("pk", flat=True)[:1000])


def _meet(campaign: Campaign, now: datetime) -> None:
    code = f"76.{campaign.slug}"
    held = balances_kopecks(codes=[code])[code]
    if campaign.minimum_kopecks is None or held - _leaving_kopecks(campaign) < campaign.minimum_kopecks:
        return
    ledger.post_event(
        event="goal_met",
        subject=campaign.slug,
        amounts={"gross": Kopecks(held)},
        key=f"goal_met:{campaign.slug}",
        business_date=moscow_date(now),
    )
    campaign.goal_met_at = now
    campaign.save(update_fields=["goal_met_at"])


def _leaving_kopecks(campaign: Campaign) -> int:
    gifts = Donation.objects.filter(campaign=campaign).values("payment")
    leaving = Refund.objects.filter(
        payment__in=gifts, payment__booked_subject=campaign.slug, state__in=UNFINISHED_REFUND
    )
    return int(leaving.aggregate(total=Sum(F("amount_kopecks") + F("fee_kopecks")))["total"] or 0)


def _has_unfinished(campaign: Campaign) -> bool:
    gifts = Donation.objects.filter(campaign=campaign, created_at__lt=campaign.closes_at)
    return gifts.filter(payment__state__in=UNFINISHED_PAYMENT).exists()
