"""What each contender's client does: hears one wish a line, does it, answers in one line. Standard library alone."""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

CAMPAIGNS = 64
GREATEST_KOPECKS = 500_000
FEWEST, PATIENCE_SECONDS = 5, 5
WARM = 3  # gifts before the first round: connections are made, statements prepared


class Contender(Protocol):
    """A ledger that is measured. Its database is there, and its accounts are open."""

    def give(self, campaign: int, kopecks: int, key: str) -> None:
        """Write one gift to a campaign, from the account where money comes in."""

    def fill(self, rows: int) -> None:
        """Let the books hold as many rows."""

    def read(self) -> dict[str, Callable[[], object]]:
        """Return by account how its balance is read."""

    def seconds_in_database(self, read: Callable[[], object]) -> float:
        """Read once; return how long the database took."""


def serve(contender: Contender, **more: Callable[..., dict[str, Any]]) -> None:
    """Answer until standard input ends; ``more`` are wishes that this contender alone understands."""
    for campaign in range(WARM):
        contender.give(campaign, 100, f"warm:{random.getrandbits(60)}")
    _answer({"ready": True})
    does: dict[str, Callable[..., dict[str, Any]]] = {"post": _post, "fill": _fill, "read": _read, **more}
    for line in sys.stdin:
        wish = json.loads(line)
        _answer(does[wish.pop("do")](contender, **wish))


def _answer(found: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


def _post(contender: Contender, *, campaigns: int, start: float, seconds: float) -> dict[str, Any]:
    """Write gifts from the moment ``start`` on; count those that were finished in time."""
    chance = random.Random()  # noqa: S311 - no secret
    time.sleep(max(0.0, start - time.time()))
    used = time.process_time()
    gifts = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        contender.give(
            chance.randrange(campaigns), chance.randrange(1, GREATEST_KOPECKS), f"bench:{chance.getrandbits(60)}"
        )
        gifts += 1
    return {"gifts": gifts, "client_seconds": time.process_time() - used}


def _fill(contender: Contender, *, rows: int) -> dict[str, Any]:
    contender.fill(rows)
    return {"rows": rows}


def _read(contender: Contender, *, times: int) -> dict[str, Any]:
    """Read each balance so many times, slow ones less often; return the middle of the milliseconds by account."""
    found = {}
    for name, read in contender.read().items():
        seconds = [contender.seconds_in_database(read)]
        while len(seconds) < times and (sum(seconds) < PATIENCE_SECONDS or len(seconds) < FEWEST):
            seconds.append(contender.seconds_in_database(read))
        found[name] = statistics.median(seconds) * 1000
    return found
