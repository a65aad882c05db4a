"""The city's data files, read and checked; no database here."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

DATA = Path(__file__).resolve().parent / "data"
OUTCOMES = ("worked", "nothing", "decided")


class SeedError(Exception):
    """A data file does not hold together; the message names the entry."""


@dataclass(frozen=True)
class CommunitySeed:
    """One community of the document."""

    slug: str
    name: str
    line: int
    members: int | None
    links: tuple[str, ...]
    note: str
    is_uncertain: bool


@dataclass(frozen=True)
class BudgetSeed:
    """One line of a campaign's budget."""

    title: str
    note: str
    amount_kopecks: int


@dataclass(frozen=True)
class CampaignSeed:
    """One initiative of the document, as a demo campaign."""

    slug: str
    title: str
    summary: str
    story: str
    theme: str
    organiser: str
    duration_days: int
    goal_kopecks: int
    budget: tuple[BudgetSeed, ...]


@dataclass(frozen=True)
class HistoryFigure:
    """One number of a chapter, and what was counted."""

    value: str
    label: str


@dataclass(frozen=True)
class ChapterSeed:
    """One step in the history of involvement; ``outcome`` is worked, nothing or decided."""

    slug: str
    when: str
    title: str
    text: str
    outcome: str
    line: int
    figures: tuple[HistoryFigure, ...]


Seed = TypeVar("Seed", CommunitySeed, CampaignSeed, ChapterSeed)


def read_communities(path: Path = DATA / "communities.toml") -> list[CommunitySeed]:
    """Return the communities in the document's order.

    :raises SeedError: if a slug stands twice, or an entry lacks something.
    """
    return _unique([_community(row) for row in _rows(path, "community")], path)


def read_campaigns(path: Path = DATA / "campaigns.toml") -> list[CampaignSeed]:
    """Return the demo campaigns; a goal is the sum of its budget.

    :raises SeedError: if a slug stands twice, or an entry lacks something.
    """
    return _unique([_campaign(row) for row in _rows(path, "campaign")], path)


def read_history(path: Path = DATA / "history.toml") -> list[ChapterSeed]:
    """Return the history of involvement in the order of time.

    :raises SeedError: if a slug stands twice, an entry lacks something or ends in no known way.
    """
    return _unique([_chapter(row) for row in _rows(path, "chapter")], path)


def _rows(path: Path, kind: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))[kind]
    return rows


def _community(row: dict[str, Any]) -> CommunitySeed:
    try:
        return CommunitySeed(
            slug=row["slug"],
            name=row["name"],
            line=row["line"],
            members=row.get("members"),
            links=tuple(row["links"]),
            note=row.get("note", ""),
            is_uncertain=row.get("uncertain", False),
        )
    except KeyError as error:
        raise SeedError(f"{row} lacks {error}") from error


def _campaign(row: dict[str, Any]) -> CampaignSeed:
    try:
        budget = tuple(BudgetSeed(line["title"], line.get("note", ""), line["roubles"] * 100) for line in row["budget"])
        return CampaignSeed(
            slug=row["slug"],
            title=row["title"],
            summary=row["summary"],
            story=row["story"].strip(),
            theme=row["theme"],
            organiser=row.get("organiser", ""),
            duration_days=row["duration_days"],
            goal_kopecks=sum(line.amount_kopecks for line in budget),
            budget=budget,
        )
    except KeyError as error:
        raise SeedError(f"{row.get('slug', row)} lacks {error}") from error


def _chapter(row: dict[str, Any]) -> ChapterSeed:
    try:
        figures = tuple(HistoryFigure(figure["value"], figure["label"]) for figure in row.get("figures", []))
        found = ChapterSeed(
            row["slug"], row["when"], row["title"], row["text"].strip(), row["outcome"], row["line"], figures
        )
    except KeyError as error:
        raise SeedError(f"{row.get('slug', row)} lacks {error}") from error
    if found.outcome not in OUTCOMES:
        raise SeedError(f"{found.slug} ends in {found.outcome}, not in one of {OUTCOMES}")
    return found


def _unique(rows: list[Seed], path: Path) -> list[Seed]:
    slugs = [row.slug for row in rows]
    double = {slug for slug in slugs if slugs.count(slug) > 1}
    if double:
        raise SeedError(f"{path.name}: {sorted(double)} stand twice")
    return rows
