"""The measurements: gifts a second in interleaved rounds, balances at growing sizes, the sealer's pace."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from config.embedded.bench.books.clients import MOST_CLIENTS, Clients, Round
from config.embedded.bench.machine import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CLIENTS = (1, 4, MOST_CLIENTS)
KINDS = {"spread": 64, "hot": 1}
UNSEALED = 500  # what a busy half minute posts between two checkpoints
READS = 300  # a look at the slow ones is fewer: loop.py
SEALED = "our service, sealer at work"
Key = tuple[str, str, int]


class Posting(Protocol):
    """Whoever writes gifts."""

    def post(self, *, clients: int, campaigns: int, seconds: float) -> Round:
        """Let so many clients write gifts for a while."""


@dataclass
class Found:
    """Rounds by contender, kind and clients; milliseconds of a balance by size, contender and account; sealing."""

    rounds: dict[Key, list[Round]] = field(default_factory=lambda: defaultdict(list))
    balances: dict[int, dict[str, dict[str, float]]] = field(default_factory=dict)
    sealed: list[tuple[int, float]] = field(default_factory=list)

    def middle(self, name: str, kind: str, clients: int) -> float:
        """Return the median of the rounds' gifts a second."""
        return statistics.median(one.a_second for one in self.rounds[(name, kind, clients)])

    def ratio(self, one: Key, other: Key) -> float:
        """Return the median of the ratios within each round: what slows the machine meanwhile slows both."""
        pairs = zip(self.rounds[one], self.rounds[other], strict=True)
        return statistics.median(a.a_second / b.a_second for a, b in pairs)

    @property
    def sealed_a_second(self) -> float:
        """Return how many operations were sealed and signed a second."""
        return sum(count for count, _seconds in self.sealed) / sum(seconds for _count, seconds in self.sealed)


def grow_and_read(
    ours: Clients, others: Mapping[str, Clients], sizes: Sequence[int], found: Found, *, tidy: Callable[[], None]
) -> None:
    """Let all ledgers grow to each size, seal ours but for the last few, and read balances.

    :param tidy: does for our tables at once what autovacuum does in time; the others do so when they fill theirs.
    """
    for size in sizes:
        say(f"Filling every ledger to {size} rows…")
        ours.ask({"do": "fill", "rows": size - UNSEALED})
        sealed = ours.ask({"do": "seal"})[0]
        found.sealed.append((sealed["operations"], sealed["seconds"]))
        ours.ask({"do": "fill", "rows": size})
        tidy()
        for client in others.values():
            client.ask({"do": "fill", "rows": size})
        found.balances[size] = {
            name: client.ask({"do": "read", "times": READS})[0] for name, client in {"ours": ours, **others}.items()
        }
        say(f"balances, ms: {found.balances[size]}; sealed {sealed['operations'] / sealed['seconds']:.0f} a second")


def interleave(contenders: Mapping[str, Posting], *, rounds: int, seconds: float, found: Found) -> None:
    """Measure everybody in turn, again and again."""
    for number in range(rounds):
        for clients in CLIENTS:
            for kind, campaigns in KINDS.items():
                for name, contender in contenders.items():
                    if name == SEALED and (clients, kind) != (MOST_CLIENTS, "spread"):
                        continue
                    measured = contender.post(clients=clients, campaigns=campaigns, seconds=seconds)
                    found.rounds[(name, kind, clients)].append(measured)
                    say(f"round {number + 1}, {clients} clients, {kind}, {name}: {measured.a_second:.0f} a second")


@dataclass(frozen=True)
class BesideTheSealer:
    """Our service while a sealer never rests; it has the last rounds' backlog to work on."""

    service: Clients
    sealer: Clients
    beside: list[dict[str, Any]] = field(default_factory=list)

    def post(self, *, clients: int, campaigns: int, seconds: float) -> Round:
        """Let so many clients write gifts for a while."""
        self.sealer.tell({"do": "seal", "seconds": seconds})
        measured = self.service.post(clients=clients, campaigns=campaigns, seconds=seconds)
        self.beside.extend(self.sealer.hear())
        return measured
