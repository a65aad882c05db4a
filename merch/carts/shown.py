"""What a cart comes to now: prices, what changed since the buyer last looked, what can't be had any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fund.money import Kopecks
from fund.sales.models import PromoCode
from fund.sales.services import discount, spell
from merch.models import Photo, Product, Variant

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from merch.carts.basket import Basket

WITHDRAWN, SOLD_OUT, SHORT = "withdrawn", "sold_out", "short"


@dataclass(frozen=True)
class CartRow:
    """One line of a cart. ``was_kopecks`` is the price that was shown before, where it is another now."""

    variant: Variant
    quantity: int
    was_kopecks: Kopecks | None
    photo: Photo | None

    @property
    def price_kopecks(self) -> Kopecks:
        """Return what one piece costs now."""
        return Kopecks(self.variant.price_kopecks)

    @property
    def total_kopecks(self) -> Kopecks:
        """Return what all pieces cost now."""
        return Kopecks(self.quantity * self.variant.price_kopecks)

    @property
    def trouble(self) -> str:
        """Return why it can't be ordered like this; nothing where it can."""
        if not self.variant.is_on_sale or self.variant.product.state != Product.State.LISTED:
            return WITHDRAWN
        if self.variant.item.available == 0:
            return SOLD_OUT
        return SHORT if self.variant.item.available < self.quantity else ""


@dataclass(frozen=True)
class CartPage:
    """A cart as its page and the checkout see it. A code that does not hold is empty and takes nothing off."""

    rows: tuple[CartRow, ...]
    promo_code: str = ""
    discount_kopecks: Kopecks = Kopecks(0)  # noqa: RUF009 - a whole number

    @property
    def goods_kopecks(self) -> Kopecks:
        """Return what all goods cost, before the discount."""
        return Kopecks(sum(row.total_kopecks for row in self.rows))

    @property
    def due_kopecks(self) -> Kopecks:
        """Return what all goods cost."""
        return Kopecks(self.goods_kopecks - self.discount_kopecks)

    @property
    def grams(self) -> int:
        """Return what all pieces weigh together."""
        return sum(row.quantity * row.variant.item.grams for row in self.rows)

    @property
    def can_be_ordered(self) -> bool:
        """Return whether there is something, and nothing stands in the way."""
        return bool(self.rows) and not any(row.trouble for row in self.rows)


def cart_page(*, basket: Basket, now: datetime) -> CartPage:
    """Return what a cart comes to. Two queries, three with a code; what was deleted is not there."""
    variants = Variant.objects.select_related("product", "item").in_bulk(list(basket.lines))
    photos = first_photos(product_ids={variant.product_id for variant in variants.values()})
    rows = tuple(
        CartRow(
            variants[key],
            wanted.quantity,
            None if wanted.seen_kopecks == variants[key].price_kopecks else wanted.seen_kopecks,
            photos.get(variants[key].product_id),
        )
        for key, wanted in basket.lines.items()
        if key in variants
    )
    page = CartPage(rows)
    code = _code(basket.promo_code, now) if rows else None
    return CartPage(rows, code.code, discount(code=code, goods_kopecks=page.goods_kopecks)) if code else page


def first_photos(*, product_ids: Iterable[int]) -> dict[int, Photo]:
    """Return the first photo of each product that has one. One query."""
    ready = Photo.objects.filter(product__in=list(product_ids), state=Photo.State.READY)
    return {photo.product_id: photo for photo in ready.order_by("product", "position", "pk").distinct("product")}


def _code(text: str, now: datetime) -> PromoCode | None:
    if not text:
        return None
    held = PromoCode.objects.filter(code=spell(text), is_active=True, starts_at__lte=now, ends_at__gt=now)
    return held.first()
