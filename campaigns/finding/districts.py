"""The map of the city's districts, each with its outline and how many campaigns it has."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from campaigns.finding.wanted import DISTRICTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

    from campaigns.finding.wanted import Wanted

FILE = Path(__file__).resolve().parent / "districts.toml"  # drawn by scripts/draw_map.py


@dataclass(frozen=True)
class Outline:
    """A district on the sheet of the city's map, and where its name stands."""

    name: str
    path: str
    x: int
    y: int


@dataclass(frozen=True)
class DistrictRow:
    """One district: its outline (none: the whole city), how many campaigns fit there, and the way to them."""

    name: str
    label: str | _StrPromise
    count: int
    query: str
    is_chosen: bool
    outline: Outline | None


@cache
def outlines() -> dict[str, Outline]:
    """Return the outlines by the district's name."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["district"]
    return {row["name"]: Outline(**row) for row in rows}


def district_rows(*, wanted: Wanted, counts: Mapping[str, int]) -> list[DistrictRow]:
    """Return all districts and the whole city, each with the address of its list; what else is wanted stays."""
    return [
        DistrictRow(
            name=name,
            label=label,
            count=counts.get(name, 0),
            query=wanted.but(district=name).query(),
            is_chosen=wanted.district == name,
            outline=outlines().get(name),
        )
        for name, label in DISTRICTS.items()
    ]
