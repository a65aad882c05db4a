"""What a reader looks for: words, four facets and an order, as an address says it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from django.db import models
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_QUERY = 100
LONGEST_THEME = 60
STATUS = Campaign.Status
STATES = {
    status.value: status.label
    for status in (
        STATUS.LIVE, STATUS.FUNDED, STATUS.DELIVERING, STATUS.REPORTED, STATUS.NOT_FUNDED, STATUS.CANCELLED,
    )
}  # fmt: skip
WHOLE_CITY = "city"  # how a listing calls a campaign of no one district
DISTRICTS = {**dict(Campaign.District.choices), WHOLE_CITY: _("The whole city")}
FUNDINGS = dict(Campaign.Funding.choices)
CONTROLS = dict.fromkeys((*range(32), 127), " ")  # a zero byte is no text to the database


class Sort(models.TextChoices):
    """In which order; ``FITTING`` where there are words, ``NEWEST`` where there are none, unless somebody asks."""

    FITTING = "fitting", _("Best match first")
    NEWEST = "newest", _("Newest first")
    ENDING = "ending", _("Ending soon first")
    SUPPORTED = "supported", _("Most supported first")
    CLOSEST = "closest", _("Almost there first")


@dataclass(frozen=True)
class Wanted:
    """What is looked for. Empty words mean: any."""

    q: str = ""
    theme: str = ""
    district: str = ""
    state: str = ""
    funding: str = ""
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
        """Return whether search engines may keep it: the whole list, or one facet of it."""
        return not self.q and not self.sort and len(self.filters) <= 1

    def but(self, **changes: str) -> Wanted:
        """Return the same with something else in it."""
        return replace(self, **changes)

    def query(self, *, page: int = 1) -> str:
        """Return the one way in which an address says this: «?q=…&theme=…», or nothing."""
        said = {field.name: getattr(self, field.name) for field in fields(self) if getattr(self, field.name)}
        if page > 1:
            said["page"] = str(page)
        return f"?{urlencode(said)}" if said else ""


FACETS = ("theme", "district", "state", "funding")
KNOWN: dict[str, Mapping[str, object]] = {
    "district": DISTRICTS, "state": STATES, "funding": FUNDINGS, "sort": dict(Sort.choices),
}  # fmt: skip


def read_wanted(params: Mapping[str, str]) -> Wanted:
    """Return what an address asks for; words that it does not know are as if they were not there."""
    told = {name: _plain(params.get(name, "")) for name in ("q", *FACETS, "sort")}
    told["q"], told["theme"] = told["q"][:LONGEST_QUERY].strip(), told["theme"][:LONGEST_THEME].strip()
    return Wanted(**{name: word if name not in KNOWN or word in KNOWN[name] else "" for name, word in told.items()})


def unknown_words(params: Mapping[str, str]) -> list[str]:
    """Return the names of parameters whose word is none of ours, for who must be told so."""
    return [name for name, known in KNOWN.items() if params.get(name) and params[name] not in known]


def _plain(word: str) -> str:
    return " ".join(word.translate(CONTROLS).split())
