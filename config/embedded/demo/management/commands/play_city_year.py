"""``manage.py play_city_year``: a year of campaigns on the running demonstration, so that every state can be seen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config import env
from config.embedded.city_year.plan import planned_year
from config.embedded.city_year.play import Year
from config.embedded.demo.staff import NoDemonstrationError, require_demonstration
from emulator.control import EmulatorControl

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from config.embedded.city_year.plan import PlannedYear

MONTH_SECONDS = 60.0


class Command(BaseCommand):
    """Exit 0 if all stands and has happened as planned and the books are balanced; else 1 with each difference."""

    help = "Plays a year of campaigns beside the running demonstration. Exists in a demonstration alone."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how long a month lasts, and which campaigns are played."""
        parser.add_argument("--month-seconds", type=float, default=MONTH_SECONDS)
        parser.add_argument("--campaigns", default="", help="a part of the year: slugs of year.toml, with commas")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Play, say what came of it, check the books."""
        try:
            require_demonstration()
        except NoDemonstrationError as error:
            raise CommandError("Here money or people may be real: the year is for a demonstration alone.") from error
        began, shop = time.monotonic(), env.yookassa()
        year = Year(
            plan=_plan(options["campaigns"]),
            site_url=f"http://127.0.0.1:{env.port()}",
            pay_url=shop.emulator_url,
            control=EmulatorControl(shop.emulator_url, shop.emulator_token),
            month_seconds=options["month_seconds"],
            say=self.stdout.write,
        )
        outcome = year.play()
        counted = f"{outcome.campaigns} campaigns, {outcome.gifts} gifts, {outcome.paths} paths"
        self.stdout.write(f"{counted}; {time.monotonic() - began:.0f} s.")
        for difference in outcome.differences:
            self.stdout.write(difference)
        call_command("check_books", stdout=self.stdout)
        if outcome.differences:
            raise CommandError("Not all stands as the plan says: see above.")
        self.stdout.write("All stands as the plan says, and every path has happened.")


def _plan(slugs: str) -> PlannedYear:
    """Return the whole plan, or a part of it."""
    plan = planned_year()
    if not slugs:
        return plan
    try:
        return plan.part([slug.strip() for slug in slugs.split(",")])
    except KeyError as error:
        raise CommandError(f"A part needs campaigns that are there: {', '.join(error.args)}.") from error
