"""The stock as it is read at the desk: what lies there, what it costs, and every movement of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from fund.sales.models import StockItem, StockMovement

if TYPE_CHECKING:
    from django.db.models import QuerySet


def items(*, text: str, only: str) -> QuerySet[StockItem]:
    """Return items of the shop that fit, by their numbers; ``only`` low, present or gone ones."""
    found = StockItem.objects.filter(variant__isnull=False)
    if text.strip():
        found = found.filter(Q(sku__icontains=text.strip()) | Q(title__icontains=text.strip()))
    if only == "low":
        found = found.filter(pieces__lte=F("reserved") + F("low_at"))
    elif only:
        found = found.filter(pieces__gt=0) if only == "there" else found.filter(pieces=0)
    return found.order_by("sku", "pk")


def with_value(found: QuerySet[StockItem]) -> QuerySet[StockItem]:
    """Return items with what their pieces cost the fund, as ``value_kopecks``."""
    last = StockMovement.objects.filter(item=OuterRef("pk")).order_by("-number").values("value_after_kopecks")[:1]
    return found.annotate(value_kopecks=Coalesce(Subquery(last), 0))


def totals() -> dict[str, Any]:
    """Return how many pieces the shop holds, and what they cost. One query."""
    found = with_value(StockItem.objects.filter(variant__isnull=False))
    return found.aggregate(
        all_pieces=Coalesce(Sum("pieces"), 0),
        all_reserved=Coalesce(Sum("reserved"), 0),
        all_kopecks=Coalesce(Sum("value_kopecks"), 0),
    )


def chosen(*, item_ids: list[int]) -> list[StockItem]:
    """Return the chosen items, by their numbers. One query."""
    return list(
        StockItem.objects.filter(pk__in=item_ids, variant__isnull=False).select_related("variant").order_by("sku", "pk")
    )


def movements(*, item: StockItem) -> QuerySet[StockMovement]:
    """Return an item's movements, the newest first."""
    return item.movements.select_related("moved_by").order_by("-number")
