"""Writes about communities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from communities.models import Community, CommunityLink
from communities.selectors import searchable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from communities.seed import CommunitySeed


@dataclass(frozen=True)
class Loaded:
    """How many entries were new, changed, or the same."""

    created: int
    changed: int
    unchanged: int


@transaction.atomic
def load_communities(*, seeds: Sequence[CommunitySeed]) -> Loaded:
    """Bring the directory to what the data file says. Repeat-safe: what is the same is not touched."""
    known = {row.slug: row for row in Community.objects.select_for_update().prefetch_related("links").order_by("pk")}
    created = changed = 0
    for seed in seeds:
        row = known.get(seed.slug)
        if row is None:
            _write(Community(slug=seed.slug), seed)
            created += 1
        elif not _is_same(row, seed):
            _write(row, seed)
            changed += 1
    return Loaded(created, changed, len(seeds) - created - changed)


def _is_same(row: Community, seed: CommunitySeed) -> bool:
    links = tuple(link.url for link in sorted(row.links.all(), key=lambda link: link.position))
    stands = (row.name, row.members, row.note, row.is_uncertain, links, row.search_text)
    return stands == (seed.name, seed.members, seed.note, seed.is_uncertain, seed.links, _search_text(seed))


def _write(row: Community, seed: CommunitySeed) -> None:
    row.name = seed.name
    row.members = seed.members
    row.note = seed.note
    row.is_uncertain = seed.is_uncertain
    row.search_text = _search_text(seed)
    row.save()
    row.links.all().delete()
    CommunityLink.objects.bulk_create(
        CommunityLink(community=row, position=place, url=url) for place, url in enumerate(seed.links, start=1)
    )


def _search_text(seed: CommunitySeed) -> str:
    return searchable(" ".join([seed.name, seed.note, *seed.links]))
