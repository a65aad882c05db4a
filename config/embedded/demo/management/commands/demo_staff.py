"""``manage.py demo_staff``: one account for each role, told once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.embedded.demo.staff import NoDemonstrationError, open_demo_accounts


class Command(BaseCommand):
    """Open the demo accounts that are missing and say how to sign in; a second time says nothing."""

    help = "Opens a demo account for each role. Exists in a demonstration alone."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Open and tell."""
        try:
            accounts = open_demo_accounts(now=timezone.now())
        except NoDemonstrationError as error:
            raise CommandError("Here people may be real: demo accounts are for a demonstration alone.") from error
        if not accounts:
            return
        self.stdout.write("  Demo sign-ins at /me/login/, told this once (second step: manage.py demo_code ROLE)")
        for account in accounts:
            told = f"{account.email:<28} {account.password:<14} {account.secret}"
            self.stdout.write(f"  {told}")
