"""What a visitor of the shop looks for: words, five facets and an order, as an address says it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from django.db import models
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from campaigns.finding.wanted import CONTROLS, LONGEST_QUERY

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_VALUE = 200  # a community's name is the longest of them
IN_STOCK = "now"


class Sort(models.TextChoices):
    """In which order; ``FITTING`` where there are words, ``NEWEST`` where there are none, unless somebody asks."""

    FITTING = "fitting", _("Best match first")
    NEWEST = "newest", _("Newest first")
    CHEAP = "cheap", _("Cheapest first")
    DEAR = "dear", _("Dearest first")


@dataclass(frozen=True)
class Wanted:
    """What is looked for. Empty words mean: any."""

    q: str = ""
    collection: str = ""
    tag: str = ""
    maker: str = ""
    feeds: str = ""
    available: str = ""
    sort: str = ""

    @property
    def order(self) -> str:
        """Return the order that holds."""
        if self.sort and (self.q or self.sort != Sort.FITTING):
            return self.sort
        return Sort.FITTING.value if self.q else Sort.NEWEST.value

    @property
    def filters(self) -> dict[str, str]:
        """Return the facets that are chosen, by name."""
        return {name: getattr(self, name) for name in FACETS if getattr(self, name)}

    @property
    def is_page_of_its_own(self) -> bool:
        """Return whether search engines may keep it: the whole shop, or one facet of it."""
        return not self.q and not self.sort and len(self.filters) <= 1

    def but(self, **changes: str) -> Wanted:
        """Return the same with something else in it."""
        return replace(self, **changes)

    def query(self, *, page: int = 1) -> str:
        """Return the one way in which an address says this: «?q=…&tag=…», or nothing."""
        said = {field.name: getattr(self, field.name) for field in fields(self) if getattr(self, field.name)}
        if page > 1:
            said["page"] = str(page)
        return f"?{urlencode(said)}" if said else ""


FACETS = ("collection", "tag", "maker", "feeds", "available")
KNOWN: dict[str, Mapping[str, object]] = {"available": {IN_STOCK: ""}, "sort": dict(Sort.choices)}


def read_wanted(params: Mapping[str, str]) -> Wanted:
    """Return what an address asks for; words that it does not know are as if they were not there."""
    told = {name: _plain(params.get(name, ""))[:LONGEST_VALUE].strip() for name in ("q", *FACETS, "sort")}
    told["q"] = told["q"][:LONGEST_QUERY].strip()
    return Wanted(**{name: word if name not in KNOWN or word in KNOWN[name] else "" for name, word in told.items()})


def unknown_words(params: Mapping[str, str]) -> list[str]:
    """Return the names of parameters whose word is none of ours, for who must be told so."""
    return [name for name, known in KNOWN.items() if params.get(name) and params[name] not in known]


def _plain(word: str) -> str:
    return " ".join(word.translate(CONTROLS).split())
