"""What the worker draws. Safe to run twice; beat finds what is due, so nothing is lost."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from campaigns.spreading import sheets

EXPIRES_SECONDS = 60
AT_ONCE = 3  # then the queue's other papers have their turn


@shared_task(name="campaigns.make_sheets", expires=EXPIRES_SECONDS)
def make_sheets() -> None:
    """Make a few of the pictures and posters that are due; what remains follows behind what else waits."""
    due = sheets.due_sheets(limit=AT_ONCE + 1)
    for sheet in due[:AT_ONCE]:
        sheets.make_sheet(due=sheet, now=timezone.now())
    if len(due) > AT_ONCE:
        make_sheets.apply_async(expires=EXPIRES_SECONDS)
