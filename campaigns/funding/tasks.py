"""What beat has done about deadlines and missed goals. Each is safe to run twice; what is lost, the next tick finds."""

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


@shared_task(name="campaigns.decide_due", expires=EXPIRES_SECONDS)
def decide_due() -> None:
    """Decide campaigns whose deadline has passed, and look again at minimums that may be there."""
    now = timezone.now()
    for campaign_id in deciding.owed_campaigns():
        deciding.meet_goal(campaign_id=campaign_id, now=now)
    for campaign_id in deciding.due_campaigns(now=now):
        deciding.decide_campaign(campaign_id=campaign_id, now=now)


@shared_task(name="campaigns.return_missed", expires=EXPIRES_SECONDS)
def return_missed() -> None:
    """Send back the next gifts of campaigns that missed their goal."""
    for campaign_id in returning.missed_campaigns():
        returning.return_gifts(campaign_id=campaign_id, limit=settings.REFUNDS_PER_TICK, now=timezone.now())
