"""What the shop's pages show, to whom, and at what cost."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.test import Client

from communities.models import Community
from merch.catalogue import photo_views
from merch.models import Collection, Photo, Product, Variant
from tests import make
from tests.merch import shelf

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
DIGEST = "a" * 64


def photo(of: Product, *, position: int = 0, state: str = Photo.State.READY, digest: str = DIGEST) -> Photo:
    return Photo.objects.create(
        product=of, position=position, alt="Кружка на столе", state=state, digest=digest, widths=[480, 960], height=960,
        source_sha256=f"{of.pk:060}{position:04}", uploaded_at=shelf.NOW,
    )  # fmt: skip


def read(path: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def told(page: str) -> dict[str, Any]:
    """Return the product of a page's JSON-LD."""
    found = re.search(r'<script type="application/ld\+json">(.+?)</script>', page)
    assert found is not None
    way, product = json.loads(found[1])["@graph"]
    assert way["@type"] == "BreadcrumbList"
    return dict(product)


def test_a_card_says_what_it_is_and_what_it_costs() -> None:
    jazz = make.campaign("jazz", title="Джаз в мае")
    community = Community.objects.create(slug="clay", name="Клуб керамистов", search_text="")
    mug = shelf.product("Кружка", community=community, campaign=jazz)
    shelf.variant(mug, price=400_00, size="S", pieces=1)
    shelf.variant(mug, price=600_00, size="L")
    shelf.variant(shelf.product("Сумка"), price=900_00)
    photo(mug)
    page = read("/en/shop/")

    for words in ("from 400\xa0₽", "900\xa0₽", "Клуб керамистов", "Джаз в мае", "Sold out", "For the public fund"):
        assert words in page, words
    assert f"/photos/{DIGEST}/960.jpg" in page
    assert "from 900" not in page


def test_a_campaign_that_is_not_public_yet_is_not_named() -> None:
    mug = shelf.product(campaign=make.draft("tayna", title="Тайный замысел"))
    shelf.variant(mug, pieces=1)

    for path in ("/en/shop/", "/en/shop/?feeds=tayna", mug.get_absolute_url()):
        page = read(path)
        assert "Тайный замысел" not in page
    assert "For the public fund" not in read("/en/shop/"), "nor is it said that the fund gets it"


def test_a_product_has_all_that_is_known_of_it() -> None:
    community = Community.objects.create(slug="clay", name="Клуб керамистов", search_text="")
    jazz = Collection.objects.create(slug="jazz", title="Джаз")
    mug = shelf.product(
        "Кружка <b>", community=community, collection=jazz, tags=["дом & сад"],
        description="**Обожжена** <script>alert(1)</script> дважды.",
    )  # fmt: skip
    plenty = shelf.variant(mug, pieces=9, size="S", price=500_00)
    few = shelf.variant(mug, pieces=2, size="M")
    none = shelf.variant(mug, size="L")
    hidden = shelf.variant(mug, size="XXL", is_on_sale=False)
    photo(mug)
    photo(mug, position=1, state=Photo.State.WAITING, digest="")
    page = read(f"/en{mug.get_absolute_url()}")

    for words in (
        "Кружка &lt;b&gt;", "/communities/clay/", "?collection=jazz", f"?tag={quote('дом & сад')}",
        "<strong>Обожжена</strong>", "Only 2 left", "Sold out", f"/wait/{none.pk}/",
        f'href="/photos/{DIGEST}/960.jpg" data-photo', "Materials and freight", "278,65\xa0₽",
    ):  # fmt: skip
        assert words in page, words
    assert page.count("data-photo>") == 1
    for words in ("<script>alert", "XXL", f"/wait/{few.pk}/"):
        assert words not in page, words
    assert f'id="variant-{plenty.pk}"' in page
    assert f'id="variant-{hidden.pk}"' not in page


def test_search_engines_read_a_product_with_its_offers() -> None:
    mug = shelf.product("Кружка </script>", tags=["дом"])
    variants = [
        shelf.variant(mug, size=size, pieces=pieces, price=123_45) for size, pieces in (("S", 9), ("M", 1), ("L", 0))
    ]
    photo(mug)
    page = read(mug.get_absolute_url())
    product = told(page)

    assert (product["@type"], product["name"], product["keywords"]) == ("Product", "Кружка </script>", "дом")
    assert [(one["sku"], one["price"], one["priceCurrency"], one["availability"]) for one in product["offers"]] == [
        (variant.item.sku, "123.45", "RUB", f"https://schema.org/{word}")
        for variant, word in zip(variants, ("InStock", "LimitedAvailability", "OutOfStock"), strict=True)
    ]
    assert (
        f'<link rel="canonical" href="http://localhost:8000{mug.get_absolute_url()}">'.split("//")[-1].split("/", 1)[1]
        in page
    )
    assert 'hreflang="en"' in page
    assert f'/photos/{DIGEST}/960.jpg"' in page
    assert '<meta property="og:image:width" content="960">' in page


