"""``manage.py demo_shop``: souvenirs for the demonstration's shop."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.embedded.demo.shop import open_demo_shop
from config.embedded.demo.staff import NoDemonstrationError


class Command(BaseCommand):
    """Put souvenirs on sale; a second time changes nothing."""

    help = "Fills the demo shop. Exists in a demonstration alone, after demo_staff."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Fill and tell."""
        try:
            count = open_demo_shop(today=timezone.localdate(), now=timezone.now())
        except NoDemonstrationError as error:
            raise CommandError("Here people may be real: demo souvenirs are for a demonstration alone.") from error
        if count:
            self.stdout.write(f"  {count} demo souvenirs are on sale at /shop/.")
