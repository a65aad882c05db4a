"""One page of what was found, as templates show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from campaigns import selectors
from campaigns.finding import marking, searching
from campaigns.finding.asked import Facet, FoundPage, commonest, facet, look_up
from campaigns.finding.wanted import DISTRICTS, FUNDINGS, STATES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.utils.functional import _StrPromise

    from campaigns.finding.marking import Marked
    from campaigns.finding.searching import Found
    from campaigns.finding.wanted import Wanted
    from campaigns.models import Campaign
    from campaigns.selectors import CampaignRow

PAGE_SIZE = 12
MOST_THEMES = 20


@dataclass(frozen=True)
class Card:
    """One campaign with its figures; ``marked`` where words were looked for."""

    row: CampaignRow
    marked: Marked | None


def found_page(*, wanted: Wanted, number: str, now: datetime, size: int = PAGE_SIZE) -> FoundPage[Wanted, Card]:
    """Return one page of what fits; a page that is not there is the nearest.

    Four queries, however many; with words five, and two more where nothing is found as it was typed.
    """

    def search(offset: int) -> Found:
        return searching.search(wanted=wanted, now=now, limit=size, offset=offset)

    found, page, pages = look_up(number=number, size=size, search=search)
    cards = _cards(in_order(found.page), found, now)
    return FoundPage(wanted, found, cards, _facets(wanted, found), page, pages)


def in_order(numbers: Sequence[int]) -> list[Campaign]:
    """Return published campaigns by their ids, in that order. One query."""
    rows = selectors.published().order_by().in_bulk(numbers)
    return [rows[number] for number in numbers if number in rows]


def _cards(campaigns: Sequence[Campaign], found: Found, now: datetime) -> tuple[Card, ...]:
    rows = selectors.rows(campaigns=campaigns, now=now)
    marked: dict[int, Marked] = {}
    if found.question is not None and campaigns:
        texts = {one.pk: (one.title, one.summary, one.story) for one in campaigns}
        marked = marking.mark(question=found.question, texts=texts)
    return tuple(Card(row, marked.get(row.campaign.pk)) for row in rows)


def _facets(wanted: Wanted, found: Found) -> tuple[Facet, ...]:
    known: tuple[tuple[str, str, Mapping[str, str | _StrPromise]], ...] = (
        ("theme", _("Theme"), {**commonest(chosen=wanted.theme, counts=found.counts["theme"], most=MOST_THEMES)}),
        ("district", _("District"), {**DISTRICTS}),
        ("state", _("State"), {**STATES}),
        ("funding", _("What becomes of the money"), {**FUNDINGS}),
    )
    return tuple(
        facet(wanted=wanted, name=name, title=title, labels=labels, counts=found.counts[name])
        for name, title, labels in known
    )
