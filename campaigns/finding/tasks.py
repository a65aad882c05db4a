"""What beat does for lists. Safe to run twice, beside itself, and to leave out for a while."""

from __future__ import annotations

from celery import shared_task

from campaigns.finding import counting

EXPIRES_SECONDS = 30


@shared_task(name="campaigns.count_listings", expires=EXPIRES_SECONDS)
def count_listings() -> None:
    """Bring what lists are sorted by to the newest checkpoint, so that reading adds little."""
    counting.count_listings()
