"""What a visitor of the shop looks for: words, five facets and an order, as an address says it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.finding.asked import BY_AGE, BY_WORDS, Asked

LONGEST_VALUE = 200  # a community's name is the longest of them
IN_STOCK = "now"


class Sort(models.TextChoices):
    """In which order; ``FITTING`` where there are words, ``NEWEST`` where there are none, unless somebody asks."""

    FITTING = BY_WORDS
    NEWEST = BY_AGE
    CHEAP = "cheap", _("Cheapest first")
    DEAR = "dear", _("Dearest first")


@dataclass(frozen=True, kw_only=True)
class Wanted(Asked):
    """Which souvenirs are looked for."""

    FACETS = ("collection", "tag", "maker", "feeds", "available")
    SORTS = dict(Sort.choices)
    KNOWN = {"available": {IN_STOCK: ""}}
    LONGEST = LONGEST_VALUE

    collection: str = ""
    tag: str = ""
    maker: str = ""
    feeds: str = ""
    available: str = ""
