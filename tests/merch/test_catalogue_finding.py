"""Souvenirs are found by words, narrowed by facets, put in order; drafts and what was withdrawn never."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import product as combinations
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

from communities.models import Community
from merch.catalogue import searching
from merch.catalogue.page import PAGE_SIZE, shop_page
from merch.catalogue.wanted import Wanted
from merch.models import Collection, Product
from tests import make
from tests.merch import shelf

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def titles(**asked: str) -> list[str]:
    """Return what a search finds, in its order."""
    found = searching.search(wanted=Wanted.read(asked), limit=100)
    named = dict(Product.objects.values_list("pk", "title"))
    assert len(found.page) == found.total
    return [named[number] for number in found.page]


@pytest.fixture
def three() -> None:
    """Put three products on the shelf that differ in their words."""
    community = Community.objects.create(slug="clay", name="Клуб «Самовар»", search_text="")
    jazz = Collection.objects.create(slug="jazz", title="Джаз в мае")
    mug = shelf.product("Кружка с ёлкой", summary="Обожжена в печи.", community=community)
    bag = shelf.product("Сумка", summary="Прочный лён.", tags=["подарок"], collection=jazz)
    card = shelf.product("Открытка", summary="Набор на память.", description="Рисунок кружки и самовара.")
    shelf.variant(mug, colour="Синий")
    shelf.variant(bag, size="XL")
    shelf.variant(card)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("кружки", ["Кружка с ёлкой", "Открытка"]),  # the title before the description
        ("елка", ["Кружка с ёлкой"]),
        ("самовары", ["Кружка с ёлкой", "Открытка"]),  # the maker's name before the description
        ("подарки", ["Сумка"]),
        ("джаз", ["Сумка"]),
        ("синяя", ["Кружка с ёлкой"]),
        ("xl", ["Сумка"]),
        ("кружка -открытка", ["Кружка с ёлкой"]),
        ("сумкк", ["Сумка"]),  # mistyped
        ("открыт", ["Открытка"]),  # not typed to its end
        ("трамвай", []),
    ],
)
def test_words_are_found_as_russian_has_them(three: None, words: str, found: list[str]) -> None:
    assert titles(q=words) == found


@pytest.mark.parametrize(
    "words", ["' OR 1=1 --", "a & b", "((((", "\\", "%s %(q)s {0}", "a\x00b", "x" * 9000, "<script>alert(1)</script>"]
)
def test_whatever_is_typed_is_words_and_nothing_else(three: None, client: Client, words: str) -> None:
    for name in ("q", "tag", "maker", "feeds", "collection"):
        page = client.get("/shop/", {name: words})
        assert (page.status_code, b"<script>alert" in page.content) == (200, False)
    assert Product.objects.count() == 3


def test_a_draft_and_what_was_withdrawn_are_not_found(three: None, client: Client) -> None:
    draft = shelf.product("Тайная кружка", state=Product.State.DRAFT, listed_at=None)
    shelf.variant(draft, pieces=3)
    Product.objects.filter(title="Сумка").update(state=Product.State.WITHDRAWN)

    assert sorted(titles()) == ["Кружка с ёлкой", "Открытка"]
    page = client.get("/shop/").content.decode()
    assert ("Тайная" in page, "Сумка" in page) == (False, False)


@pytest.fixture
def many() -> list[dict[str, object]]:
    """Put thirty products of all kinds on the shelf; return what facets and words should know of each."""
    chance = random.Random(7)
    jazz = make.campaign("jazz", title="Джаз")
    groups = [None, *(Collection.objects.create(slug=slug, title=slug.title()) for slug in ("a", "b"))]
    clay = Community.objects.create(slug="clay", name="Гончары", search_text="")
    for _number in range(30):
        made = shelf.product(
            chance.choice(["Кружка", "Сумка"]), collection=chance.choice(groups), community=chance.choice([clay, None]),
            campaign=chance.choice([jazz, None]), tags=chance.choice([[], ["дом"], ["дом", "лето"]]),
        )  # fmt: skip
        for size in "SM"[: chance.choice([1, 2])]:
            pieces, is_on_sale = chance.choice([0, 0, 4]), size == "S" or chance.random() < 0.5
            shelf.variant(made, pieces=pieces, size=size, is_on_sale=is_on_sale)
    rows = Product.objects.select_related("community", "campaign", "collection")
    return [
        {"collection": [one.collection.slug if one.collection else ""], "tag": one.tags, "maker": [one.maker],
         "feeds": [one.subject], "q": one.title, "slug": one.slug,
         "available": ["now" if any(row.item.pieces for row in one.variants.filter(is_on_sale=True)) else ""]}
        for one in rows
    ]  # fmt: skip


def fitting(rows: list[dict[str, object]], wanted: Wanted, *, but: str = "") -> list[dict[str, object]]:
    """Return what fits by brute force, one facet left out."""
    asked = {name: value for name, value in wanted.filters.items() if name != but}
    return [
        row
        for row in rows
        if all(value in row[name] for name, value in asked.items())  # type: ignore[operator]
        and wanted.q in ("", row["q"])
    ]


def test_facets_count_as_brute_force_does(many: list[dict[str, object]]) -> None:
    """Each question that five facets and a word can ask: counts, totals and lists agree."""
    choices = (["", "Кружка"], ["", "a"], ["", "дом", "лето"], ["", "Гончары"], ["", "jazz", "fund"], ["", "now"])
    slugs = dict(Product.objects.values_list("pk", "slug"))
    for q, collection, tag, maker, feeds, available in combinations(*choices):
        wanted = Wanted(q=q, collection=collection, tag=tag, maker=maker, feeds=feeds, available=available)
        found = searching.search(wanted=wanted, limit=100)
        for name in Wanted.FACETS:
            values = [value for row in fitting(many, wanted, but=name) for value in row[name]]  # type: ignore[attr-defined]
            assert found.counts[name] == {value: values.count(value) for value in set(values)}, (wanted, name)
        here = sorted(str(row["slug"]) for row in fitting(many, wanted))
        assert (sorted(slugs[pk] for pk in found.page), found.total) == (here, len(here)), wanted


def test_the_order_is_what_was_asked_for() -> None:
    for number, (title, price, pieces) in enumerate([("а", 300_00, 1), ("б", 100_00, 0), ("в", 200_00, 1)]):
        made = shelf.product(title, listed_at=shelf.NOW + timedelta(days=number), summary="Кружка")
        shelf.variant(made, price=price, pieces=pieces)

    assert titles() == ["в", "а", "б"], "the newest first, what is gone at the end"
    assert titles(sort="cheap") == ["б", "в", "а"]
    assert titles(sort="dear") == ["а", "в", "б"]
    assert titles(q="кружка") == ["в", "а", "б"]
    assert titles(sort="nonsense") == ["в", "а", "б"]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("query", "queries"),
    [
        ("", 6),
        ("?tag=дом&feeds=fund&available=now&sort=dear", 6),
        ("?q=кружки", 6),
        ("?q=кружочк", 8),
        ("?q=трамвай", 4),
        ("?page=999", 7),
    ],
)
def test_a_list_costs_the_same_however_long(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, query: str, queries: int, count: int
) -> None:
    for number in range(count * 2):
        made = shelf.product(
            "Кружка", tags=["дом"], collection=Collection.objects.create(slug=f"c-{number}", title="Д")
        )
        shelf.variant(made, pieces=1, size="S")
        shelf.variant(made, pieces=1, size="M")
    cache.clear()

    with django_assert_num_queries(queries):
        assert client.get(f"/shop/{query}").status_code == 200


def test_the_list_comes_in_pages_that_keep_what_is_wanted(
    client: Client, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for number in range(PAGE_SIZE + 1):
        shelf.variant(shelf.product(f"Кружка {number}", tags=["дом"]))
    first = shop_page(wanted=Wanted(tag="дом"), number="")
    last = shop_page(wanted=Wanted(tag="дом"), number="9")

    assert (len(first.cards), first.next_query, first.previous_query) == (
        PAGE_SIZE, "?tag=%D0%B4%D0%BE%D0%BC&page=2", "",
    )  # fmt: skip
    assert (len(last.cards), last.page, last.next_query) == (1, 2, "")
    page = client.get("/shop/?tag=дом&page=2").content.decode()
    assert 'rel="prev"' in page
    assert "Кружка 0" in page
