"""A searched list, whatever it lists: what is asked for, as an address says it, and one page of what was found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

from django.conf import settings
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

    from campaigns.finding.searching import Found

LONGEST_QUERY = 100
CONTROLS = dict.fromkeys((*range(32), 127), " ")  # a zero byte is no text to the database
FITTING, NEWEST = "fitting", "newest"
BY_WORDS = (FITTING, _("Best match first"))
BY_AGE = (NEWEST, _("Newest first"))


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is looked for: words, facets and an order. Empty words mean: any.

    A list names its own ``FACETS`` (fields of its own) and ``SORTS`` (titles by word), which words of a facet it
    knows (``KNOWN``: of others every one is), and how long one may be.
    """

    FACETS: ClassVar[tuple[str, ...]] = ()
    SORTS: ClassVar[Mapping[str, _StrPromise]] = {}
    KNOWN: ClassVar[Mapping[str, Mapping[str, object]]] = {}
    LONGEST: ClassVar[int] = 60

    q: str = ""
    sort: str = ""

    @classmethod
    def read(cls, params: Mapping[str, str]) -> Self:
        """Return what an address asks for; words that it does not know are as if they were not there."""
        told = {name: _plain(params.get(name, ""))[: cls.LONGEST].strip() for name in (*cls.FACETS, "sort")}
        told["q"] = _plain(params.get("q", ""))[:LONGEST_QUERY].strip()
        known = {**cls.KNOWN, "sort": cls.SORTS}
        return cls(**{name: word if name not in known or word in known[name] else "" for name, word in told.items()})

    @classmethod
    def unknown_words(cls, params: Mapping[str, str]) -> list[str]:
        """Return the names of parameters whose word is none of ours, for who must be told so."""
        known = {**cls.KNOWN, "sort": cls.SORTS}
        return [name for name, words in known.items() if params.get(name) and params[name] not in words]

    @property
    def order(self) -> str:
        """Return the order that holds: by words where there are some, else the newest, unless somebody asks."""
        if self.sort and (self.q or self.sort != FITTING):
            return self.sort
        return FITTING if self.q else NEWEST

    @property
    def filters(self) -> dict[str, str]:
        """Return the facets that are chosen, by name."""
        return {name: getattr(self, name) for name in self.FACETS if getattr(self, name)}

    @property
    def is_page_of_its_own(self) -> bool:
        """Return whether search engines may keep it: the whole list, or one facet of it."""
        return not self.q and not self.sort and len(self.filters) <= 1

    def but(self, **changes: str) -> Self:
        """Return the same with something else in it."""
        return replace(self, **changes)

    def query(self, *, page: int = 1) -> str:
        """Return the one way in which an address says this: «?q=…&theme=…», or nothing."""
        said = {name: getattr(self, name) for name in ("q", *self.FACETS, "sort") if getattr(self, name)}
        if page > 1:
            said["page"] = str(page)
        return f"?{urlencode(said)}" if said else ""


Wanted = TypeVar("Wanted", bound=Asked)
Card = TypeVar("Card")


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
class FoundPage(Generic[Wanted, Card]):
    """All that a page of a list shows."""

    wanted: Wanted
    found: Found
    cards: tuple[Card, ...]
    facets: tuple[Facet, ...]
    page: int
    pages: int

    @property
    def sorts(self) -> tuple[Value, ...]:
        """Return the orders that make sense here."""
        wanted, usual = self.wanted, FITTING if self.wanted.q else NEWEST
        return tuple(
            Value(title, 0, wanted.but(sort="" if sort == usual else sort).query() or "?", wanted.order == sort)
            for sort, title in wanted.SORTS.items()
            if wanted.q or sort != FITTING
        )

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


def look_up(*, number: str, size: int, search: Callable[[int], Found]) -> tuple[Found, int, int]:
    """Return what a page holds, its number and how many there are; a page that is not there is the nearest.

    :param search: looks from an offset on; it is asked a second time for a page that is not there.
    """
    asked = max(1, int(number[:6])) if number.isascii() and number.isdecimal() else 1
    found = search((asked - 1) * size)
    pages = max(1, -(-found.total // size))
    page = min(asked, pages)
    return (search((page - 1) * size) if page < asked else found), page, pages


def facet(
    *, wanted: Asked, name: str, title: str, labels: Mapping[str, str | _StrPromise], counts: Mapping[str, int]
) -> Facet:
    """Return a facet's values that fit something, and the one that is chosen in any case."""
    chosen = getattr(wanted, name)
    values = tuple(
        Value(
            label=label,
            count=counts.get(value, 0),
            query=wanted.but(**{name: "" if value == chosen else value}).query() or "?",
            is_chosen=value == chosen,
        )
        for value, label in labels.items()
        if counts.get(value) or value == chosen
    )
    return Facet(name, title, values)


def commonest(*, chosen: str, counts: Mapping[str, int], most: int) -> dict[str, str]:
    """Return the values that most rows have, as labels, and the one that is chosen in any case."""
    values = sorted((value for value in counts if value), key=lambda value: (-counts[value], value))[:most]
    return {value: value for value in (*values, chosen) if value}


def send_list(
    request: HttpRequest, *, page: FoundPage[Any, Any], room: str, title: str, context: dict[str, object]
) -> HttpResponse:
    """Send a list: whole, or its own part to who turns its pages. Templates: ``<room>/list.html``, ``_found.html``."""
    wanted = page.wanted
    canonical = wanted.but(q="", sort="").query(page=page.page)
    context = context | {
        "found": page,
        "wanted": wanted,
        "title": title,
        "without_words": wanted.but(q="").query(),
        "words_alone": type(wanted)(q=wanted.q).query(),
        "is_whole": not (wanted.q or wanted.filters),
        "is_indexed": wanted.is_page_of_its_own and page.found.total > 0,
        "canonical": f"{settings.SITE_URL}{request.path}{canonical}",
    }
    is_part = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    response = render(request, f"{room}/_found.html" if is_part else f"{room}/list.html", context)
    if is_part:
        response.headers["Cache-Control"] = "private, no-store"  # the same address is a whole page for anybody else
    return response


def _plain(word: str) -> str:
    return " ".join(word.translate(CONTROLS).split())
