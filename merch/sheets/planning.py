"""What a table would do to the catalogue, and every fault of it by its row. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fund.sales.models import StockItem
from merch.editing import RESERVED, WAYS, item_title
from merch.models import Product, Variant
from merch.models.catalogue import LOWEST_PRICE_KOPECKS
from merch.sheets import cells
from merch.sheets.catalogue import FUND, Catalogue, load
from merch.sheets.cells import KEEP, CellError
from merch.sheets.columns import COLUMNS, PRODUCT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from merch.sheets.reading import Row

State = Product.State
LONGEST_SLUG = 60
UNFIT = (
    gettext_lazy("the product can't have this address"),
    gettext_lazy("the product has no title, or no sentence about it"),
    gettext_lazy("the product is made by a community or by somebody with a name: one of the two"),
    gettext_lazy("the product can't come into this state from where it is"),
    gettext_lazy("two variants of the product have the same size and colour"),
    gettext_lazy("the product can't be listed: it has no variant on sale"),
)
REFERENCES = {"community": "communities", "feeds": "campaigns", "collection": "collections"}


@dataclass(frozen=True, order=True)
class Fault:
    """Why a row can't be taken."""

    number: int
    words: str


@dataclass
class Plan:
    """What would be written: rows of the database, none saved; and what is wrong."""

    faults: list[Fault] = field(default_factory=list)
    new_products: list[Product] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    new_variants: list[Variant] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    renamed: list[int] = field(default_factory=list)
    items: list[StockItem] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return how much would change."""
        return {
            "new_products": len(self.new_products),
            "products": len(self.products),
            "new_variants": len(self.new_variants),
            "variants": len({one.pk for one in self.variants} | {one.variant.pk for one in self.items}),
        }


@dataclass
class Reading:
    """Where the reading of a table stands: what it has said of products so far, and by which rows."""

    catalogue: Catalogue
    plan: Plan
    now: datetime
    said: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    touched: dict[int, Variant] = field(default_factory=dict)
    known: dict[tuple[str, str], Any] = field(default_factory=dict)
    rows_of: dict[str, list[tuple[int, dict[str, Any]]]] = field(default_factory=dict)

    def fault(self, number: int, words: str) -> None:
        """Note what is wrong."""
        self.plan.faults.append(Fault(number, words))


def plan(*, rows: Sequence[Row], now: datetime) -> Plan:
    """Return what the rows would do. A few queries, however many rows."""
    names = {name: {row.cells.get(name, "").strip() for row in rows} - {""} for name in ("product", "sku", "feeds")}
    skus = {name.upper() for name in names["sku"]}
    reading = Reading(load(slugs=names["product"], skus=skus, campaigns=names["feeds"]), Plan(), now)
    for row in rows:
        values = _values(reading, row)
        if values is not None:
            _take(reading, row.number, values)
    for slug in reading.rows_of:
        _settle(reading, slug)
    reading.plan.faults.sort()
    return reading.plan


def _values(reading: Reading, row: Row) -> dict[str, Any] | None:
    """Return what a row's cells say; None where one of them can't be read."""
    found: dict[str, Any] = {}
    faults = len(reading.plan.faults)
    if "…" in row.cells:
        reading.fault(row.number, _("there are more cells than columns"))
    for name, text in row.cells.items():
        if name in COLUMNS:
            try:
                found[name] = _read(reading, name, text)
            except CellError as error:
                reading.fault(row.number, f"{name}: {error}")
    return found if len(reading.plan.faults) == faults else None


def _read(reading: Reading, name: str, text: str) -> Any:
    """Return what a cell says; what many rows say is read once."""
    if (name, text) not in reading.known:
        reading.known[name, text] = _referred(reading, name, COLUMNS[name].read(cells.bare(text)))
    return reading.known[name, text]


def _referred(reading: Reading, name: str, value: Any) -> Any:
    """Return the row of the database that an address names; none for an empty one."""
    if name not in REFERENCES:
        return value
    if not value or (name == "feeds" and value == FUND):
        return None
    known: dict[str, int] = getattr(reading.catalogue, REFERENCES[name])
    if value not in known:
        raise CellError(_("there is none of this address: %(value)s") % {"value": value})
    return known[value]


def _take(reading: Reading, number: int, values: dict[str, Any]) -> None:
    """Put a row beside the others of its product."""
    sku = values.get("sku", "")
    variant = reading.catalogue.variants.get(sku)
    slug = values.get("product") or (variant.product.slug if variant else "")
    refusal = _misplaced(reading, sku, slug, variant)
    if refusal:
        reading.fault(number, refusal)
        return
    if sku:
        reading.seen[sku] = number
    first, said = reading.said.setdefault(slug, (number, values))
    differing = [name for name in PRODUCT_FIELDS if values.get(name) not in (said.get(name), "", None, [], KEEP)]
    if differing:
        words = _("says otherwise of the product than row %(first)d: %(names)s")
        reading.fault(number, words % {"first": first, "names": ", ".join(differing)})
    reading.rows_of.setdefault(slug, []).append((number, values))


def _misplaced(reading: Reading, sku: str, slug: str, variant: Variant | None) -> str:
    """Return why a row is nobody's, or somebody else's."""
    if not slug:
        return _("the row names no product, and no article number that is known")
    if sku in reading.seen:
        return _("the article number stands in row %(first)d already") % {"first": reading.seen[sku]}
    if variant is not None and variant.product.slug != slug:
        return _("the article number belongs to another product: %(slug)s") % {"slug": variant.product.slug}
    if variant is None and sku in reading.catalogue.skus:
        return _("the article number belongs to something that the shop does not sell")
    return ""


def _settle(reading: Reading, slug: str) -> None:
    """Compare a product and its variants with what the table says."""
    number, said = reading.said[slug]
    product = reading.catalogue.products.get(slug)
    is_new = product is None
    product = product or Product(slug=slug, created_at=reading.now)
    fields = {COLUMNS[name].field: said[name] for name in PRODUCT_FIELDS if name in said and said[name] is not KEEP}
    before = product.state
    changed = _put(product, fields)
    variants = [_variant(reading, product, *row) for row in reading.rows_of[slug] if row[1].get("sku")]
    every = list({id(one): one for one in [*reading.catalogue.of.get(slug, []), *variants]}.values())
    words = _unfit(product, before, every, is_new=is_new)
    if words:
        reading.fault(number, words)
    if product.state != State.DRAFT and product.listed_at is None:
        product.listed_at = reading.now
    if is_new:
        reading.plan.new_products.append(product)
    elif changed:
        reading.plan.products.append(product)
    _name_items(reading, product, every)


def _unfit(product: Product, before: str, variants: list[Variant], *, is_new: bool) -> str:
    """Return why a product can't be so."""
    sizes = [(one.size, one.colour) for one in variants]
    becomes_listed = product.state == State.LISTED and (is_new or before != State.LISTED)
    faults = (
        product.slug in RESERVED or len(product.slug) > LONGEST_SLUG,
        not product.title or not product.summary,
        bool(product.community_id) == bool(product.maker_name),
        product.state not in {before, WAYS[State(before)]},
        len(set(sizes)) < len(sizes),
        becomes_listed and not any(one.is_on_sale for one in variants),
    )
    return next((str(words) for is_fault, words in zip(faults, UNFIT, strict=True) if is_fault), "")


