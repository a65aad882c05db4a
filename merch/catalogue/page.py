"""One page of what was found in the shop, as templates show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from campaigns.finding.asked import Facet, FoundPage, commonest, facet, look_up
from merch import selectors
from merch.catalogue import searching
from merch.catalogue.wanted import IN_STOCK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from campaigns.finding.searching import Found
    from merch.catalogue.wanted import Wanted
    from merch.selectors import Card

PAGE_SIZE = 24
MOST_VALUES = 20


def shop_page(*, wanted: Wanted, number: str, size: int = PAGE_SIZE) -> FoundPage[Wanted, Card]:
    """Return one page of what fits; a page that is not there is the nearest.

    Six queries, however many; up to two more where words find nothing as typed, one for a page that is not there.
    """

    def search(offset: int) -> Found:
        return searching.search(wanted=wanted, limit=size, offset=offset)

    found, page, pages = look_up(number=number, size=size, search=search)
    return FoundPage(wanted, found, selectors.cards(numbers=found.page), _facets(wanted, found), page, pages)


def _facets(wanted: Wanted, found: Found) -> tuple[Facet, ...]:
    """Return the facets; what a campaign that is not public is called stays out of them. Two queries."""
    feeds = {selectors.FUND: _("The public fund")} | selectors.fed_titles(subjects=found.counts["feeds"])
    tags, makers = (
        commonest(chosen=getattr(wanted, name), counts=found.counts[name], most=MOST_VALUES)
        for name in ("tag", "maker")
    )
    known: tuple[tuple[str, str, Mapping[str, str]], ...] = (
        ("available", _("In stock"), {IN_STOCK: _("Available now")}),
        ("collection", _("Collection"), selectors.collection_titles()),
        ("tag", _("Tag"), tags),
        ("maker", _("Who made it"), makers),
        ("feeds", _("Whom the purchase feeds"), feeds),
    )
    return tuple(
        facet(wanted=wanted, name=name, title=title, labels=labels, counts=found.counts[name])
        for name, title, labels in known
    )
