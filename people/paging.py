"""Pages of long lists that never count the whole table."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django.core.paginator import Paginator

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST = 10_000  # nobody turns two hundred pages: who looks for something older searches


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable where it runs
    """Counts as far as somebody would leaf, so that a list costs the same however long it grows."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, ten thousand at most."""
        rows = cast("QuerySet[Any]", self.object_list)
        return rows.order_by().values("pk")[:MOST].count()