def test_a_withdrawn_product_keeps_its_page_but_sells_nothing() -> None:
    mug = shelf.product(state=Product.State.WITHDRAWN)
    variant = shelf.variant(mug, pieces=3)
    page = read(f"/en{mug.get_absolute_url()}")

    assert "This is not sold any more" in page
    assert f'id="variant-{variant.pk}"' not in page
    assert [one["availability"] for one in told(page)["offers"]] == ["https://schema.org/Discontinued"]


def test_a_draft_has_no_page() -> None:
    draft = shelf.product(state=Product.State.DRAFT, listed_at=None)
    shelf.variant(draft)

    assert Client().get(draft.get_absolute_url()).status_code == 404
    assert Client().get("/shop/no-such/").status_code == 404
    assert Client().post(shelf.product().get_absolute_url()).status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_a_product_costs_the_same_however_much_it_has(
    django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    mug = shelf.product(campaign=make.campaign("jazz"))
    for number in range(count):
        shelf.variant(mug, pieces=number, size=f"{number}")
        photo(mug, position=number, digest=f"{number:064}")
    with django_assert_num_queries(6):
        read(mug.get_absolute_url())


def test_empty_shelves_and_empty_answers_help() -> None:
    assert "Nothing is on sale yet" in read("/en/shop/")
    shelf.variant(shelf.product())
    page = read("/en/shop/?q=трамвай&tag=нет")
    for words in ("Nothing found", "All souvenirs", "The same words without filters"):
        assert words in page


def test_htmx_gets_the_part_that_changes() -> None:
    shelf.variant(shelf.product())
    part = Client().get("/shop/?sort=cheap", headers={"hx-request": "true"})
    assert (b"<html" in part.content, part.headers["Cache-Control"]) == (False, "private, no-store")


def test_the_site_leads_to_the_shop() -> None:
    shelf.variant(shelf.product())
    listed = shelf.product("Кружка")
    shelf.variant(listed)
    home = read("/")
    assert home.count('href="/shop/"') == 2
    sitemap = read("/sitemap-products.xml")
    assert listed.get_absolute_url() in sitemap
    assert "/shop/" in read("/sitemap-pages.xml")
    assert shelf.product(state=Product.State.DRAFT, listed_at=None).slug not in read("/sitemap-products.xml")


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    monkeypatch.setattr(default_storage, "_wrapped", storages.create_storage(place))
    default_storage.save(f"photos/{DIGEST}/480.webp", ContentFile(b"webp"))


@pytest.mark.parametrize("state", [Product.State.LISTED, Product.State.WITHDRAWN])
def test_a_photo_of_what_was_on_sale_is_anybodys_for_ever(stored: None, state: str) -> None:
    photo(shelf.product(state=state))
    answer = Client().get(f"/photos/{DIGEST}/480.webp")

    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, b"webp", "image/webp")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for path in (f"{DIGEST}/481.webp", f"{DIGEST}/960.jpg", f"{'b' * 64}/480.webp"):
        assert Client().get(f"/photos/{path}").status_code == 404


def test_a_drafts_photo_is_nobodys_but_the_brand_managers(stored: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_views, "MANAGERS", "communities.view_community")
    photo(shelf.product(state=Product.State.DRAFT, listed_at=None))
    path = f"/photos/{DIGEST}/480.webp"
    manager = make.staff("brand_manager", email="brand@example.org")

    assert Client().get(path).status_code == 404
    assert make.sign_in(Client(), make.staff("treasurer")).get(path).status_code == 404
    assert make.sign_in(Client(), manager, second_factor=False).get(path).status_code == 404
    answer = make.sign_in(Client(), manager).get(path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")


def test_the_same_photo_of_a_draft_and_of_what_is_on_sale_is_public(stored: None) -> None:
    photo(shelf.product(state=Product.State.DRAFT, listed_at=None))
    photo(shelf.product())
    assert Client().get(f"/photos/{DIGEST}/480.webp").status_code == 200
    assert Variant.objects.count() == 0
