"""What worker and beat do about reports. Each is safe to run twice; a sweep finds what is lost."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from fund.reports.services import asking, rendering

EXPIRES_SECONDS = 60


@shared_task(name="reports.render_next", expires=EXPIRES_SECONDS)
def render_next() -> None:
    """Make the report whose turn it is, then let the next one follow."""
    if rendering.render_next(clock=timezone.now) is not None:
        render_next.apply_async(expires=EXPIRES_SECONDS)


@shared_task(name="reports.ask_for_month", expires=EXPIRES_SECONDS)
def ask_for_month() -> None:
    """Have the report of the month before made, from the first of the month on; and forget who asked for others."""
    now = timezone.now()
    asking.forget_askings(now=now)
    if asking.ask_for_month_before(now=now) is not None:
        render_next.apply_async(expires=EXPIRES_SECONDS)
