"""One page of what was found in the shop, as templates show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from campaigns.finding.page import Facet, Value
from merch import selectors
from merch.catalogue import searching
from merch.catalogue.wanted import IN_STOCK, Sort

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from campaigns.finding.searching import Found
    from merch.catalogue.wanted import Wanted
    from merch.selectors import Card

PAGE_SIZE = 24
MOST_VALUES = 20


@dataclass(frozen=True)
class ShopPage:
    """All that a page of the shop shows."""

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


def shop_page(*, wanted: Wanted, number: str, size: int = PAGE_SIZE) -> ShopPage:
    """Return one page of what fits; a page that is not there is the nearest.

    Six queries, however many; up to two more where words find nothing as typed, one for a page that is not there.
    """
    asked = max(1, int(number[:6])) if number.isascii() and number.isdecimal() else 1
    found = searching.search(wanted=wanted, limit=size, offset=(asked - 1) * size)
    pages = max(1, -(-found.total // size))
    page = min(asked, pages)
    if page < asked:
        found = searching.search(wanted=wanted, limit=size, offset=(page - 1) * size)
    return ShopPage(
        wanted, found, selectors.cards(numbers=found.page), _facets(wanted, found), _sorts(wanted), page, pages
    )


def _facets(wanted: Wanted, found: Found) -> tuple[Facet, ...]:
    """Return the facets; what a campaign that is not public is called stays out of them. Two queries."""
    feeds = {selectors.FUND: _("The public fund")} | selectors.fed_titles(subjects=found.counts["feeds"])
    known: tuple[tuple[str, str, Mapping[str, str]], ...] = (
        ("available", _("In stock"), {IN_STOCK: _("Available now")}),
        ("collection", _("Collection"), selectors.collection_titles()),
        ("tag", _("Tag"), _commonest(wanted.tag, found.counts["tag"])),
        ("maker", _("Who made it"), _commonest(wanted.maker, found.counts["maker"])),
        ("feeds", _("Whom the purchase feeds"), feeds),
    )
    return tuple(
        Facet(name, title, tuple(_values(wanted, name, labels, found.counts[name]))) for name, title, labels in known
    )


def _commonest(chosen: str, counts: Mapping[str, int]) -> dict[str, str]:
    """Return the values that most products have, and the one that is chosen in any case."""
    values = sorted((value for value in counts if value), key=lambda value: (-counts[value], value))[:MOST_VALUES]
    return {value: value for value in (*values, chosen) if value}


def _values(wanted: Wanted, name: str, labels: Mapping[str, str], counts: Mapping[str, int]) -> Iterable[Value]:
    """Return the values that fit something, and the one that is chosen in any case."""
    chosen = getattr(wanted, name)
    for value, label in labels.items():
        if counts.get(value) or value == chosen:
            query = wanted.but(**{name: "" if value == chosen else value}).query() or "?"
            yield Value(label=label, count=counts.get(value, 0), query=query, is_chosen=value == chosen)


def _sorts(wanted: Wanted) -> tuple[Value, ...]:
    usual = Sort.FITTING if wanted.q else Sort.NEWEST
    return tuple(
        Value(sort.label, 0, wanted.but(sort="" if sort == usual else sort.value).query() or "?", wanted.order == sort)
        for sort in Sort
        if wanted.q or sort != Sort.FITTING
    )
