"""What happens in the year, as ``year.toml`` has it, and who gives what: the same on every machine."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from emulator.cards import PLAIN

FILE = Path(__file__).with_name("year.toml")
SPACE = UUID("9c6d2a1e-7b1f-4c46-9a0e-1f8d0b6f7c11")
SUMS = (200, 300, 500, 500, 1000, 1500, 2000, 3000, 5000, 10000)
MONTHS = 12


@dataclass(frozen=True)
class PlannedOrganiser:
    """Who runs campaigns in the year."""

    slug: str
    name: str
    about: str

    @property
    def email(self) -> str:
        """Return a mailbox that can't exist (RFC 2606)."""
        return f"{self.slug}@demo.example"


@dataclass(frozen=True)
class PlannedGift:
    """One gift of the year."""

    campaign: str
    number: int
    roubles: int
    is_kept_if_late: bool
    card: str

    @property
    def key(self) -> str:
        """Return the gift's one-time key, so that a year that was cut is played again without a second gift."""
        return str(uuid5(SPACE, f"{self.campaign}:{self.number}"))

    @property
    def email(self) -> str:
        """Return a mailbox that can't exist."""
        return f"{self.campaign}-{self.number}@example.org"


@dataclass(frozen=True)
class PlannedCampaign:
    """One campaign of the year; ``opens`` is its month, ``lasts`` for how many it collects (0: without a deadline)."""

    slug: str
    title: str
    summary: str
    organiser: str
    theme: str
    district: str
    funding: str
    opens: int
    lasts: int
    give_percent: int
    kept_percent: int
    end: str
    because: str
    is_late: bool
    budget: tuple[tuple[str, int, bool], ...]

    @property
    def goal_kopecks(self) -> int:
        """Return what all lines of the budget make."""
        return sum(roubles for _title, roubles, _is_essential in self.budget) * 100

    @property
    def minimum_kopecks(self) -> int | None:
        """Return what the essential lines make, where the money is owed until it is there."""
        if self.funding != "all_or_nothing":
            return None
        return sum(roubles for _title, roubles, is_essential in self.budget if is_essential) * 100

    def gifts(self) -> list[PlannedGift]:
        """Return who gives, until the share of the goal is there that the plan says."""
        chance = random.Random(self.slug)  # noqa: S311 - no secret
        left = self.goal_kopecks * self.give_percent // 10_000
        found: list[PlannedGift] = []
        while left > 0:
            roubles = min(chance.choice(SUMS), max(left, 100))
            is_kept = chance.randrange(100) < self.kept_percent
            found.append(PlannedGift(self.slug, len(found) + 1, roubles, is_kept, chance.choice(sorted(PLAIN))))
            left -= roubles
        return found


def planned_year() -> tuple[list[PlannedOrganiser], list[PlannedCampaign]]:
    """Return organisers and campaigns, these in the order in which they are opened."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    organisers = [PlannedOrganiser(**row) for row in told["organiser"]]
    campaigns = [_campaign(row) for row in told["campaign"]]
    return organisers, sorted(campaigns, key=lambda one: one.opens)


def _campaign(row: dict[str, Any]) -> PlannedCampaign:
    opens, lasts = row["months"]
    return PlannedCampaign(
        slug=row["slug"],
        title=row["title"],
        summary=row["summary"],
        organiser=row["organiser"],
        theme=row["theme"],
        district=row.get("district", ""),
        funding=row["funding"],
        opens=opens,
        lasts=lasts,
        give_percent=row["give"],
        kept_percent=row.get("fund_if_missed", 0),
        end=row["end"],
        because=row.get("because", ""),
        is_late=row.get("late", False),
        budget=tuple((title, roubles, is_essential) for title, roubles, is_essential in row["budget"]),
    )
