"""What the catalogue is searched by follows every change."""

from __future__ import annotations

import pytest

from communities.models import Community
from merch.models import Collection, Product, ShopListing, Variant
from tests.merch import shelf

pytestmark = pytest.mark.django_db


def test_a_product_is_listed_while_it_is_on_sale() -> None:
    mug = shelf.product()
    assert not ShopListing.objects.exists()  # nothing of it can be bought
    small, big = shelf.variant(mug, price=40_000, size="S"), shelf.variant(mug, price=60_000, size="L")
    assert mug.listing.lowest_price_kopecks == 40_000
    Variant.objects.filter(pk=small.pk).update(is_on_sale=False)
    assert ShopListing.objects.get(product=mug).lowest_price_kopecks == 60_000
    Variant.objects.filter(pk=big.pk).update(price_kopecks=70_000)
    assert ShopListing.objects.get(product=mug).lowest_price_kopecks == 70_000
    Product.objects.filter(pk=mug.pk).update(state=Product.State.WITHDRAWN)
    assert not ShopListing.objects.exists()


def test_a_listing_knows_the_new_names_of_maker_and_collection() -> None:
    community = Community.objects.create(slug="clay", name="Клуб керамистов", search_text="")
    collection = Collection.objects.create(slug="jazz", title="Джаз")
    mug = shelf.product(community=community, collection=collection)
    shelf.variant(mug)
    Community.objects.filter(pk=community.pk).update(name="Гончарный круг")
    Collection.objects.filter(pk=collection.pk).update(slug="jazz-may")
    found = ShopListing.objects.get(product=mug)
    assert (found.maker, found.collection) == ("Гончарный круг", "jazz-may")
