"""The cart: it survives the browser, follows its person, tells what changed, and holds nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import signing
from django.utils import timezone

from fund.sales import services
from fund.sales.models import PromoCode, PromoMiss, StockItem
from merch.carts import basket as baskets
from merch.models import Cart, Product, Variant
from tests import make
from tests.fund.sales.goods import DAY, papers
from tests.merch import shelf

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def add(client: Client, variant: Variant, quantity: object = 1) -> None:
    assert client.post("/cart/add/", {"variant": variant.pk, "quantity": quantity}).status_code == 302


def pieces(client: Client) -> dict[int, int]:
    page = client.get("/cart/").context["page"]
    return {row.variant.pk: row.quantity for row in page.rows}


def test_a_cart_lives_in_a_cookie_for_weeks_and_holds_no_goods(client: Client) -> None:
    mug = shelf.variant(shelf.product(), pieces=3)
    add(client, mug, 2)
    add(client, mug)

    cookie = client.cookies["cart"]
    assert (cookie["httponly"], cookie["samesite"], int(cookie["max-age"]) > 50 * 24 * 3600) == (True, "Lax", True)
    assert pieces(client) == {mug.pk: 3}
    assert StockItem.objects.get(pk=mug.item_id).reserved == 0
    assert not Cart.objects.exists()


def test_a_cookie_that_somebody_wrote_is_an_empty_cart(client: Client) -> None:
    mug = shelf.variant(shelf.product(), pieces=3)
    for text in ("", "x", "a:b:c", signing.dumps({"lines": [[mug.pk, 2, 1]], "code": ""}, salt="another")):
        client.cookies["cart"] = text
        assert pieces(client) == {}


@pytest.mark.parametrize("quantity", ["0", "-1", "1000000000", "100", "2.5", "", "x", "9" * 400])
def test_a_number_of_pieces_that_nobody_buys_is_refused(client: Client, quantity: str) -> None:
    mug = shelf.variant(shelf.product(), pieces=3)
    page = client.post("/cart/add/", {"variant": mug.pk, "quantity": quantity}, follow=True)
    assert "от 1 до 99" in page.content.decode()
    assert pieces(client) == {}


def test_nobody_puts_in_what_is_not_on_sale(client: Client) -> None:
    draft = shelf.variant(shelf.product(state=Product.State.DRAFT, listed_at=None))
    kept_back = shelf.variant(shelf.product(), is_on_sale=False)
    for variant_id in (draft.pk, kept_back.pk, 2**62):
        assert client.post("/cart/add/", {"variant": variant_id, "quantity": 1}).status_code == 404
    assert client.get("/cart/add/").status_code == 405


def test_a_line_is_changed_and_taken_out_and_put_back(client: Client) -> None:
    mug = shelf.variant(shelf.product(), pieces=9)
    add(client, mug, 2)
    client.post("/cart/change/", {"variant": mug.pk, "quantity": 5})
    assert pieces(client) == {mug.pk: 5}

    page = client.post("/cart/change/", {"variant": mug.pk, "quantity": 0}, follow=True)
    assert page.context["removed"] == {"variant": mug, "quantity": 5}
    assert "вернуть" in page.content.decode().lower()
    assert pieces(client) == {}


def test_a_cart_says_what_can_not_be_had(client: Client) -> None:
    gone, few, off = (shelf.variant(shelf.product(), pieces=number) for number in (1, 2, 3))
    for variant in (gone, few, off):
        add(client, variant, 3)

    services.write_off_goods(lost={gone.item_id: 1}, papers=papers(), business_date=DAY)
    Product.objects.filter(pk=off.product_id).update(state=Product.State.WITHDRAWN)

    page = client.get("/cart/")
    assert [row.trouble for row in page.context["page"].rows] == ["sold_out", "short", "withdrawn"]
    assert not page.context["page"].can_be_ordered
    assert client.get("/cart/checkout/").headers["Location"] == "/cart/"


def test_a_price_that_changed_is_told_once(client: Client) -> None:
    mug = shelf.variant(shelf.product(), pieces=3, price=50_000)
    add(client, mug)
    Variant.objects.filter(pk=mug.pk).update(price_kopecks=60_000)

    first = client.get("/cart/")
    assert first.context["page"].rows[0].was_kopecks == 50_000
    assert "цена изменилась" in first.content.decode()
    assert client.get("/cart/").context["page"].rows[0].was_kopecks is None


def test_who_signs_in_has_both_carts_on_every_device(client: Client) -> None:
    person = make.user("buyer@example.org")
    mug, badge = (shelf.variant(shelf.product(), pieces=9) for _number in range(2))
    client.force_login(person)
    add(client, mug, 1)
    client.logout()
    add(client, mug, 4)
    add(client, badge, 2)

    client.force_login(person)
    assert pieces(client) == {mug.pk: 4, badge.pk: 2}
    assert client.cookies["cart"].value == ""
    assert pieces(client) == {mug.pk: 4, badge.pk: 2}  # merged once, not twice
    other = type(client)()
    other.force_login(person)
    assert pieces(other) == {mug.pk: 4, badge.pk: 2}


def test_a_cart_that_nobody_touches_is_forgotten(client: Client) -> None:
    client.force_login(make.user("buyer@example.org"))
    add(client, shelf.variant(shelf.product(), pieces=9))
    now = Cart.objects.get().touched_at
    assert baskets.forget_old_carts(now=now + timedelta(days=180)) == 0
    assert baskets.forget_old_carts(now=now + timedelta(days=181)) == 1


def test_a_cart_is_one_of_few_things_and_fits_its_cookie() -> None:
    full = baskets.Basket()
    for number in range(baskets.MOST_LINES):
        full = full.add(variant_id=2**40 + number, quantity=99, price_kopecks=shelf.kopecks(10_000_000))
    with pytest.raises(baskets.CartFullError):
        full.add(variant_id=1, quantity=1, price_kopecks=shelf.kopecks(1))
    assert len(signing.dumps(full.dump(), salt=baskets.SALT, compress=True)) < 3000
    assert baskets.load(full.dump()) == full


def test_a_code_takes_its_share_off_and_guessing_it_ends(client: Client) -> None:
    mug = shelf.variant(shelf.product(), pieces=9, price=50_000)
    add(client, mug, 2)
    code("JAZZ", percent=10)
    client.post("/cart/code/", {"code": " jazz "})
    assert client.get("/cart/").context["page"].discount_kopecks == 10_000

    for number in range(10):
        page = client.post("/cart/code/", {"code": f"GUESS{number}"}, follow=True)
    assert "Такого промокода нет" in page.content.decode()
    page = client.post("/cart/code/", {"code": "JAZZ"}, follow=True)
    assert "Слишком много неверных" in page.content.decode()
    assert client.get("/cart/").context["page"].discount_kopecks == 10_000  # the one that is in stays
    assert PromoMiss.objects.count() == 10
    client.post("/cart/code/", {"code": ""})
    assert client.get("/cart/").context["page"].discount_kopecks == 0


def code(text: str, **fields: object) -> PromoCode:
    """Return a code that holds now."""
    now = timezone.now()
    kind = "percent" if "percent" in fields else "amount"
    own: dict[str, object] = {
        "starts_at": now - timedelta(days=1),
        "ends_at": now + timedelta(days=1),
    }
    return PromoCode.objects.create(code=text, kind=kind, **own | fields)


def test_a_cart_of_three_things_asks_as_often_as_a_cart_of_one(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    code("JAZZ", percent=10)
    for number in range(3):
        add(client, shelf.variant(shelf.product(), pieces=9))
        client.post("/cart/code/", {"code": "JAZZ"})
        if number != 1:
            with django_assert_num_queries(3):
                client.get("/cart/")
