"""What the worker does about news, and what is to be forgotten. Each is safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from campaigns.telling import mailing, pacing, readers, reminders
from people.tasks import send_soon

EXPIRES_SECONDS = 30


@shared_task(name="campaigns.decide_news", expires=EXPIRES_SECONDS)
def decide_news() -> None:
    """Find marks that are reached, deadlines that come near, collections that ended."""
    reminders.decide_news(now=timezone.now())


@shared_task(name="campaigns.deliver_news", expires=EXPIRES_SECONDS)
def deliver_news() -> None:
    """Queue the next letters of all that is being told."""
    for letter in mailing.deliver_some(limit=settings.NEWS_PER_TICK, now=timezone.now()):
        send_soon(letter=letter)


@shared_task(name="campaigns.forget_unconfirmed", expires=EXPIRES_SECONDS)
def forget_unconfirmed() -> None:
    """Forget who wrote how often, and what nobody confirmed in time."""
    now = timezone.now()
    pacing.forget_attempts(now=now)
    readers.forget_unconfirmed(now=now)
