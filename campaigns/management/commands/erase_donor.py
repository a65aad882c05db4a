"""``manage.py erase_donor``: forget a person who asked for it by letter."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaigns.services import erasing


class Command(BaseCommand):
    """Write the request down and take it as far as it goes now; the worker does the rest.

    The address is read from standard input, never from the command line, which logs and other users see.
    """

    help = "Erases a donor: reads the e-mail from standard input, or asks for it."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Ask for the address and forget it."""
        email = (getpass("E-mail (not shown): ") if sys.stdin.isatty() else sys.stdin.readline()).strip()
        now = timezone.now()
        try:
            asked = erasing.erase_for_staff(email=email, by=None, now=now)
        except erasing.UnknownPersonError as error:
            raise CommandError("Nobody of that address gave or has an account.") from error
        if erasing.carry_out_erasure(request_id=asked.pk, now=now):
            self.stdout.write(f"Erasure {asked.pk} is done.")
        else:
            self.stdout.write(f"Erasure {asked.pk} is asked for; the worker carries it out when nothing is under way.")
