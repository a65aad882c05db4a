"""What worker and beat do about gifts and those who gave. Each is safe to run twice; a sweep finds what is lost."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from campaigns import my_selectors, selectors
from campaigns.services import erasing, receipts, retention, statements, visiting
from people.tasks import send_soon

SWEEP_EXPIRES_SECONDS = 30
EXPIRES_SECONDS = 60
GRACE = timedelta(seconds=20)
TRIES = 3  # a checkpoint comes within seconds; where it does not, the sweep finds the receipt later


@shared_task(name="campaigns.finish_receipt")
def finish_receipt(*, donation_id: int, tries: int = TRIES) -> None:
    """Make the receipt and send the letter once the entry is signed. Running it twice makes one file, one letter."""
    if receipts.finish_receipt(donation_id=donation_id, now=timezone.now()) and tries > 1:
        more = {"donation_id": donation_id, "tries": tries - 1}
        finish_receipt.apply_async(kwargs=more, countdown=settings.PACE_SECONDS)


@shared_task(name="campaigns.sweep_receipts", expires=SWEEP_EXPIRES_SECONDS)
def sweep_receipts() -> None:
    """Find receipts that were due a while ago and are not done."""
    for donation_id in selectors.overdue_receipts(now=timezone.now()):
        finish_receipt.apply_async(kwargs={"donation_id": donation_id}, expires=EXPIRES_SECONDS)


@shared_task(name="campaigns.handle_visit")
def handle_visit(*, visit_id: int) -> None:
    """Send the link to somebody's gifts, if they gave."""
    letter = visiting.handle_visit(visit_id=visit_id, now=timezone.now())
    if letter is not None:
        send_soon(letter=letter)


@shared_task(name="campaigns.make_statement")
def make_statement(*, statement_id: int) -> None:
    """Make a year's statement."""
    statements.make_statement(statement_id=statement_id, now=timezone.now())


@shared_task(name="campaigns.sweep_links", expires=SWEEP_EXPIRES_SECONDS)
def sweep_links() -> None:
    """Find links and statements that were asked for a while ago and are not done."""
    now = timezone.now()
    for visit_id in visiting.unhandled_visits(now=now):
        handle_visit.apply_async(kwargs={"visit_id": visit_id}, expires=EXPIRES_SECONDS)
    for statement_id in my_selectors.unmade_statements(before=now - GRACE):
        make_statement.apply_async(kwargs={"statement_id": statement_id}, expires=EXPIRES_SECONDS)


@shared_task(name="campaigns.erase")
def erase(*, request_id: int) -> None:
    """Take an erasure as far as it goes now."""
    erasing.carry_out_erasure(request_id=request_id, now=timezone.now())


@shared_task(name="campaigns.sweep_erasures", expires=SWEEP_EXPIRES_SECONDS)
def sweep_erasures() -> None:
    """Go on with every erasure that is not done."""
    for request_id in erasing.open_erasures():
        erase.apply_async(kwargs={"request_id": request_id}, expires=SWEEP_EXPIRES_SECONDS)


@shared_task(name="campaigns.forget_old", expires=600)
def forget_old() -> None:
    """Forget what has been kept long enough."""
    retention.forget_old(now=timezone.now())
