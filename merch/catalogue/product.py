"""All that the page of one product shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from merch import selectors
from merch.catalogue.anatomy import prices_of
from merch.models import Product

if TYPE_CHECKING:
    from campaigns.models import Campaign
    from merch.catalogue.anatomy import Price
    from merch.models import Photo, Variant


@dataclass(frozen=True)
class VariantRow:
    """One variant, how many pieces of it can be bought now, and where its price goes."""

    variant: Variant
    available: int
    price: Price

    @property
    def is_few(self) -> bool:
        """Return whether so few are left that it is worth saying how many."""
        return 0 < self.available <= self.variant.item.low_at


@dataclass(frozen=True)
class ProductPage:
    """A product with photos and variants; ``fed`` is the campaign that its sale feeds, if the public knows of it."""

    product: Product
    photos: tuple[Photo, ...]
    rows: tuple[VariantRow, ...]
    fed: Campaign | None

    @property
    def is_sold(self) -> bool:
        """Return whether it is still sold at all."""
        return self.product.state == Product.State.LISTED and bool(self.rows)

    @property
    def prices(self) -> list[int]:
        """Return the variants' prices, the lowest first, each once."""
        return sorted({row.variant.price_kopecks for row in self.rows})


def product_page(*, product: Product) -> ProductPage:
    """Return a product's page. Five queries, however many photos, variants and orders."""
    variants = selectors.variants_of(products=[product.pk]).get(product.pk, [])
    photos = selectors.photos_of(products=[product.pk]).get(product.pk, [])
    prices = prices_of(variants=variants)
    rows = tuple(VariantRow(one, one.item.available, prices[one.pk]) for one in variants)
    return ProductPage(product, tuple(photos), rows, selectors.fed_of(product))
