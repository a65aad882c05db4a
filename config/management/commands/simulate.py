"""``manage.py simulate``: many donors, or a city's year, on a throwaway copy of the fund."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from config.embedded.simulation import Outcome


class Command(BaseCommand):
    """Exit 0 if the books equal the emulator's own list to the kopeck, else 1 with every difference.

    A city's year ends well if all stands and has happened as its plan says and the books are balanced; ``--here`` plays
    it on the demonstration that runs already, to be looked at, and ``--campaigns`` a part of it.
    """

    help = "Simulates donors on a copy of the fund: simulate --donations 500 --faults, or --city-year [--here]"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many, whether things break, and the seed of all choices."""
        parser.add_argument("--donations", type=int, default=100)
        parser.add_argument("--faults", action="store_true")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--city-year", action="store_true")
        parser.add_argument("--here", action="store_true")
        parser.add_argument("--month-seconds", type=float, default=60.0)
        parser.add_argument("--campaigns", default="", help="a part of the year: slugs of year.toml, with commas")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Simulate, then say what came out."""
        if options["city_year"]:
            self._play_year(options)
            return
        from config.embedded.copy import Copy
        from config.embedded.simulation import Simulation

        began = time.monotonic()
        fund = Copy()
        try:
            simulation = Simulation(
                fund,
                donations=options["donations"],
                has_faults=options["faults"],
                seed=options["seed"],
                say=self.stdout.write,
            )
            outcome = simulation.run()
        finally:
            fund.stop()
        self._report(outcome, time.monotonic() - began)

    def _play_year(self, options: dict[str, Any]) -> None:
        """Play the year here, or on a copy; the books are checked when it is over."""
        from django.core.management import call_command, get_commands

        from config.embedded.copy import Copy

        if options["here"]:
            if "play_city_year" not in get_commands():
                raise CommandError("Here money or people may be real: the year is for a demonstration alone.")
            chosen = {name: options[name] for name in ("month_seconds", "campaigns")}
            call_command("play_city_year", **chosen, stdout=self.stdout)
            return
        fund = Copy({"DEMO": "0"})
        try:
            fund.prepare()
            fund.start()
            fund.wait_ready()
            pace = ["--month-seconds", str(options["month_seconds"])]
            status = fund.say("play_city_year", *pace, "--campaigns", options["campaigns"])
        finally:
            fund.stop()
        if status:
            raise CommandError("The year or its books are not as they should be: see above.")

    def _report(self, outcome: Outcome, seconds: float) -> None:
        self.stdout.write(f"donors: {dict(outcome.donors)}; kills: {dict(outcome.kills)}; {seconds:.0f} s")
        self.stdout.write(
            f"charged {outcome.charged_kopecks}, booked {outcome.booked_kopecks},"
            f" refunded {outcome.refunded_kopecks} kopecks"
        )
        self.stdout.write(outcome.check_books)
        if outcome.differences:
            raise CommandError("\n".join(outcome.differences))
        self.stdout.write("The books equal the emulator's list to the kopeck.")
