"""Products, their variants and collections, written by the brand manager; each write is an act of staff.

All who write the catalogue take turns. What the stock and the receipts call an item, and whom it feeds, follows.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from campaigns.drafting.slugs import slug_of
from fund.sales.models import StockItem
from fund.sales.services import open_subject
from merch.models import Collection, Product, Variant
from people.services import record_act, subject_of
from people.turns import take_turns

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import Model

    from campaigns.models import Campaign
    from fund.money import Kopecks
    from people.models import User

CATALOGUE = "catalogue of the shop"
RESERVED = {"cart", "checkout", "collections", "feed", "new", "orders", "photos", "search"}  # addresses of our own
LONGEST_ITEM = 128  # as long as a receipt's line may be
State = Product.State
WAYS = {State.DRAFT: State.LISTED, State.LISTED: State.WITHDRAWN, State.WITHDRAWN: State.LISTED}


class SlugTakenError(Exception):
    """Another product or collection has this address."""


class SkuTakenError(Exception):
    """Another variant has this article number."""


class VariantTakenError(Exception):
    """The product has a variant of this size and colour already."""


class NothingToSellError(Exception):
    """The product has no variant on sale."""


class NotThereError(Exception):
    """The product is not in a state from which it can be put there."""


class CollectionInUseError(Exception):
    """Products belong to the collection."""


@dataclass(frozen=True)
class ProductWords:
    """What a product says. An empty ``slug`` is made from the title; one that was on sale keeps its own."""

    title: str
    summary: str
    description: str
    slug: str
    maker_name: str
    community_id: int | None
    campaign_id: int | None
    collection_id: int | None
    tags: tuple[str, ...]


@dataclass(frozen=True)
class VariantWords:
    """What a variant says; sums in kopecks for one piece."""

    sku: str
    size: str
    colour: str
    price_kopecks: Kopecks
    cost_kopecks: Kopecks
    maker_kopecks: Kopecks
    grams: int
    low_at: int
    is_on_sale: bool


OF_ITEM = ("sku", "grams", "low_at")


@transaction.atomic
def save_product(*, product_id: int | None, words: ProductWords, by: User, now: datetime) -> Product:
    """Write a product down, or anew; its items follow in what they are called and whom they feed.

    :raises SlugTakenError: if another product has its address.
    """
    take_turns(CATALOGUE)
    product = Product.objects.get(pk=product_id) if product_id else Product(created_at=now)
    said = asdict(words) | {"tags": list(words.tags), "slug": words.slug or slug_of(words.title)}
    if product.listed_at is not None:
        said["slug"] = product.slug
    if said["slug"] in RESERVED or Product.objects.filter(slug=said["slug"]).exclude(pk=product.pk).exists():
        raise SlugTakenError(said["slug"])
    changed = _put(product, said)
    product.save()
    follow_product(product=product)
    if changed:
        _note("merch.save_product", product, by, now, changed)
    return product


@transaction.atomic
def put_state(*, product_id: int, state: Product.State, by: User, now: datetime) -> Product:
    """Put a product on sale, or withdraw it. Repeat-safe.

    :raises NothingToSellError: if it has no variant on sale.
    :raises NotThereError: if it can't come there from where it is.
    """
    take_turns(CATALOGUE)
    product = Product.objects.get(pk=product_id)
    if product.state == state:
        return product
    if WAYS[State(product.state)] != state:
        raise NotThereError(product.state)
    if state == State.LISTED and not product.variants.filter(is_on_sale=True).exists():
        raise NothingToSellError
    product.state, product.listed_at = state, product.listed_at or now
    product.save(update_fields=["state", "listed_at"])
    action = "merch.list_product" if state == State.LISTED else "merch.withdraw_product"
    record_act(actor=by, action=action, subject=subject_of(product), now=now)
    return product


@transaction.atomic
def save_variant(*, product_id: int, variant_id: int | None, words: VariantWords, by: User, now: datetime) -> Variant:
    """Write a variant down with its item, or anew.

    :raises SkuTakenError: if another item has its article number.
    :raises VariantTakenError: if the product has one of its size and colour.
    """
    take_turns(CATALOGUE)
    product = Product.objects.select_related("campaign").get(pk=product_id)
    others = product.variants.exclude(pk=variant_id or 0)
    variant = product.variants.select_related("item").get(pk=variant_id) if variant_id else Variant(product=product)
    item = variant.item if variant_id else StockItem()
    if StockItem.objects.filter(sku=words.sku).exclude(pk=item.pk).exists():
        raise SkuTakenError(words.sku)
    if others.filter(size=words.size, colour=words.colour).exists():
        raise VariantTakenError
    said = asdict(words)
    changed = _put(item, {name: said.pop(name) for name in OF_ITEM})
    changed += _put(variant, said if variant_id else said | {"position": _last(product) + 1})
    item.title, item.subject = item_title(product, variant), product.subject
    item.save()
    variant.item = item
    variant.save()
    if changed:
        _note("merch.save_variant", variant, by, now, changed)
    return variant


@transaction.atomic
def save_collection(
    *, collection_id: int | None, slug: str, title: str, summary: str, position: int, by: User, now: datetime
) -> Collection:
    """Write a collection down, or anew.

    :raises SlugTakenError: if another has its address.
    """
    take_turns(CATALOGUE)
    found = Collection.objects.get(pk=collection_id) if collection_id else Collection()
    wanted = slug or found.slug or slug_of(title)
    if Collection.objects.filter(slug=wanted).exclude(pk=found.pk).exists():
        raise SlugTakenError(wanted)
    changed = _put(found, {"slug": wanted, "title": title, "summary": summary, "position": position})
    found.save()
    if changed:
        _note("merch.save_collection", found, by, now, changed)
    return found


@transaction.atomic
def remove_collection(*, collection_id: int, by: User, now: datetime) -> None:
    """Take an empty collection away. Repeat-safe.

    :raises CollectionInUseError: if products belong to it.
    """
    take_turns(CATALOGUE)
    found = Collection.objects.filter(pk=collection_id).first()
    if found is None:
        return
    if found.products.exists():
        raise CollectionInUseError
    record_act(actor=by, action="merch.remove_collection", subject=subject_of(found), now=now)
    found.delete()


def follow_product(*, product: Product) -> None:
    """Let a product's items say its title and whom it feeds; open the books of a campaign that it feeds. Few queries.

    What is sold already stays as it was sold.
    """
    campaign = product.campaign
    if campaign is not None:
        feed(campaign=campaign)
    locked = (
        StockItem.objects.select_for_update(no_key=True, of=("self",)).filter(variant__product=product).order_by("pk")
    )
    list(locked.values_list("pk"))  # in the order in which buyers do
    variants = list(product.variants.select_related("item"))
    for variant in variants:
        variant.item.title, variant.item.subject = item_title(product, variant), product.subject
    StockItem.objects.bulk_update([variant.item for variant in variants], ["title", "subject"])


def feed(*, campaign: Campaign) -> None:
    """Open the shop's books of a campaign that goods shall feed. Repeat-safe."""
    open_subject(subject=campaign.slug, title=campaign.title)


def item_title(product: Product, variant: Variant) -> str:
    """Return what a receipt calls it."""
    return ", ".join(word for word in (product.title, variant.name) if word)[:LONGEST_ITEM]


def _last(product: Product) -> int:
    return max(product.variants.values_list("position", flat=True), default=0)


def _put(row: Model, said: dict[str, Any]) -> list[str]:
    """Set fields of a row, and return which of them changed."""
    changed = [name for name, value in said.items() if not row.pk or getattr(row, name) != value]
    for name, value in said.items():
        setattr(row, name, value)
    return changed


def _note(action: str, row: Model, by: User, now: datetime, changed: Iterable[str]) -> None:
    record_act(actor=by, action=action, subject=subject_of(row), details={"fields": sorted(changed)}, now=now)
