"""What worker and beat do about organisers. Each is safe to run twice; a sweep finds what is lost."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from campaigns.organisers import agreements

SWEEP_EXPIRES_SECONDS = 30
EXPIRES_SECONDS = 60


@shared_task(name="campaigns.make_agreement")
def make_agreement(*, acceptance_id: int) -> None:
    """Make the PDF of an agreement."""
    agreements.make_agreement(acceptance_id=acceptance_id, now=timezone.now())


@shared_task(name="campaigns.sweep_agreements", expires=SWEEP_EXPIRES_SECONDS)
def sweep_agreements() -> None:
    """Find agreements that were accepted a while ago and have no PDF."""
    for acceptance_id in agreements.unmade_agreements(now=timezone.now()):
        make_agreement.apply_async(kwargs={"acceptance_id": acceptance_id}, expires=EXPIRES_SECONDS)
