"""``manage.py check_books``: recounts everything, names the first fault."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fund.ledger.audit import audit


class Command(BaseCommand):
    """Exit 0 and say «balanced», or exit 1 and name the first fault."""

    help = "Recomputes the books from their postings."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Recount and say what came out."""
        found = audit()
        counted = f"{found.operations} operations, {found.postings} postings, {found.accounts} accounts"
        if found.fault:
            raise CommandError(f"{counted}: {found.fault}")
        self.stdout.write(f"{counted}: balanced")
