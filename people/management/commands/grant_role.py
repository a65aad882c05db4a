"""``manage.py grant_role EMAIL administrator``: the first administrator of a fresh installation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import timezone

from people import services
from people.roles import ADMINISTRATOR, ROLES

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

NEXT = """{email} is an administrator now. What to do next:
  1. Open {url}/me/login/code/, ask for a code and sign in with it.
  2. Set up a second step of signing in; keep the codes for recovery on paper.
  3. Give the other roles at {url}/desk/people/rolegrant/; whoever gets one signs up first, at {url}/me/signup/.
"""


class Command(BaseCommand):
    """Make the first administrator; every other role is granted on the desk, by somebody whose name is written down."""

    help = "Makes the first administrator; opens the account where there is none."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whom, the role, and whether another administrator is no obstacle."""
        parser.add_argument("email")
        parser.add_argument("role", choices=sorted(ROLES))
        parser.add_argument(
            "--anyway", action="store_true", help="although there is an administrator, who lost the second step"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Grant, and say what to do next."""
        email = options["email"]
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email!r} is no e-mail address.") from None
        if options["role"] != ADMINISTRATOR:
            raise CommandError("From here only an administrator is made, who then grants the other roles on the desk.")
        try:
            grant = services.appoint_administrator(email=email, anyway=options["anyway"], now=timezone.now())
        except services.AdministratorExistsError:
            raise CommandError(
                "There is an administrator already: ask them, or add --anyway if they can't sign in any more."
            ) from None
        except services.RolesApartError as error:
            raise CommandError(f"{email} holds the role {error}, which does not go together with it.") from None
        self.stdout.write(NEXT.format(email=grant.user.email, url=settings.SITE_URL))
