"""``manage.py play_city_year``: a year of campaigns on the running demonstration, so that every state can be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from config import env
from config.embedded.city_year.play import Year
from config.embedded.demo.staff import NoDemonstrationError, require_demonstration

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

MONTH_SECONDS = 60.0


class Command(BaseCommand):
    """Exit 0 if every campaign stands as the plan says when the year is over, else 1 with each that does not."""

    help = "Plays a year of campaigns beside the running demonstration. Exists in a demonstration alone."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how long a month lasts."""
        parser.add_argument("--month-seconds", type=float, default=MONTH_SECONDS)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Play, then say what came of it."""
        try:
            require_demonstration()
        except NoDemonstrationError as error:
            raise CommandError("Here money or people may be real: the year is for a demonstration alone.") from error
        year = Year(
            site_url=f"http://127.0.0.1:{env.port()}",
            pay_url=env.yookassa().emulator_url,
            month_seconds=options["month_seconds"],
            say=self.stdout.write,
        )
        outcome = year.play()
        self.stdout.write(f"{outcome.campaigns} campaigns, {outcome.gifts} gifts.")
        if outcome.differences:
            raise CommandError("\n".join(outcome.differences))
        self.stdout.write("Every campaign stands as the plan says.")
