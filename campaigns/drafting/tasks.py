"""What the worker does about pictures. Each is safe to run twice; a sweep finds what is lost."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from campaigns.drafting import pictures

EXPIRES_SECONDS = 60


@shared_task(name="campaigns.make_picture")
def make_picture(*, picture_id: int) -> None:
    """Make one picture's sizes."""
    pictures.make_picture(picture_id=picture_id)


@shared_task(name="campaigns.sweep_pictures", expires=30)
def sweep_pictures() -> None:
    """Find pictures that were sent a while ago and are not made."""
    for picture_id in pictures.waiting_pictures(now=timezone.now()):
        make_picture.apply_async(kwargs={"picture_id": picture_id}, expires=EXPIRES_SECONDS)
