"""``manage.py seal_methods``: after ``DJANGO_SECRET_KEY`` was changed, before the old one is forgotten."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError

from fund.payments.services import seal_methods_anew


class Command(BaseCommand):
    """Encrypt the ids of saved ways to pay with the newest key."""

    help = "Encrypts the ids of saved ways to pay with the newest key: then the old one may go."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Do it and say how many there were."""
        try:
            count = seal_methods_anew()
        except InvalidToken as error:
            raise CommandError("One was sealed with a key that stands nowhere: nothing was changed.") from error
        self.stdout.write(f"{count} sealed with the newest key")
