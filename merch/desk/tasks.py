"""What the worker does for the brand manager's desk. Each is safe to run twice; a sweep finds what is lost."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from merch import photos
from merch.sheets import applying

EXPIRES_SECONDS = 60


@shared_task(name="merch.make_photo")
def make_photo(*, photo_id: int) -> None:
    """Make one photo's sizes."""
    photos.make_photo(photo_id=photo_id)


@shared_task(name="merch.sweep_photos", expires=30)
def sweep_photos() -> None:
    """Find photos that were sent a while ago and are not made."""
    for photo_id in photos.waiting_photos(now=timezone.now()):
        make_photo.apply_async(kwargs={"photo_id": photo_id}, expires=EXPIRES_SECONDS)


@shared_task(name="merch.apply_sheet")
def apply_sheet(*, sheet_id: int) -> None:
    """Apply one table to the catalogue."""
    applying.apply_sheet(sheet_id=sheet_id, now=timezone.now())


@shared_task(name="merch.sweep_sheets", expires=30)
def sweep_sheets() -> None:
    """Find tables whose task was lost, and drop those that nobody applied."""
    now = timezone.now()
    for sheet_id in applying.due_sheets(now=now):
        apply_sheet.apply_async(kwargs={"sheet_id": sheet_id}, expires=EXPIRES_SECONDS)
    applying.forget_old(now=now)
