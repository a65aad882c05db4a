"""What is read of the shop, in plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaigns.models import Campaign
from fund.money import Kopecks
from merch.models import Collection, Photo, Product, Variant

if TYPE_CHECKING:
    from collections.abc import Collection as Some
    from collections.abc import Sequence

    from django.db.models import QuerySet

FUND = "fund"


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
    found = products().in_bulk(numbers)
    variants = variants_of(products=found)
    photos = photos_of(products=found)
    return tuple(
        _card(found[number], variants[number], photos.get(number, []))
        for number in numbers
        if number in found and number in variants
    )


def _card(product: Product, variants: Sequence[Variant], photos: Sequence[Photo]) -> Card:
    prices = [one.price_kopecks for one in variants]
    return Card(
        product=product,
        photo=photos[0] if photos else None,
        lowest_price_kopecks=Kopecks(min(prices)),
        is_one_price=min(prices) == max(prices),
        available=sum(one.item.available for one in variants),
    )


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
