"""The pulse of worker and beat."""

from celery import shared_task

from pages import health


@shared_task(name="pages.beat_pulse", ignore_result=True, expires=25)
def beat_pulse() -> None:
    """Note that beat sent this and a worker ran it."""
    health.note_pulse(name="beat")
    health.note_pulse(name="worker")
