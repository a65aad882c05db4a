"""What is done about people on the beat."""

from celery import shared_task

from people.sessions import SessionStore


@shared_task(name="people.clear_sessions")
def clear_sessions() -> None:
    """Delete the sessions that have expired. Running it twice deletes nothing more."""
    SessionStore.clear_expired()
