"""``manage.py simulate``: many donors on a throwaway copy of the fund, with faults and kills."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from config.embedded.simulation import Outcome


class Command(BaseCommand):
    """Exit 0 if the books equal the emulator's own list to the kopeck, else 1 with every difference."""

    help = "Simulates donors on a copy of the fund: simulate --donations 500 --faults"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many, whether things break, and the seed of all choices."""
        parser.add_argument("--donations", type=int, default=100)
        parser.add_argument("--faults", action="store_true")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Simulate, then say what came out."""
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
