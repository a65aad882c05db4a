"""One page of what was found, as templates show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from campaigns import selectors
from campaigns.finding import marking, searching
from campaigns.finding.wanted import DISTRICTS, FUNDINGS, STATES, Sort

if TYPE_CHECKING:
    from collections.abc import Sequence
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
class Value:
    """One value of a facet or one order: how many fit, and the address that chooses it or takes it back."""

    label: str | _StrPromise
    count: int
    query: str
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """One way to narrow the list."""

    name: str
    title: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Card:
    """One campaign with its figures; ``marked`` where words were looked for."""

    row: CampaignRow
    marked: Marked | None


@dataclass(frozen=True)
class FoundPage:
    """All that a page of the list shows."""

    wanted: Wanted
    found: Found
    cards: tuple[Card, ...]
    facets: tuple[Facet, ...]
    sorts: tuple[Value, ...]
    page: int
    pages: int

    @property
    def chosen(self) -> list[Value]:
        """Return what is chosen, with the addresses that take it back."""
        return [value for facet in self.facets for value in facet.values if value.is_chosen]

    @property
    def previous_query(self) -> str:
        """Return the address of the page before; empty where there is none, «?» for the bare first."""
        return (self.wanted.query(page=self.page - 1) or "?") if self.page > 1 else ""

    @property
    def next_query(self) -> str:
        """Return the address of the next page, if there is one."""
        return self.wanted.query(page=self.page + 1) if self.page < self.pages else ""


def found_page(*, wanted: Wanted, number: str, now: datetime, size: int = PAGE_SIZE) -> FoundPage:
    """Return one page of what fits; a page that is not there is the nearest.

    Four queries, however many; with words five, and two more where nothing is found as it was typed.
    """
    asked = max(1, int(number[:6])) if number.isascii() and number.isdecimal() else 1
    found = searching.search(wanted=wanted, now=now, limit=size, offset=(asked - 1) * size)
    pages = max(1, -(-found.total // size))
    page = min(asked, pages)
    if page < asked:
        found = searching.search(wanted=wanted, now=now, limit=size, offset=(page - 1) * size)
    cards = _cards(in_order(found.page), found, now)
    return FoundPage(wanted, found, cards, _facets(wanted, found), _sorts(wanted), page, pages)


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
    themes = sorted(found.counts["theme"].items(), key=lambda item: (-item[1], item[0]))[:MOST_THEMES]
    known: dict[str, tuple[str, dict[str, str | _StrPromise]]] = {
        "theme": (_("Theme"), {theme: theme for theme, _count in themes if theme}),
        "district": (_("District"), {**DISTRICTS}),
        "state": (_("State"), {**STATES}),
        "funding": (_("What becomes of the money"), {**FUNDINGS}),
    }
    if wanted.theme:
        known["theme"][1].setdefault(wanted.theme, wanted.theme)
    return tuple(
        Facet(name, title, _values(wanted, name, labels, found.counts[name])) for name, (title, labels) in known.items()
    )


def _values(
    wanted: Wanted, name: str, labels: dict[str, str | _StrPromise], counts: dict[str, int]
) -> tuple[Value, ...]:
    """Return the values that fit something, and the one that is chosen in any case."""
    chosen = getattr(wanted, name)
    return tuple(
        Value(
            label=label,
            count=counts.get(value, 0),
            query=wanted.but(**{name: "" if value == chosen else value}).query() or "?",
            is_chosen=value == chosen,
        )
        for value, label in labels.items()
        if counts.get(value) or value == chosen
    )


def _sorts(wanted: Wanted) -> tuple[Value, ...]:
    usual = Sort.FITTING if wanted.q else Sort.NEWEST
    return tuple(
        Value(sort.label, 0, wanted.but(sort="" if sort == usual else sort.value).query() or "?", wanted.order == sort)
        for sort in Sort
        if wanted.q or sort != Sort.FITTING
    )
