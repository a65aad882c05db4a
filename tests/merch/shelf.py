"""Products for tests of the shop."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from uuid import uuid4

from fund.money import Kopecks
from fund.sales.models import StockItem
from merch.models import Product, Variant
from tests.fund.sales.goods import buy

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
numbers = count(1)


def product(title: str = "Кружка с гербом", *, state: str = Product.State.LISTED, **fields: object) -> Product:
    """Return a product without variants; made by a potter unless a community is given."""
    number = next(numbers)
    own: dict[str, object] = {
        "slug": f"souvenir-{number}-{fresh()}",
        "summary": "Керамика с гербом города.",
        "maker_name": "" if fields.get("community") else "Мастерская «Глина»",
        "created_at": NOW,
        "listed_at": NOW,
    }
    return Product.objects.create(title=title, state=state, **own | fields)


def variant(of: Product, *, pieces: int = 0, price: int = 50_000, cost: int = 20_000, **fields: object) -> Variant:
    """Return a variant with so many pieces in stock; prices in kopecks for one."""
    number = next(numbers)
    item = StockItem.objects.create(sku=f"S-{number}-{fresh().upper()}", title=of.title, subject=of.subject, grams=300)
    made = Variant.objects.create(
        product=of, item=item, price_kopecks=price, cost_kopecks=cost, maker_kopecks=cost // 2, **fields
    )
    if pieces:
        buy(item, pieces=pieces, price=cost, maker=cost // 2)
        item.refresh_from_db()
    return made


def kopecks(number: int) -> Kopecks:
    return Kopecks(number)


def fresh() -> str:
    """Return a word that no product has in its address yet, also in a database that is used again."""
    return uuid4().hex[:8]
