"""``manage.py continue_books``: after a restore by hand, lets the books go on; ``restore`` does it by itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from fund.ledger.services import continue_books


class Command(BaseCommand):
    """Safe to run at any time and twice; needs the owner's address."""

    help = "Lifts this cluster's transaction ids above all that the books have seen."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Lift them."""
        self.stdout.write(f"{continue_books()} transactions before this cluster's own")
