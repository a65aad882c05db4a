"""What the worker does about goals and deadlines. Each is safe to run twice; what is lost, the next sweep finds."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from campaigns.funding import deciding, returning

EXPIRES_SECONDS = 30


@shared_task(name="campaigns.meet_goal")
def meet_goal(*, campaign_id: int) -> None:
    """Look whether a campaign's minimum is there."""
    deciding.meet_goal(campaign_id=campaign_id, now=timezone.now())


@shared_task(name="campaigns.decide_campaign")
def decide_campaign(*, campaign_id: int) -> None:
    """Decide a campaign whose deadline has passed."""
    deciding.decide_campaign(campaign_id=campaign_id, now=timezone.now())


@shared_task(name="campaigns.return_gifts", expires=EXPIRES_SECONDS)
def return_gifts(*, campaign_id: int) -> None:
    """Send back the next gifts of a campaign that missed its goal."""
    returning.return_gifts(campaign_id=campaign_id, limit=settings.REFUNDS_PER_TICK, now=timezone.now())


@shared_task(name="campaigns.sweep_funding", expires=EXPIRES_SECONDS)
def sweep_funding() -> None:
    """Find minimums that may be there, deadlines that have passed, money that must go back; one task a campaign."""
    found = (
        (meet_goal, deciding.owed_campaigns()),
        (decide_campaign, deciding.due_campaigns(now=timezone.now())),
        (return_gifts, returning.missed_campaigns()),
    )
    for task, campaign_ids in found:
        for campaign_id in campaign_ids:
            task.apply_async(kwargs={"campaign_id": campaign_id}, expires=EXPIRES_SECONDS)
