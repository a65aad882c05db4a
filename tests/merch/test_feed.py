"""The feed holds what Yandex Market needs of all that is on sale, as XML that any parser takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st
from redis.exceptions import RedisError

from merch import tasks
from merch.catalogue import feed
from merch.models import Collection, Product, Variant
from tests.merch import shelf

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries


@pytest.fixture(autouse=True)
def _no_feed_is_kept() -> None:
    nothing_is_kept()


def nothing_is_kept() -> None:
    cache.clear()
    feed.forget_own_feed()


def offers(client: Client) -> list[ET.Element]:
    return list(_read(client).iter("offer"))


def _read(client: Client) -> ET.Element:
    return ET.fromstring(client.get("/shop/feed.yml").content)


def text(of: ET.Element, path: str) -> str:
    found = of.find(path)
    assert found is not None, path
    return found.text or ""


@pytest.mark.django_db
def test_the_feed_holds_all_that_must_be_there(client: Client) -> None:
    jazz = Collection.objects.create(slug="jazz", title="Джаз & Сура")
    Collection.objects.create(slug="empty", title="Пустая")
    mug = shelf.product("Кружка", collection=jazz, description="Обожжена **дважды**.")
    there = shelf.variant(mug, pieces=2, price=500_00, size="0,3 л", colour="Синий")
    gone = shelf.variant(shelf.product("Сумка"), price=1_234_50)
    answer = client.get("/shop/feed.yml")
    root = ET.fromstring(answer.content)

    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert (root.tag, [one.tag for one in root]) == ("yml_catalog", ["shop"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+03:00", root.attrib["date"])
    assert [one.tag for one in root[0]] == ["name", "company", "url", "currencies", "categories", "offers"]
    assert all(text(root, f"shop/{name}") for name in ("name", "company", "url"))
    assert [one.attrib for one in root.iter("currency")] == [{"id": "RUR", "rate": "1"}]
    categories = {one.attrib["id"]: one.text for one in root.iter("category")}
    assert categories == {str(jazz.pk): "Джаз & Сура", str(feed.OTHER): "Сувениры"}
    first, second = root.iter("offer")
    assert [first.attrib, second.attrib] == [
        {"id": str(there.pk), "group_id": str(mug.pk), "available": "true"},
        {"id": str(gone.pk), "group_id": str(gone.product_id), "available": "false"},
    ]
    assert {one.tag: one.text for one in first if one.tag not in {"url", "param"}} == {
        "price": "500", "currencyId": "RUR", "categoryId": str(jazz.pk), "name": "Кружка, 0,3 л, Синий",
        "vendor": "Мастерская «Глина»", "vendorCode": there.item.sku, "weight": "0.300",
        "description": "Керамика с гербом города.\n\nОбожжена дважды.",
    }  # fmt: skip
    assert [(one.attrib, one.text) for one in first.iter("param")] == [
        ({"name": "Размер"}, "0,3 л"), ({"name": "Цвет"}, "Синий"),
    ]  # fmt: skip
    assert text(first, "url").endswith(f"/shop/{mug.slug}/#variant-{there.pk}")
    assert (text(second, "price"), text(second, "categoryId")) == ("1234.50", str(feed.OTHER))


@pytest.mark.django_db
def test_what_is_not_on_sale_is_not_in_the_feed(client: Client) -> None:
    shelf.variant(shelf.product("Черновик", state=Product.State.DRAFT, listed_at=None), pieces=1)
    shelf.variant(shelf.product("Снятая", state=Product.State.WITHDRAWN), pieces=1)
    mug = shelf.product("Кружка")
    shown, hidden = shelf.variant(mug, size="S"), shelf.variant(mug, size="M", is_on_sale=False)

    assert [one.attrib["id"] for one in offers(client)] == [str(shown.pk)]
    Variant.objects.filter(pk=hidden.pk).update(is_on_sale=True)
    assert len(offers(client)) == 1, "for a minute it is the same"
    nothing_is_kept()
    assert len(offers(client)) == 2


@pytest.mark.django_db
def test_signs_of_xml_and_what_it_can_not_hold_are_no_harm(client: Client) -> None:
    title = "Кружка <b>&amp;</b> \"Сура\" 'Пенза'"
    shelf.variant(shelf.product(title, summary="a\x0b]]>&#0;<!--\ufffe🦫", maker_name='"Глина" & <Ко>'), size="<&>\"'")
    (one,) = offers(client)

    assert text(one, "name") == f"{title}, <&>\"'"
    assert (text(one, "description"), text(one, "vendor")) == ("a]]>&#0;<!--🦫", '"Глина" & <Ко>')


def test_a_description_is_told_without_the_signs_of_markdown() -> None:
    told = "## Уход\n\n**Мыть** *руками*, см. [здесь](https://example.org/a_b).\n\n- раз\n> два * три"
    assert feed.bare(told) == "Уход\n\nМыть руками, см. здесь.\n\n- раз\nдва  три"


@given(st.text())
def test_any_words_come_back_as_they_were_but_for_what_xml_can_not_hold(words: str) -> None:
    out = feed._Writer()
    out.put("name", words, id=words)
    found = ET.fromstring(out.taken().encode())

    clean = feed.FORBIDDEN.sub("", words)
    assert (found.text or "") == clean.replace("\r\n", "\n").replace("\r", "\n")
    assert found.attrib["id"] == clean


@pytest.mark.django_db
def test_who_has_the_feed_already_is_told_so(client: Client) -> None:
    variant = shelf.variant(shelf.product())
    first = client.get("/shop/feed.yml")
    again = client.get("/shop/feed.yml", headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")

    Variant.objects.filter(pk=variant.pk).update(price_kopecks=1_00)
    nothing_is_kept()
    changed = client.get("/shop/feed.yml", headers={"if-none-match": first.headers["ETag"]})
    assert (changed.status_code, changed.headers["ETag"] == first.headers["ETag"]) == (200, False)


@pytest.mark.django_db
def test_the_worker_writes_the_feed_before_somebody_asks(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    variant = shelf.variant(shelf.product(), price=500_00)
    tasks.write_feed()
    with django_assert_num_queries(0):
        assert [text(one, "price") for one in offers(client)] == ["500"]

    Variant.objects.filter(pk=variant.pk).update(price_kopecks=450_00)
    assert [text(one, "price") for one in offers(client)] == ["500"]
    tasks.write_feed()
    assert [text(one, "price") for one in offers(client)] == ["450"]


@pytest.mark.django_db
def test_without_the_shared_place_a_process_writes_the_feed_once_a_minute(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.variant(shelf.product(), price=500_00)

    def gone(*_: object, **__: object) -> None:
        raise RedisError

    monkeypatch.setattr(cache, "get", gone)
    monkeypatch.setattr(cache, "set", gone)
    with django_assert_num_queries(5):
        assert len(offers(client)) == 1
    with django_assert_num_queries(0):
        assert len(offers(client)) == 1
    monkeypatch.setattr(feed, "OWN_SECONDS", 0)
    with django_assert_num_queries(5):
        offers(client)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.django_db
def test_the_feed_costs_the_same_however_much_there_is(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    for _number in range(count):
        shelf.variant(shelf.product(), pieces=1)

    with django_assert_num_queries(5):
        client.get("/shop/feed.yml")
    with django_assert_num_queries(0):
        client.get("/shop/feed.yml")
    nothing_is_kept()
    monkeypatch.setattr(feed, "BATCH", 1)
    assert len(offers(client)) == count
    assert client.post("/shop/feed.yml").status_code == 405
