"""``manage.py seal_books``: seals and signs what is new now, as beat does every few seconds."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fund.ledger.notes import NoteError, read_signing_key
from fund.ledger.sealing import seal_books


class Command(BaseCommand):
    """Needs the sealer's address and the log's private key."""

    help = "Seals the operations since the last checkpoint and signs it."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        """Seal, sign, and say how many checkpoints were made.

        :raises CommandError: if the private key is not given here.
        """
        try:
            key = read_signing_key(settings.LOG_SIGNING_KEY)
        except NoteError as error:
            raise CommandError("LOG_SIGNING_KEY is not given here: only the sealer's process has it.") from error
        self.stdout.write(f"signed: {seal_books(key=key)}")
