"""What the worker does about questions to donors. Each is safe to run twice; what is lost, the next sweep finds."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from campaigns.repurposing import asking, carrying, sharing

EXPIRES_SECONDS = 30
LETTERS_PER_TICK = 200


@shared_task(name="campaigns.go_on_with_question", expires=EXPIRES_SECONDS)
def go_on_with_question(*, question_id: int) -> None:
    """Ask, remind, share out, carry out: whatever a question is at, a few gifts further."""
    now = timezone.now()
    asking.ask_donors(question_id=question_id, limit=LETTERS_PER_TICK, now=now)
    asking.remind_donors(question_id=question_id, limit=LETTERS_PER_TICK, now=now)
    if sharing.share_out(question_id=question_id, now=now):
        carrying.carry_out(question_id=question_id, limit=settings.REFUNDS_PER_TICK, now=now)


@shared_task(name="campaigns.sweep_questions", expires=EXPIRES_SECONDS)
def sweep_questions() -> None:
    """Go on with every question that is not done; one task a question."""
    for question_id in asking.open_questions():
        go_on_with_question.apply_async(kwargs={"question_id": question_id}, expires=EXPIRES_SECONDS)
