"""The table's columns: what each is called, how it is read, and what field it fills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from fund.sales.models.stock import MOST_PIECES
from merch.sheets import cells

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.functional import _StrPromise

MOST_GRAMS = 30_000


@dataclass(frozen=True)
class Column:
    """One column. ``of`` says whose ``field`` it is: a product's, a variant's, its item's."""

    name: str
    title: _StrPromise
    of: str
    field: str
    read: Callable[[str], Any]


COLUMNS = {
    column.name: column
    for column in (
        Column(
            "product",
            _("Address of the product on the site; by it the product is known"),
            "product",
            "slug",
            cells.slug,
        ),
        Column("title", _("Title"), "product", "title", cells.line(80)),
        Column("summary", _("In a sentence"), "product", "summary", cells.line(300)),
        Column("description", _("Description"), "product", "description", cells.lines(20_000)),
        Column("community", _("Address of the community that made it"), "product", "community_id", cells.slug),
        Column("maker", _("Or who made it, by name"), "product", "maker_name", cells.line(120)),
        Column(
            "feeds",
            _("Address of the project that its sale feeds; fund or empty: the fund"),
            "product",
            "campaign_id",
            cells.slug,
        ),
        Column("collection", _("Address of the collection"), "product", "collection_id", cells.slug),
        Column("tags", _("Tags with commas between"), "product", "tags", cells.tags),
        Column("state", _("draft, listed or withdrawn"), "product", "state", cells.state),
        Column("sku", _("Article number; by it the variant is known"), "item", "sku", cells.sku),
        Column("size", _("Size"), "variant", "size", cells.line(30)),
        Column("colour", _("Colour"), "variant", "colour", cells.line(30)),
        Column("price", _("Price, ₽"), "variant", "price_kopecks", cells.roubles),
        Column("cost", _("What a piece costs the fund, ₽"), "variant", "cost_kopecks", cells.roubles),
        Column("maker_part", _("Of it for the maker, ₽"), "variant", "maker_kopecks", cells.roubles),
        Column("on_sale", _("yes or no"), "variant", "is_on_sale", cells.answer),
        Column("grams", _("Weight, grams"), "item", "grams", cells.whole(0, MOST_GRAMS)),
        Column("few_from", _("Say that few are left from"), "item", "low_at", cells.whole(0, MOST_PIECES)),
    )
}
# Written for the reader, never read: pieces come and go by papers alone.
ONLY_WRITTEN = ("in_stock", "bought")
HEAD = (*COLUMNS, *ONLY_WRITTEN)
PRODUCT_FIELDS = tuple(one.name for one in COLUMNS.values() if one.of == "product" and one.name != "product")
