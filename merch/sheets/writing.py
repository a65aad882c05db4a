"""The catalogue written as a table: UTF-8 with a mark that Excel knows, semicolons, no cell that it would run."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from merch.models import Product, Variant
from merch.sheets.cells import NO, YES, escaped, written_roubles
from merch.sheets.columns import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator

BOM = "\ufeff"  # without it Excel reads Cyrillic letters as Western ones
AT_ONCE = 500


def table() -> Iterator[str]:
    """Yield the table piece by piece: a row for each variant, and one for each product without any."""
    yield BOM + _lines([list(HEAD)])
    block: list[list[str]] = []
    for row in _rows():
        block.append(row)
        if len(block) >= AT_ONCE:
            yield _lines(block)
            block = []
    yield _lines(block)


def _rows() -> Iterator[list[str]]:
    related = ("product__community", "product__campaign", "product__collection", "item")
    variants = Variant.objects.select_related(*related).order_by("product_id", "position", "pk")
    for variant in variants.iterator(chunk_size=AT_ONCE):
        yield [*_product(variant.product), *_variant(variant)]
    lonely = Product.objects.filter(variants=None).select_related("community", "campaign", "collection")
    for product in lonely.order_by("pk").iterator(chunk_size=AT_ONCE):
        yield [*_product(product), *[""] * (len(HEAD) - len(_product(product)))]


def _product(product: Product) -> list[str]:
    return [
        product.slug,
        product.title,
        product.summary,
        product.description,
        product.community.slug if product.community else "",
        product.maker_name,
        product.subject,
        product.collection.slug if product.collection else "",
        ", ".join(product.tags),
        product.state,
    ]


def _variant(variant: Variant) -> list[str]:
    item = variant.item
    return [
        item.sku,
        variant.size,
        variant.colour,
        *(written_roubles(sum_) for sum_ in (variant.price_kopecks, variant.cost_kopecks, variant.maker_kopecks)),
        YES if variant.is_on_sale else NO,
        *(str(number) for number in (item.grams, item.low_at, item.pieces, item.reserved)),
    ]


def _lines(rows: list[list[str]]) -> str:
    out = StringIO()
    csv.writer(out, delimiter=";").writerows([escaped(cell) for cell in row] for row in rows)
    return out.getvalue()
