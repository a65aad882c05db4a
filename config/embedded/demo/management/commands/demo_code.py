"""``manage.py demo_code treasurer``: the second step of a demo account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from config.embedded.demo.staff import ORGANISER, NoDemonstrationError, NoSuchAccountError, code_of
from people.roles import ROLES

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Say the six digits that the role's authenticator app would show now."""

    help = "Says the current code of a demo account. Exists in a demonstration alone."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whose."""
        parser.add_argument("role", choices=sorted({*ROLES, ORGANISER}))

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say it."""
        try:
            self.stdout.write(code_of(role=options["role"]))
        except NoDemonstrationError as error:
            raise CommandError("Here people may be real: their codes are their own.") from error
        except NoSuchAccountError as error:
            raise CommandError("There is no demo account: an empty `make run` opens them.") from error
