"""Products as the brand manager reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Sum
from django.db.models.functions import Coalesce, Greatest

from merch.models import Collection, Photo, Product, Variant

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from merch.models.catalogue import Collection as CollectionRow


def products(*, text: str, state: str, collection: CollectionRow | None) -> QuerySet[Product]:
    """Return products that fit, the newest first."""
    found = Product.objects.all()
    if text.strip():
        words = text.strip()
        has_sku = Exists(Variant.objects.filter(product=OuterRef("pk"), item__sku__icontains=words))
        found = found.filter(Q(title__icontains=words) | Q(tags__contains=[words.lower()]) | has_sku)
    if state:
        found = found.filter(state=state)
    if collection:
        found = found.filter(collection=collection)
    return found.order_by("-created_at", "-pk")


def rows(*, found: list[Product]) -> list[dict[str, Any]]:
    """Return products with what a list says of them. Two queries."""
    free = Greatest(F("item__pieces") - F("item__reserved"), 0)
    variants = Variant.objects.filter(product__in=found, is_on_sale=True).values("product").order_by()
    summed = variants.annotate(
        count=Count("pk"), lowest=Min("price_kopecks"), highest=Max("price_kopecks"), left=Coalesce(Sum(free), 0)
    )
    by_product = {row["product"]: row for row in summed}
    photos = dict(Photo.objects.filter(product__in=found).values_list("product").annotate(count=Count("pk")).order_by())
    nothing = {"count": 0, "lowest": 0, "highest": 0, "left": 0}
    return [{"product": one, "photos": photos.get(one.pk, 0), "sold": by_product.get(one.pk, nothing)} for one in found]


def collections() -> list[Collection]:
    """Return collections in their order, with how many products each has. One query."""
    found = Collection.objects.annotate(count=Count("products"))
    return list(found.order_by("position", "title", "pk"))
