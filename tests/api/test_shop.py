"""The shop through the API: what there is and what is left, orders by a key of one's own, by the site's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fund.sales.models import Sale, StockItem
from merch.models import Collection, Product, Variant
from tests import make
from tests.fund.sales.orders import pay
from tests.merch import shelf
from tests.merch.test_carts import code
from tests.merch.test_checkout import tariff

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from emulator.control import EmulatorControl

pytestmark = pytest.mark.django_db

WITH_A_GIFT = {"shop_rules": True, "buyer_data": True, "offer": True}


def body(*variants: Variant, quantity: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "items": [{"sku": one.item.sku, "quantity": quantity} for one in variants],
        "delivery": {"carrier": "pickup"},
        "name": "Анна Петрова",
        "phone": "+79001234567",
        "email": "anna@example.org",
        "total_kopecks": sum(one.price_kopecks * quantity for one in variants),
        "consents": {"shop_rules": True, "buyer_data": True},
    } | changes


def post(client: Client, data: Any, key: str | None = "k1") -> Any:
    headers = {"Idempotency-Key": key} if key is not None else {}
    return client.post("/api/v1/orders", data, content_type="application/json", headers=headers)


def test_the_catalogue_is_the_shops_list(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    jazz = Collection.objects.create(slug="jazz", title="Джаз")
    mug = shelf.product("Кружка джазовая", collection=jazz, tags=["керамика"])
    shelf.variant(mug, pieces=2, price=50_000)
    shelf.variant(shelf.product("Значок", state=Product.State.DRAFT, listed_at=None), pieces=1)
    with django_assert_num_queries(4):
        found = client.get("/api/v1/products", {"q": "кружки", "collection": "jazz"}).json()
    assert (found["total"], found["next_cursor"]) == (1, None)
    row = found["items"][0]
    assert (row["slug"], row["collection"], row["feeds"], row["lowest_price_kopecks"], row["available"]) == (
        mug.slug, "jazz", "fund", 50_000, 2,
    )  # fmt: skip
    for _number in range(2):
        shelf.variant(shelf.product("Кружка", collection=jazz), pieces=1)
    with django_assert_num_queries(4):
        assert client.get("/api/v1/products", {"collection": "jazz"}).json()["total"] == 3
    assert client.get("/api/v1/products", {"sort": "odd"}).status_code == 400


def test_a_product_tells_its_variants_and_what_is_left(client: Client) -> None:
    mug = shelf.product()
    small = shelf.variant(mug, pieces=2, size="S")
    shelf.variant(mug, size="L", is_on_sale=False)
    found = client.get(f"/api/v1/products/{mug.slug}").json()
    assert found["variants"] == [
        {"sku": small.item.sku, "size": "S", "colour": "", "price_kopecks": 50_000, "available": 2}
    ]
    Product.objects.filter(pk=mug.pk).update(state=Product.State.WITHDRAWN)
    assert client.get(f"/api/v1/products/{mug.slug}").status_code == 404


def test_availability_is_asked_for_by_article(client: Client) -> None:
    mug, badge = (shelf.variant(shelf.product(), pieces=2) for _number in range(2))
    answer = client.get("/api/v1/availability", {"sku": [mug.item.sku, badge.item.sku, "NONE", "\x00"]})
    assert {row["sku"]: row["available"] for row in answer.json()["items"]} == {mug.item.sku: 2, badge.item.sku: 2}
    assert answer.headers["Cache-Control"] == "no-store"
    for wrong in ({}, {"sku": [f"A{number}" for number in range(51)]}, {"sku": "A" * 41}):
        assert client.get("/api/v1/availability", wrong).status_code == 400


def test_an_order_is_one_however_often_it_is_sent(client: Client, control: EmulatorControl) -> None:
    mug = shelf.variant(shelf.product(), pieces=5)
    first = post(client, body(mug, quantity=2))
    assert (first.status_code, first.json()["state"], first.json()["total_kopecks"]) == (201, "unpaid", 100_000)
    assert first.json()["confirmation_url"]
    Variant.objects.filter(pk=mug.pk).update(price_kopecks=100)  # the same request stays the same order
    assert post(client, body(mug, quantity=2, total_kopecks=100_000)).json()["token"] == first.json()["token"]
    assert post(client, body(mug, quantity=3, total_kopecks=300)).status_code == 422
    assert StockItem.objects.get(pk=mug.item_id).reserved == 2

    sale = pay(control, Sale.objects.get())
    shown = client.get(f"/api/v1/orders/{sale.token}")
    assert (shown.json()["state"], shown.json()["operation"]) == ("paid", sale.payment.operation_id)
    assert shown.json()["lines"][0]["title"] == mug.product.title
    for private in ("anna", "Анна", "79001234567"):
        assert private not in shown.content.decode()
    assert client.get(f"/api/v1/orders/{'x' * 43}").status_code == 404


@pytest.mark.parametrize("quantity", [0, -1, 10**9, 100, 1.5, "1", True, None])
def test_a_number_of_pieces_that_nobody_buys_is_refused(client: Client, quantity: object) -> None:
    mug = shelf.variant(shelf.product(), pieces=5)
    data = body(mug)
    data["items"][0]["quantity"] = quantity
    answer = post(client, data)
    assert (answer.status_code, "items" in answer.json()["errors"]) == (400, True)
    assert not Sale.objects.exists()


def test_what_can_not_be_had_is_named(client: Client) -> None:
    mug = shelf.variant(shelf.product(), pieces=1)
    off = shelf.variant(shelf.product(), pieces=1, is_on_sale=False)
    few = post(client, body(mug, quantity=2))
    assert (few.status_code, mug.item.sku in few.json()["detail"]) == (409, True)
    assert post(client, body(off)).status_code == 409
    assert post(client, body(mug) | {"items": [{"sku": "NONE", "quantity": 1}]}).status_code == 409
    assert post(client, body(mug, mug)).status_code == 400  # the same twice
    assert not Sale.objects.exists()


def test_nothing_is_ordered_at_a_sum_that_the_buyer_was_not_told(client: Client) -> None:
    mug = shelf.variant(shelf.product(), pieces=5)
    answer = post(client, body(mug, total_kopecks=49_999))
    assert (answer.status_code, "50000" in answer.json()["detail"]) == (409, True)
    tariff()
    parcel = {"carrier": "cdek", "postcode": "440000", "place": "Пенза"}
    assert "85000" in post(client, body(mug, delivery=parcel)).json()["detail"]
    assert post(client, body(mug, delivery=parcel, total_kopecks=85_000)).status_code == 201
    assert post(client, body(mug, delivery=parcel | {"postcode": "101000"}), key="k2").status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"items": []}, {"phone": "1"}, {"email": "x"}, {"name": " "}, {"delivery": {"carrier": "cdek"}},
        {"delivery": {"carrier": "cdek", "postcode": "440000"}}, {"delivery": {"carrier": "drone"}},
        {"consents": {"shop_rules": True, "buyer_data": False}}, {"consents": {}}, {"gift": {"amount_kopecks": 1}},
        {"total_kopecks": "50000"},
    ],
)  # fmt: skip
def test_each_wrong_field_is_named(client: Client, wrong: dict[str, Any]) -> None:
    mug = shelf.variant(shelf.product(), pieces=5)
    answer = post(client, body(mug) | wrong)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(wrong))
    assert post(client, body(mug), key="").status_code == 400
    assert not Sale.objects.exists()


@pytest.mark.parametrize(
    ("gift", "consents", "named"),
    [
        ({"amount_kopecks": 10_000}, {"shop_rules": True, "buyer_data": True}, "consents"),
        ({"amount_kopecks": 10_000}, WITH_A_GIFT | {"offer": False}, "consents"),
        ({"amount_kopecks": 10_000, "campaign": "none"}, WITH_A_GIFT, "gift"),
    ],
)
def test_a_gift_needs_the_offer_and_a_project(
    client: Client, gift: dict[str, Any], consents: dict[str, bool], named: str
) -> None:
    mug = shelf.variant(shelf.product(), pieces=5)
    answer = post(client, body(mug, gift=gift, consents=consents, total_kopecks=60_000))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [named])
    assert not Sale.objects.exists()


def test_a_gift_and_a_code_hold_as_at_the_checkout(client: Client) -> None:
    campaign = make.campaign(funding="open_ended")
    mug = shelf.variant(shelf.product(), pieces=5)
    code("JAZZ", percent=10)
    gift = {"campaign": campaign.slug, "amount_kopecks": 10_000}
    answer = post(client, body(mug, gift=gift, promo_code="jazz", total_kopecks=55_000, consents=WITH_A_GIFT))
    assert (answer.status_code, answer.json()["discount_kopecks"]) == (201, 5_000)
    assert [line["kind"] for line in answer.json()["lines"]] == ["goods", "gift"]
    again = post(client, body(mug, promo_code="JAZZ", total_kopecks=45_000), key="k2")
    assert again.status_code == 409  # once per person
    statuses = [post(client, body(mug, promo_code=f"GUESS{n}"), key=f"g{n}").status_code for n in range(11)]
    assert statuses == [409] * 10 + [429]


def test_too_many_unpaid_orders_are_429(client: Client) -> None:
    mug = shelf.variant(shelf.product(), pieces=9)
    statuses = [post(client, body(mug), key=f"k{number}").status_code for number in range(4)]
    assert statuses == [201, 201, 201, 429]


def test_too_many_unpaid_pieces_are_named(client: Client, settings: Any) -> None:
    settings.UNPAID_PIECES_PER_EMAIL = 2
    mug = shelf.variant(shelf.product(), pieces=9)
    answer = post(client, body(mug, quantity=3), key="k")
    assert (answer.status_code, "не больше 2" in answer.json()["detail"]) == (409, True)
