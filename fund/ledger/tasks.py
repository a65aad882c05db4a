"""What beat does about the books."""

from celery import shared_task
from django.conf import settings

from fund.ledger import sealing
from fund.ledger.notes import read_signing_key


@shared_task(name="ledger.seal_books", expires=30)
def seal_books() -> None:
    """Seal what was posted since the last checkpoint, and sign it."""
    sealing.seal_books(key=read_signing_key(settings.LOG_SIGNING_KEY))
