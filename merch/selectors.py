"""What is read of the shop, in plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Max, Min, Sum
from django.db.models.functions import Greatest

from campaigns.models import Campaign
from fund.money import Kopecks
from merch.models import Collection, Photo, Product, Variant

if TYPE_CHECKING:
    from collections.abc import Collection as Some
    from collections.abc import Sequence

    from django.db.models import QuerySet

FUND = "fund"
OF_CARD = (
    "slug", "title", "summary", "maker_name", "tags", "state", "community__name", "community__slug",
    "campaign__slug", "campaign__title", "campaign__launched_at", "collection__slug", "collection__title",
)  # fmt: skip


@dataclass(frozen=True)
class Card:
    """A product as lists show it. Prices are those of its variants on sale; ``available`` pieces are of them all."""

    product: Product
    photo: Photo | None
    lowest_price_kopecks: Kopecks
    is_one_price: bool
    available: int

    @property
    def fed(self) -> Campaign | None:
        """Return the campaign that its sale feeds; none: the fund, or what is not public yet."""
        return fed_of(self.product)


def products() -> QuerySet[Product]:
    """Return products with all that their pages say of them."""
    return Product.objects.select_related("community", "campaign", "collection")


def shown() -> QuerySet[Product]:
    """Return products whose page the public may open: those on sale, and those that were once."""
    return products().filter(state__in=[Product.State.LISTED, Product.State.WITHDRAWN])


def fed_of(product: Product) -> Campaign | None:
    """Return the campaign that a product feeds, if the public may know of it. No query where it came along."""
    campaign = product.campaign
    return campaign if campaign is not None and campaign.launched_at is not None else None


def cards(*, numbers: Sequence[int]) -> tuple[Card, ...]:
    """Return listed products by their ids, in that order. Three queries, however many."""
    found = products().only(*OF_CARD).in_bulk(numbers)
    shelves = _shelves(products=found)
    photos = _first_photos(products=found)
    return tuple(
        Card(found[number], photos.get(number), *shelves[number])
        for number in numbers
        if number in found and number in shelves
    )


def _shelves(*, products: Some[int]) -> dict[int, tuple[Kopecks, bool, int]]:
    """Return the lowest price, whether it is the only one, and how many pieces can be sold, by product. One query."""
    free = Greatest(F("item__pieces") - F("item__reserved"), 0)
    rows = Variant.objects.filter(product__in=products, is_on_sale=True).order_by().values_list("product")
    summed = rows.annotate(lowest=Min("price_kopecks"), highest=Max("price_kopecks"), free=Sum(free))
    return {product: (Kopecks(lowest), lowest == highest, left) for product, lowest, highest, left in summed}


def _first_photos(*, products: Some[int]) -> dict[int, Photo]:
    """Return the first photo that is ready, by product. One query."""
    ready = Photo.objects.filter(product__in=products, state=Photo.State.READY)
    return {row.product_id: row for row in ready.order_by("product", "position", "pk").distinct("product")}


def variants_of(*, products: Some[int]) -> dict[int, list[Variant]]:
    """Return variants on sale with their items, by product, in their order. One query."""
    found: dict[int, list[Variant]] = {}
    rows = Variant.objects.filter(product__in=products, is_on_sale=True).select_related("item")
    for row in rows.order_by("position", "pk"):
        found.setdefault(row.product_id, []).append(row)
    return found


def photos_of(*, products: Some[int]) -> dict[int, list[Photo]]:
    """Return photos that are ready, by product, in their order. One query."""
    found: dict[int, list[Photo]] = {}
    for row in Photo.objects.filter(product__in=products, state=Photo.State.READY).order_by("position", "pk"):
        found.setdefault(row.product_id, []).append(row)
    return found


def collection_titles() -> dict[str, str]:
    """Return collections' titles by their addresses, in their order. One query."""
    return dict(Collection.objects.order_by("position", "pk").values_list("slug", "title"))


def fed_titles(*, subjects: Some[str]) -> dict[str, str]:
    """Return public campaigns' titles by the words for them in the books. One query."""
    return dict(Campaign.objects.published().filter(slug__in=subjects).values_list("slug", "title"))
