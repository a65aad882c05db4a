"""What worker and beat do about gifts."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from campaigns import selectors
from campaigns.services import receipts


@shared_task(name="campaigns.finish_receipt")
def finish_receipt(*, donation_id: int) -> None:
    """Make the receipt and send the letter. Running it twice makes one file and one letter."""
    receipts.finish_receipt(donation_id=donation_id, now=timezone.now())


@shared_task(name="campaigns.sweep_receipts", expires=30)
def sweep_receipts() -> None:
    """Find receipts that were due a while ago and are not done."""
    for donation_id in selectors.overdue_receipts(now=timezone.now()):
        finish_receipt.apply_async(kwargs={"donation_id": donation_id}, expires=60)
