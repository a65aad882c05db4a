"""What single pieces of a line cost: whole kopecks that add up to the line, also where part of it goes back.

Pure Python. A discount rarely divides evenly, and a receipt's item has one price: so the first pieces of a line cost
a kopeck more than the rest, and go back first.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from fund.money import Kopecks

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Run:
    """So many pieces at one price."""

    quantity: int
    price_kopecks: Kopecks


def runs(*, total_kopecks: int, quantity: int, start: int, stop: int) -> list[Run]:
    """Return pieces ``start`` to ``stop`` (without) of a line of so many that cost ``total_kopecks``: one run or two.

    :raises ValueError: if the line has no such pieces.
    """
    if not 0 <= start < stop <= quantity:
        raise ValueError(start, stop, quantity)
    return list(_runs(total_kopecks, quantity, start, stop))


def cost(*, total_kopecks: int, quantity: int, start: int, stop: int) -> Kopecks:
    """Return what these pieces cost together; nothing for none."""
    base, dearer = divmod(total_kopecks, quantity)
    return Kopecks((stop - start) * base + min(stop, dearer) - min(start, dearer))


def _runs(total: int, quantity: int, start: int, stop: int) -> Iterator[Run]:
    base, dearer = divmod(total, quantity)
    bounds = (start, min(max(start, dearer), stop), stop)
    for more, (first, last) in zip((1, 0), pairwise(bounds), strict=True):
        if last > first:
            yield Run(last - first, Kopecks(base + more))
