"""What happens in the year, as ``year.toml`` has it, and who gives what: the same on every machine."""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from emulator.cards import PLAIN

if TYPE_CHECKING:
    from collections.abc import Collection

FILE = Path(__file__).with_name("year.toml")
SPACE = UUID("9c6d2a1e-7b1f-4c46-9a0e-1f8d0b6f7c11")
SUMS = (200, 300, 500, 500, 1000, 1500, 2000, 3000, 5000, 10000)
MONTHS = 12
RESTORED = "restored"  # an organiser that was suspended, and is vouched for again
CARD = min(PLAIN)
PATH_NUMBERS = 100  # gifts of paths are numbered from here on: a campaign's own keep theirs


@dataclass(frozen=True)
class PlannedOrganiser:
    """Who applies in the year; ``end`` is an organiser's state, or ``restored``; ``because``: what the council says."""

    slug: str
    name: str
    about: str
    end: str = "verified"
    because: str = ""

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
    card: str
    is_kept_if_late: bool = False
    is_monthly: bool = False

    @property
    def key(self) -> str:
        """Return the gift's one-time key, so that a year that was cut is played again without a second gift."""
        return str(uuid5(SPACE, f"{self.campaign}:{self.number}"))

    @property
    def request_key(self) -> str:
        """Return by which key the site knows a gift that came by its form."""
        return f"form:{self.key}"

    @property
    def email(self) -> str:
        """Return a mailbox that can't exist."""
        return f"{self.campaign}-{self.number}@example.org"

    def words(self) -> dict[str, str]:
        """Return what is written into the site's form."""
        found = {"key": self.key, "amount": str(self.roubles), "email": self.email}
        found |= {"offer": "on", "personal_data": "on"}
        found |= {"is_kept_if_late": "on"} if self.is_kept_if_late else {}
        return found | ({"how": "monthly", "recurring": "on"} if self.is_monthly else {})


@dataclass(frozen=True)
class PlannedPath:
    """What happens beside a campaign's life, from ``month`` on, with gifts of its own.

    ``name`` is a way of ``paths.py``; ``target`` the campaign that a share moves to.
    """

    name: str
    campaign: str
    month: int
    gifts: tuple[PlannedGift, ...]
    target: str

    @property
    def key(self) -> str:
        """Return what names its words, so that they are written once."""
        return str(uuid5(SPACE, f"{self.campaign}:{self.name}"))

    @property
    def email(self) -> str:
        """Return a reader's mailbox, which can't exist."""
        return f"{self.campaign}-{self.name.replace('_', '-')}@example.org"


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
            found.append(PlannedGift(self.slug, len(found) + 1, roubles, chance.choice(sorted(PLAIN)), is_kept))
            left -= roubles
        return found


@dataclass(frozen=True)
class PlannedYear:
    """The whole plan, or a part of it; campaigns in the order in which they are opened."""

    organisers: tuple[PlannedOrganiser, ...]
    campaigns: tuple[PlannedCampaign, ...]
    paths: tuple[PlannedPath, ...]

    @property
    def first_month(self) -> int:
        """Return in which month the first campaign is opened."""
        return min(campaign.opens for campaign in self.campaigns)

    def part(self, slugs: Collection[str]) -> PlannedYear:
        """Return these campaigns with who runs them and what happens beside them.

        Who runs none of the year's campaigns is in every part.

        :raises KeyError: naming campaigns that do not exist, or that a share is to move to and that are left out.
        """
        paths = tuple(path for path in self.paths if path.campaign in slugs)
        missing = {*slugs} - {campaign.slug for campaign in self.campaigns}
        missing |= {path.target for path in paths if path.target and path.target not in slugs}
        if missing:
            raise KeyError(*sorted(missing))
        campaigns = tuple(campaign for campaign in self.campaigns if campaign.slug in slugs)
        left_out = {one.organiser for one in self.campaigns} - {one.organiser for one in campaigns}
        return PlannedYear(tuple(one for one in self.organisers if one.slug not in left_out), campaigns, paths)


def planned_year() -> PlannedYear:
    """Return all that happens in the year."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    organisers = tuple(PlannedOrganiser(**row) for row in told["organiser"])
    campaigns = sorted((_campaign(row) for row in told["campaign"]), key=lambda one: one.opens)
    return PlannedYear(organisers, tuple(campaigns), tuple(_paths(told["path"])))


def _paths(rows: list[dict[str, Any]]) -> list[PlannedPath]:
    numbers: Counter[str] = Counter()
    found = []
    for row in rows:
        slug, gifts = row["campaign"], []
        for roubles in row.get("gifts", []):
            numbers[slug] += 1
            number = PATH_NUMBERS + numbers[slug]
            gifts.append(PlannedGift(slug, number, roubles, CARD, is_monthly=row.get("monthly", False)))
        found.append(PlannedPath(row["name"], slug, row["month"], tuple(gifts), row.get("target", "")))
    return found


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
