"""The directory of communities, searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from communities.models import Community

if TYPE_CHECKING:
    from django.db.models import QuerySet

LONGEST_QUERY = 100


def searchable(text: str) -> str:
    """Return the text as it is compared: small letters, ё as е, no zero bytes."""
    return text.casefold().replace("ё", "е").replace("\x00", "")


def directory(*, query: str = "") -> QuerySet[Community]:
    """Return communities whose name, note or link holds every word of the query, in the order of their names."""
    found = Community.objects.prefetch_related("links").order_by("name", "id")
    for word in searchable(query[:LONGEST_QUERY]).split():
        found = found.filter(search_text__contains=word)
    return found
