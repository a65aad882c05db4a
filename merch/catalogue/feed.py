"""The shop as Yandex Market and price comparers read it: YML (yandex.ru/support/merchants/ru/elements/shop)."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import override
from redis.exceptions import RedisError

from fund.money import KOPECKS_IN_ROUBLE, to_decimal_text
from merch import selectors
from merch.models import Product

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from merch.models import Photo, Variant

OTHER = 1_000_000_000  # the category of what is in no collection; collections' own numbers never come so far
MOST_PHOTOS, LONGEST_NAME, LONGEST_WORDS, LONGEST_VALUE = 10, 150, 3000, 255
CURRENCY = "RUR"  # the roubles of this format
GRAMS = 1000
BATCH = 500
PLACE, KEPT_SECONDS = "shop:feed", 900  # beat writes it anew long before, config/schedule.py
OWN_SECONDS = 60  # how long a process shows the last that it wrote itself, where the shared one is not to be had
# What XML 1.0 can't hold even escaped: controls, halves of surrogate pairs, two that are no characters.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
LINK = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)")
MARKS = re.compile(r"^(?:#{1,6}|>)\s+|\*{1,3}|`", re.MULTILINE)  # of Markdown, which this format does not speak


@dataclass(frozen=True)
class Feed:
    """The feed, and a mark that changes with anything in it but the moment that it was made."""

    body: bytes
    mark: str


class _Own:
    """The last feed that a request in this process wrote."""

    def __init__(self) -> None:
        self.lock, self.written_at = Lock(), 0.0
        self.feed: Feed | None = None


_OWN = _Own()


def kept_feed(*, now: datetime) -> Feed:
    """Return the feed as the worker wrote it last.

    Where there is none, or its place is not reached, each process writes its own, once a minute and one request at a
    time.
    """
    with suppress(RedisError):
        known = cache.get(PLACE)
        if known is not None:
            return Feed(*known)
    with _OWN.lock:
        if _OWN.feed is None or monotonic() - _OWN.written_at > OWN_SECONDS:
            _OWN.feed, _OWN.written_at = keep_feed(now=now), monotonic()
        return _OWN.feed


def forget_own_feed() -> None:
    """Forget what this process wrote itself."""
    _OWN.feed = None


def keep_feed(*, now: datetime) -> Feed:
    """Write the feed and keep it for all who ask: thousands of products are not written anew for each."""
    found = shop_feed(now=now)
    with suppress(RedisError):
        cache.set(PLACE, (found.body, found.mark), KEPT_SECONDS)
    return found


def shop_feed(*, now: datetime) -> Feed:
    """Return all that is on sale, in Russian. Five queries, and three more for each 500 products."""
    with override("ru"):
        inner = "".join(_pieces())
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<yml_catalog date="{now.isoformat("T", "seconds")}">'
    body = f"{head}{inner}</yml_catalog>\n".encode()
    return Feed(body, sha256(inner.encode()).hexdigest())


def _pieces() -> Iterator[str]:
    """Write the shop a batch of products at a time."""
    out = _Writer()
    out.open("shop")
    for name, text in (
        ("name", "Социальный капитал"),
        ("company", settings.FUND["name"]),
        ("url", settings.SITE_URL + reverse("shop:list")),
    ):
        out.put(name, text)
    out.open("currencies")
    out.put("currency", "", id=CURRENCY, rate="1")
    out.close("currencies")
    out.open("categories")
    for number, title in (*_categories(), (OTHER, "Сувениры")):
        out.put("category", title, id=str(number))
    out.close("categories")
    out.open("offers")
    yield out.taken()
    for products in _batches():
        _offers(out, products)
        yield out.taken()
    out.close("offers")
    out.close("shop")
    yield out.taken()


def _categories() -> Iterable[tuple[int, str]]:
    shown = Product.objects.filter(state=Product.State.LISTED, collection__isnull=False).order_by("collection_id")
    return shown.values_list("collection_id", "collection__title").distinct()


def _batches() -> Iterator[dict[int, Product]]:
    """Return what is on sale in order, some at a time; each next by the last key, so that none is read twice."""
    last = 0
    while True:
        rows = selectors.products().filter(state=Product.State.LISTED, pk__gt=last).order_by("pk")[:BATCH]
        found = {row.pk: row for row in rows}
        if not found:
            return
        yield found
        last = max(found)


def _offers(out: _Writer, products: Mapping[int, Product]) -> None:
    variants, photos = selectors.variants_of(products=products), selectors.photos_of(products=products)
    for number, product in products.items():
        for variant in variants.get(number, []):
            _offer(out, product, variant, photos.get(number, []))


def _offer(out: _Writer, product: Product, variant: Variant, photos: Sequence[Photo]) -> None:
    is_there = "true" if variant.item.available else "false"
    out.open("offer", id=str(variant.pk), group_id=str(product.pk), available=is_there)
    address = settings.SITE_URL + product.get_absolute_url()
    out.put("url", f"{address}#variant-{variant.pk}")
    out.put("price", _price(variant.price_kopecks))
    out.put("currencyId", CURRENCY)
    out.put("categoryId", str(product.collection_id or OTHER))
    for photo in photos[:MOST_PHOTOS]:
        out.put("picture", settings.SITE_URL + photo.src)
    out.put("name", ", ".join(word for word in (product.title, variant.name) if word)[:LONGEST_NAME])
    out.put("vendor", product.maker)
    out.put("vendorCode", variant.item.sku)
    words = "\n\n".join(text for text in (product.summary, bare(product.description)) if text)
    out.put("description", words[:LONGEST_WORDS])
    for name, value in (("Размер", variant.size), ("Цвет", variant.colour)):
        if value:
            out.put("param", value[:LONGEST_VALUE], name=name)
    if variant.item.grams:
        out.put("weight", f"{variant.item.grams // GRAMS}.{variant.item.grams % GRAMS:03}")
    out.close("offer")


def bare(markdown: str) -> str:
    """Return a description's words without the signs that make them bold, a heading or a link."""
    return MARKS.sub("", LINK.sub(r"\1", markdown)).strip()


def _price(kopecks: int) -> str:
    return str(kopecks // KOPECKS_IN_ROUBLE) if kopecks % KOPECKS_IN_ROUBLE == 0 else to_decimal_text(kopecks)


class _Writer:
    """XML as the standard library escapes it, taken out in pieces; what XML can't hold is left out."""

    def __init__(self) -> None:
        self._buffer = StringIO()
        self._xml = XMLGenerator(self._buffer, encoding="utf-8", short_empty_elements=True)

    def open(self, name: str, /, **attributes: str) -> None:
        """Begin an element."""
        told = {key: FORBIDDEN.sub("", value) for key, value in attributes.items()}
        self._xml.startElement(name, AttributesImpl(told))

    def close(self, name: str) -> None:
        """End it."""
        self._xml.endElement(name)

    def put(self, name: str, text: str, /, **attributes: str) -> None:
        """Write an element that holds nothing but words."""
        self.open(name, **attributes)
        if text:
            self._xml.characters(FORBIDDEN.sub("", text))
        self.close(name)

    def taken(self) -> str:
        """Return what was written since the last time."""
        written = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return written