def _variant(reading: Reading, product: Product, number: int, values: dict[str, Any]) -> Variant:
    """Return a row's variant as the table says it is."""
    found = reading.catalogue.variants.get(values["sku"])
    variant = found or Variant(product=product, item=StockItem(sku=values["sku"]), position=number % 30_000)
    changed, item_changed = _put(variant, _given(values, "variant")), _put(variant.item, _given(values, "item"))
    if not variant.price_kopecks:
        reading.fault(number, _("the variant has no price"))
    elif variant.price_kopecks < LOWEST_PRICE_KOPECKS:
        reading.fault(number, _("the price is under a rouble"))
    if variant.maker_kopecks > variant.cost_kopecks:
        reading.fault(number, _("the maker's part is more than what a piece costs"))
    if found is None:
        reading.plan.new_variants.append(variant)
    else:
        _note(reading, variant, changed, is_item_changed=bool(item_changed))
    return variant


def _given(values: dict[str, Any], of: str) -> dict[str, Any]:
    """Return what a row says of a variant, or of its item, by field."""
    named = ((COLUMNS[name], value) for name, value in values.items())
    return {column.field: value for column, value in named if column.of == of and value is not KEEP}


def _note(reading: Reading, variant: Variant, changed: list[str], *, is_item_changed: bool) -> None:
    """Note what of a known variant is to be written."""
    if changed:
        reading.plan.variants.append(variant)
    if {"size", "colour"} & set(changed):
        reading.plan.renamed.append(variant.pk)
    if is_item_changed:
        reading.touched[variant.item_id] = variant
        reading.plan.items.append(variant.item)


def _name_items(reading: Reading, product: Product, variants: list[Variant]) -> None:
    """Let items say what they are called and whom they feed."""
    for variant in variants:
        named = {"title": item_title(product, variant), "subject": reading.catalogue.subject(product)}
        if _put(variant.item, named) and variant.pk and variant.item_id not in reading.touched:
            reading.touched[variant.item_id] = variant
            reading.plan.items.append(variant.item)


def _put(row: Any, said: dict[str, Any]) -> list[str]:
    """Set fields of a row, and return which of them changed."""
    changed = [name for name, value in said.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, said[name])
    return changed
