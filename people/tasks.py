"""What worker and beat do about letters and sessions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from people import outbox
from people.sessions import SessionStore

if TYPE_CHECKING:
    from people.models import Letter

SWEEP_EXPIRES_SECONDS = 30
LETTER_EXPIRES_SECONDS = 60


@shared_task(name="people.send_letter")
def send_letter(*, letter_id: int) -> None:
    """Send one letter. Running it twice sends it once."""
    outbox.send_letter(letter_id=letter_id, now=timezone.now())


@shared_task(name="people.sweep_letters", expires=SWEEP_EXPIRES_SECONDS)
def sweep_letters() -> None:
    """Find letters whose next try is due."""
    for letter_id in outbox.overdue_letters(now=timezone.now()):
        send_letter.apply_async(kwargs={"letter_id": letter_id}, expires=LETTER_EXPIRES_SECONDS)


@shared_task(name="people.clear_sessions")
def clear_sessions() -> None:
    """Delete the sessions that have expired. Running it twice deletes nothing more."""
    SessionStore.clear_expired()


def send_soon(*, letter: Letter) -> None:
    """Let the worker send a letter as soon as it is committed; the sweep finds what is lost here."""
    transaction.on_commit(partial(send_letter.delay, letter_id=letter.pk), robust=True)
