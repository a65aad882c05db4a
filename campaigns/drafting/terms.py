"""What a campaign's form says once it is whole; and the words of a form for a campaign as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from django.utils import timezone

from campaigns.models import BudgetLine, Campaign
from fund.money import Kopecks, to_decimal_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

LAST_MINUTE = time(23, 59)
Funding = Campaign.Funding
WITH_DEADLINE = (Funding.ALL_OR_NOTHING, Funding.FLEXIBLE)
Words = dict[str, str]


@dataclass(frozen=True)
class Line:
    """One thing that the money is for."""

    title: str
    note: str
    amount_kopecks: Kopecks
    is_essential: bool


@dataclass(frozen=True)
class Terms:
    """A whole campaign as its organiser wrote it."""

    title: str
    summary: str
    story: str
    theme: str
    district: str
    funding: str
    closes_at: datetime | None
    delivery_due_date: date
    lines: tuple[Line, ...]

    @property
    def goal_kopecks(self) -> Kopecks:
        """Return the optimum: all lines together."""
        return Kopecks(sum(line.amount_kopecks for line in self.lines))

    @property
    def essential_kopecks(self) -> Kopecks:
        """Return what the project can't do without."""
        return Kopecks(sum(line.amount_kopecks for line in self.lines if line.is_essential))

    @property
    def minimum_kopecks(self) -> Kopecks | None:
        """Return the minimum of an all-or-nothing campaign; None of others."""
        return self.essential_kopecks if self.funding == Funding.ALL_OR_NOTHING else None

    def columns(self) -> dict[str, object]:
        """Return the campaign's columns."""
        names = ("title", "summary", "story", "theme", "district", "funding", "closes_at", "delivery_due_date")
        found: dict[str, object] = {name: getattr(self, name) for name in names}
        return found | {"goal_kopecks": self.goal_kopecks, "minimum_kopecks": self.minimum_kopecks}

    def budget(self, campaign: Campaign) -> list[BudgetLine]:
        """Return the lines as rows that are not saved yet."""
        return [
            BudgetLine(
                campaign=campaign, position=position, title=line.title, note=line.note,
                amount_kopecks=line.amount_kopecks, is_essential=line.is_essential,
            )
            for position, line in enumerate(self.lines, start=1)
        ]  # fmt: skip


def end_of(day: date) -> datetime:
    """Return the last minute of a day in Moscow: a deadline's day counts whole."""
    return timezone.make_aware(datetime.combine(day, LAST_MINUTE))


def words_of(*, campaign: Campaign, lines: Sequence[BudgetLine]) -> Words:
    """Return the words that the form of a campaign holds, as if they had been typed."""
    ends = campaign.closes_at
    found = {
        "title": campaign.title,
        "summary": campaign.summary,
        "story": campaign.story,
        "theme": campaign.theme,
        "district": campaign.district,
        "funding": campaign.funding,
        "deadline": timezone.localdate(ends).isoformat() if ends else "",
        "delivery_due_date": campaign.delivery_due_date.isoformat() if campaign.delivery_due_date else "",
        "lines-TOTAL_FORMS": str(len(lines)),
        "lines-INITIAL_FORMS": "0",
    }
    for number, line in enumerate(lines):
        found |= {
            f"lines-{number}-title": line.title,
            f"lines-{number}-note": line.note,
            f"lines-{number}-amount": to_decimal_text(line.amount_kopecks).replace(".", ",").removesuffix(",00"),
        } | ({f"lines-{number}-is_essential": "on"} if line.is_essential else {})
    return found
