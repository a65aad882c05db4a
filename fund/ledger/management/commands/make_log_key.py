"""``manage.py make_log_key ORIGIN``: a new pair of keys for the log of operations."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from fund.ledger.notes import KEY_BYTES, NAME, SigningKey

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Print both keys as settings; nothing is kept."""

    help = "Makes the two keys of the log of operations, by its origin: the site's address without https://, and /log."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the name of the log."""
        parser.add_argument("origin")

    def handle(self, *_arguments: Any, origin: str, **_options: Any) -> None:
        """Print the private key, for the sealer alone, and the public one.

        :raises CommandError: if the origin can't be a key's name.
        """
        if not NAME.fullmatch(origin):
            raise CommandError("An origin has neither spaces nor plus signs, such as fond.example/log.")
        key = SigningKey(origin, secrets.token_bytes(KEY_BYTES))
        self.stdout.write(f"LOG_SIGNING_KEY={key.text()}\nLOG_VERIFIER_KEY={key.verifier}")
