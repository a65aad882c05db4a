"""``manage.py seal_requisites``: after ``DJANGO_SECRET_KEY`` was changed, before the old one is forgotten."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError

from campaigns.organisers.applying import seal_requisites_anew


class Command(BaseCommand):
    """Encrypt organisers' requisites with the newest key."""

    help = "Encrypts organisers' requisites with the newest key: then the old one may go."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Do it and say how many there were."""
        try:
            count = seal_requisites_anew()
        except InvalidToken as error:
            raise CommandError("One was sealed with a key that stands nowhere: nothing was changed.") from error
        self.stdout.write(f"{count} sealed with the newest key")
