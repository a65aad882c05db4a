"""A campaign as it was handed in, in words that can be compared; kept for each round of review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from campaigns.life.differences import Piece, difference
from campaigns.models import BudgetLine, Campaign, CampaignPicture, HandedIn
from fund.money import format_roubles

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.utils.functional import _StrPromise

NAMES: dict[str, _StrPromise] = {
    "title": _("title"),
    "summary": _("in one sentence"),
    "story": _("story"),
    "theme": _("theme"),
    "district": _("district"),
    "funding": _("funding"),
    "closes_at": _("deadline"),
    "delivery_due_date": _("will be done by"),
    "budget": _("what the money is for"),
    "pictures": _("pictures"),
}


@dataclass(frozen=True)
class Change:
    """What was changed of one part of a campaign."""

    name: _StrPromise
    pieces: list[Piece]


def budget_words(lines: Iterable[BudgetLine]) -> str:
    """Return a budget as text, a line each."""
    needed = gettext("can't do without")
    return "\n".join(
        f"{line.title}: {format_roubles(line.amount_kopecks)}"
        + (f", {needed}" if line.is_essential else "")
        + (f" ({line.note})" if line.note else "")
        for line in lines
    )


def day_words(value: datetime | None) -> str:
    """Return a deadline as a day in Moscow; nothing where there is none."""
    return date_format(timezone.localtime(value), "j E Y") if value else ""


def keep_version(*, campaign: Campaign, now: datetime) -> None:
    """Keep what is handed in now; the caller has begun its round. The words are Russian, whoever handed it in."""
    with override("ru"):
        words = _words(campaign)
    HandedIn.objects.create(campaign=campaign, review_round=campaign.review_round, words=words, at=now)


def changes_since(*, campaign: Campaign) -> list[Change]:
    """Return what is other than when it was handed in the round before; nothing in the first round. One query."""
    rounds = list(HandedIn.objects.filter(campaign=campaign).order_by("-review_round")[:2])
    if len(rounds) < 2:  # noqa: PLR2004 - this round and the one before
        return []
    new, old = rounds[0].words, rounds[1].words
    return [
        Change(name, difference(old.get(key, ""), new.get(key, "")))
        for key, name in NAMES.items()
        if old.get(key, "") != new.get(key, "")
    ]


def _words(campaign: Campaign) -> dict[str, str]:
    ready = CampaignPicture.objects.filter(campaign=campaign, state=CampaignPicture.State.READY).order_by("pk")
    return {
        "title": campaign.title,
        "summary": campaign.summary,
        "story": campaign.story,
        "theme": campaign.theme,
        "district": str(campaign.get_district_display()),
        "funding": str(campaign.get_funding_display()),
        "closes_at": day_words(campaign.closes_at),
        "delivery_due_date": date_format(campaign.delivery_due_date, "j E Y") if campaign.delivery_due_date else "",
        "budget": budget_words(campaign.budget_lines.order_by("position")),
        "pictures": "\n".join(f"{one.get_kind_display()}: {one.alt} ({one.digest[:8]})" for one in ready),
    }
