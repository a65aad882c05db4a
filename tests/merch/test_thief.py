"""A thief in the shop: goods for less, money or a discount twice, broken pages; the books stay whole in all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from fund.ledger.audit import audit
from fund.money import Kopecks
from fund.payments.models import Refund
from fund.sales import services
from fund.sales.models import PromoUse, Sale, SaleContact, SaleReturn, StockItem
from fund.sales.services import Back
from fund.sales.services.placing import LATELY
from merch.carts.basket import SALT
from merch.models import Cart, CatalogueSheet, Variant
from pages.kept.routes import KEPT, changes_pages
from tests import make
from tests.api.test_shop import body, post
from tests.fund.sales.goods import books
from tests.fund.sales.orders import (
    bring_back,
    come_late,
    dispute,
    give_up,
    go,
    order,
    paid,
    pay,
    place,
    send_refunds,
)  # fmt: skip
from tests.merch import shelf
from tests.merch.desk import SHOP
from tests.merch.test_carts import add, code, pieces
from tests.merch.test_checkout import filled
from tests.merch.test_checkout import order as check_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from emulator.control import EmulatorControl

pytestmark = pytest.mark.django_db
State = Sale.State


@pytest.fixture(autouse=True)
def books_are_whole() -> Iterator[None]:
    """Recount everything after each deed."""
    yield
    assert audit().fault == ""


def mug(pieces: int = 5, price: int = 50_000) -> Variant:
    return shelf.variant(shelf.product(), pieces=pieces, price=price)


@pytest.mark.parametrize(
    "content",
    [
        [], "x", 5, None, {}, {"lines": 5}, {"lines": [[1]]}, {"lines": [["x", "y", "z"]]},
        {"lines": {"1": 2}}, {"lines": [[10**30, 1, 1]]}, {"lines": [[1, 1, None]]},
        {"lines": [], "code": 5}, {"lines": [[1, 1, 1]], "code": "\x00"}, {"lines": [[None, 1, 1]]},
        {"lines": [[1.5, True, 1]], "code": ["A"]}, {"lines": "here", "many": 10**9}, {"lines": "here", "many": -5},
        {"lines": "here", "many": 0}, {"lines": "here", "many": None},
    ],
)  # fmt: skip
def test_a_cart_that_was_written_another_way_is_an_empty_one(client: Client, content: Any) -> None:
    found = mug()
    if isinstance(content, dict) and content.get("lines") == "here":
        content = {"lines": [[found.pk, content["many"], 1]], "code": ""}
    person = make.user(email="old@example.org")
    if content is not None and "\x00" not in str(content.get("code", "") if isinstance(content, dict) else ""):
        Cart.objects.create(user=person, content=content, touched_at=timezone.now())
    for _who in range(2):
        client.cookies["cart"] = signing.dumps(content, salt=SALT, compress=True)
        for address in ("/cart/", "/cart/checkout/"):
            assert client.get(address).status_code in {200, 302}
        assert pieces(client) == {}
        client.force_login(person)


def test_signs_that_no_database_keeps_break_no_page(client: Client, control: EmulatorControl) -> None:
    found = mug()
    add(client, found)
    assert check_out(client, seen_kopecks="50000").status_code == 302
    add(client, found)
    for wrong in ({"key": "\x00"}, {"postcode": "\x00"}, {"carrier": "\x00"}, {"name": "a\x00"}, {"gift_to": "\x00"}):
        for address in ("/cart/checkout/", "/cart/checkout/total/"):
            assert client.post(address, filled(**wrong)).status_code in {200, 422}
    for part in ("", "state/", "cancel/", "received/"):
        assert client.get(f"/orders/%00/{part}").status_code in {404, 405}
        assert client.post(f"/orders/%00/{part}").status_code in {404, 405}
    assert client.post("/cart/again/%00/").status_code == 404
    assert client.post("/cart/code/", {"code": "A\x00B"}).status_code == 302
    assert client.get("/cart/", {"removed": "\x00", "was": "9" * 5000}).status_code == 200
    assert client.get(f"/shop/x/wait/{'9' * 40}/").status_code == 404
    assert client.get("/api/v1/orders/%00").status_code == 404
    assert client.get("/api/v1/products/%00").status_code == 404
    for query in ({"q": "\x00"}, {"tag": "\x00"}, {"cursor": str(2**63 - 1)}):
        assert client.get("/api/v1/products", query).status_code == 200
    for query in ({"q": "\x00"}, {"tag": "\x00"}, {"page": "9" * 50}):
        assert client.get("/shop/", query).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        [], "x", None, {"items": "x"}, {"items": [1]}, {"items": {}}, {"delivery": []}, {"delivery": {"carrier": {}}},
        {"email": {}}, {"email": 5}, {"email": "a@\ud800.ru"}, {"email": "\ud800@x.ru"}, {"name": "\ud800"},
        {"comment": "\ud800"}, {"comment": "\x00"}, {"promo_code": "\ud800"}, {"promo_code": "\x00"},
        {"phone": "\ud800"},
        {"gift": []}, {"gift": {"amount_kopecks": True}}, {"gift": {"amount_kopecks": 10**40}},
        {"gift": {"amount_kopecks": -5}}, {"gift": {"amount_kopecks": 0}},
        {"gift": {"amount_kopecks": 5000, "campaign": {}}}, {"total_kopecks": 10**40}, {"total_kopecks": "50000"},
        {"total_kopecks": 50000.0}, {"total_kopecks": -1}, {"consents": {"shop_rules": {}, "buyer_data": []}},
        {"delivery": {"carrier": "cdek", "postcode": "440000", "place": "\ud800"}},
    ],
)  # fmt: skip
def test_a_program_that_sends_nonsense_is_told_so_and_orders_nothing(client: Client, wrong: Any) -> None:
    data = body(mug()) | wrong if isinstance(wrong, dict) else wrong
    assert post(client, data).status_code in {400, 409}
    assert not Sale.objects.exists()


def test_no_discount_leaves_less_than_yookassa_takes(client: Client, control: EmulatorControl) -> None:
    found = mug(price=100)
    promo = code("THIEF", percent=90)
    add(client, found)
    client.post("/cart/code/", {"code": promo.code})
    due = client.get("/cart/").context["page"].due_kopecks
    assert due == 100
    assert check_out(client, seen_kopecks=str(due)).status_code == 302
    assert pay(control, Sale.objects.get()).state == State.PAID


def test_nobody_is_sold_a_thing_for_less_than_a_rouble(client: Client) -> None:
    person = make.staff("brand_manager", email="b@example.org")
    make.sign_in(client, person)
    found = mug()
    form = {"sku": "X-1", "price": "0,99", "cost": "0", "maker": "0", "grams": "1", "low_at": "1", "is_on_sale": "on"}
    assert client.post(f"{SHOP}products/{found.product_id}/variants/new/", form).status_code == 422
    assert not StockItem.objects.filter(sku="X-1").exists()


def test_an_order_that_somebody_packs_is_not_cancelled_by_an_old_page(control: EmulatorControl) -> None:
    found = mug()
    sale = paid(control, order((found.item, 2, 50_000), carrier="cdek"))
    go(sale, State.ASSEMBLING)
    with pytest.raises(services.WrongStepError):
        services.cancel_order(sale=sale, today=timezone.localdate(), now=timezone.now())
    go(sale, State.SENT, track_number="RA123")
    with pytest.raises(services.WrongStepError):
        services.cancel_order(sale=sale, today=timezone.localdate(), now=timezone.now())
    assert not Refund.objects.exists()


def test_a_buyer_cancels_what_is_left_of_an_order(client: Client, control: EmulatorControl) -> None:
    found, badge = mug(), mug()
    gift = services.Extra("Подарок", "fund", Kopecks(10_000))
    sale = paid(control, order((found.item, 3, 50_000), (badge.item, 1, 50_000), gift=gift))
    lines = list(sale.lines.order_by("number"))
    bring_back(sale, Back(lines[0].pk, 2), Back(lines[1].pk, 1), reason=SaleReturn.Reason.SOLD_OUT)
    for _twice in range(2):
        assert client.post(f"{sale.get_absolute_url()}cancel/").status_code == 302
    assert Sale.objects.get(pk=sale.pk).state == State.CANCELLED
    assert sum(Refund.objects.values_list("amount_kopecks", flat=True)) == 210_000
    send_refunds()


def test_a_buyer_whose_bank_took_a_part_back_already_gets_no_more_than_was_paid(
    client: Client, control: EmulatorControl
) -> None:
    found = mug()
    sale = paid(control, order((found.item, 2, 50_000)))
    dispute(control, sale, 60_000)
    address = f"{sale.get_absolute_url()}cancel/"
    assert "400 ₽ — туда" in client.get(address).content.decode().replace("\xa0", " ")
    for _time in range(2):
        assert client.post(address, follow=True).status_code == 200
    assert Refund.objects.get().amount_kopecks == 40_000


def test_goods_of_which_a_bank_took_a_part_stay_at_the_desk(client: Client, control: EmulatorControl) -> None:
    sale = paid(control, order((mug().item, 2, 50_000)))
    go(sale, State.ASSEMBLING, State.READY)
    dispute(control, sale, 60_000)
    make.sign_in(client, make.staff("brand_manager", email="b@example.org"))
    answer = client.post(f"{SHOP}orders/{sale.pk}/move/", {"to": "handed_over", "back": "order"})
    assert answer.status_code == 422
    assert Sale.objects.get(pk=sale.pk).state == State.READY


def test_a_code_gives_its_discount_once_though_a_payment_comes_late(control: EmulatorControl) -> None:
    found, promo = mug(), code("THIEF", amount_kopecks=10_000)
    cheap: dict[str, Any] = {"discount_kopecks": Kopecks(10_000), "promo_code": promo.code, "email": "t@example.org"}
    first = place(order((found.item, 1, 50_000), **cheap))
    give_up(first)
    assert come_late(control, first).state == State.PAID
    with pytest.raises(services.CodeUsedError):
        place(order((found.item, 1, 50_000), **cheap))


def test_a_late_payment_whose_code_was_used_meanwhile_goes_back(control: EmulatorControl) -> None:
    found, promo = mug(), code("THIEF", amount_kopecks=10_000)
    cheap: dict[str, Any] = {"discount_kopecks": Kopecks(10_000), "promo_code": promo.code, "email": "t@example.org"}
    first = place(order((found.item, 1, 50_000), **cheap))
    give_up(first)
    second = paid(control, order((found.item, 1, 50_000), **cheap))
    assert (second.state, come_late(control, first).state) == (State.PAID, State.CANCELLED)
    assert PromoUse.objects.filter(is_live=True).count() == 1
    assert Refund.objects.get().amount_kopecks == 40_000
    assert StockItem.objects.get(pk=found.item_id).reserved == 1
    send_refunds()


def test_a_last_use_of_a_code_that_somebody_else_took_is_not_there_for_a_late_payment(control: EmulatorControl) -> None:
    found, promo = mug(), code("THIEF", amount_kopecks=10_000, is_once_per_person=False, most_uses=1)
    cheap: dict[str, Any] = {"discount_kopecks": Kopecks(10_000), "promo_code": promo.code}
    first = place(order((found.item, 1, 50_000), **cheap))
    give_up(first)
    paid(control, order((found.item, 1, 50_000), **cheap))
    assert come_late(control, first).state == State.CANCELLED


def test_an_address_with_a_tag_is_the_same_person(client: Client) -> None:
    found, promo = mug(), code("THIEF", amount_kopecks=10_000)
    cheap: dict[str, Any] = {"discount_kopecks": Kopecks(10_000), "promo_code": promo.code}
    place(order((found.item, 1, 50_000), email="thief@example.org", **cheap))
    with pytest.raises(services.CodeUsedError):
        place(order((found.item, 1, 50_000), email="Thief+2@Example.org", **cheap))


def test_a_gift_of_a_late_order_that_is_sold_out_goes_back_whole(control: EmulatorControl) -> None:
    found = mug(pieces=1)
    gift = services.Extra("Подарок", "fund", Kopecks(10_000))
    delivery = services.Extra("Доставка", "fund", Kopecks(35_000))
    first = place(order((found.item, 1, 50_000), carrier="cdek", gift=gift, delivery=delivery))
    give_up(first)
    second = paid(control, order((found.item, 1, 50_000)))
    assert come_late(control, first).state == State.CANCELLED
    assert Refund.objects.get().amount_kopecks == 95_000
    send_refunds()
    assert audit().fault == ""
    go(second, State.ASSEMBLING, State.READY, State.HANDED_OVER)


def test_a_buyer_who_was_forgotten_brings_a_thing_back_and_the_books_hold(control: EmulatorControl) -> None:
    found = mug()
    sale = paid(control, order((found.item, 2, 50_000)))
    assert sale.buyer_id is not None
    buyers = [sale.buyer_id]
    assert services.has_orders_under_way(donor_ids=buyers)
    go(sale, State.ASSEMBLING, State.READY, State.HANDED_OVER)
    services.forget_buyers(donor_ids=buyers, now=timezone.now())
    old = sale.token
    sale.refresh_from_db()
    assert sale.token != old
    assert not SaleContact.objects.exists()
    bring_back(sale, Back(sale.lines.get().pk, 1))
    assert services.has_orders_under_way(donor_ids=buyers)
    send_refunds()


def test_a_table_with_signs_that_no_database_keeps_is_refused_or_cleaned(client: Client) -> None:
    make.sign_in(client, make.staff("brand_manager", email="b@example.org"))
    head = "product;title;summary;maker;sku;price;grams;feeds"
    bad = ("a;A\x00;B;C;SKU-1;100;1;", "a\x00;A;B;C;SKU-1;100;1;", "a;A;B;C;S\x001;100;1;", "a;A;B;C;S1;100;1;x\x00")
    for row in (*bad, "a;A;B;C;SKU-1;0,50;1;"):
        table = SimpleUploadedFile("t.csv", f"{head}\r\n{row}\r\n".encode(), "text/csv")
        assert client.post(f"{SHOP}table/", {"table": table}).status_code == 422
    assert not CatalogueSheet.objects.exists()


def test_filling_a_cart_throws_no_kept_page_away() -> None:
    names = ("cart:add", "cart:change", "cart:code", "cart:again", "cart:checkout", "cart:total", "api:orders")
    assert not any(changes_pages(name) for name in names)


def test_who_begins_orders_and_drops_them_has_to_wait(control: EmulatorControl, settings: Any) -> None:
    settings.UNPAID_ORDERS_PER_ADDRESS = 3
    found = mug()
    for _number in range(3):
        give_up(place(order((found.item, 1, 50_000)), address="10.9.9.9"))
    with pytest.raises(services.TooManyUnpaidError):
        place(order((found.item, 1, 50_000)), address="10.9.9.9")
    later, again = timezone.now() + LATELY, order((found.item, 1, 50_000))
    assert services.place_sale(order=again, key="later", address="10.9.9.9", now=later).state == State.UNPAID


def test_a_gift_that_became_the_funds_goes_back_from_the_fund(client: Client, control: EmulatorControl) -> None:
    campaign = make.campaign(funding="open_ended")
    add(client, mug())
    check_out(client, gift="100", gift_to=campaign.slug, seen_kopecks="60000")
    sale = Sale.objects.get()
    make.end(campaign, at=sale.created_at)
    assert pay(control, sale).payment.booked_subject == "fund"
    assert books("86.fund", f"86.{campaign.slug}") == {"86.fund": 100_00}
    assert client.post(f"{sale.get_absolute_url()}cancel/").status_code == 302
    send_refunds()
    assert books("86.fund", f"86.{campaign.slug}", "62.02") == {}


def test_pages_of_carts_and_orders_are_kept_nowhere(client: Client, control: EmulatorControl) -> None:
    add(client, mug())
    sale = paid(control, order((mug().item, 1, 50_000)))
    own = sale.get_absolute_url()
    for address in ("/cart/", "/cart/checkout/", own, f"{own}state/", f"{own}cancel/",
                    f"/orders/back/{sale.payment.reference}/", f"/api/v1/orders/{sale.token}"):  # fmt: skip
        answer = client.get(address)
        assert (answer.status_code, "no-store" in answer.headers["Cache-Control"]) == (200, True), address
    assert not any(name.startswith(("cart:", "orders:")) or name in {"shop:product", "shop:wait"} for name in KEPT)


def test_numbers_that_no_database_holds_break_no_page_of_the_desk(client: Client) -> None:
    make.sign_in(client, make.staff("brand_manager", email="b@example.org"))
    found, huge = mug(), "9" * 30
    for path in ("orders/{}/", "orders/{}/back/", "products/{}/", "products/{}/edit/", "products/{}/photos/",
                 "collections/{}/", "stock/{}/"):  # fmt: skip
        assert client.get(SHOP + path.format(huge)).status_code == 404
    variants = f"{SHOP}products/{found.product_id}/variants/{huge}/"
    assert client.get(variants).status_code == 404
    for query in ("until=0001-01-05", "since=9999-12-30", "since=0001-01-01&until=9999-12-31", f"product={huge}",
                  f"page={huge}", "order=x", "until=9999-12-31"):  # fmt: skip
        assert client.get(f"{SHOP}sales/?{query}").status_code in {200, 422}, query
    for path in ("receive", "write-off", "count"):
        for what in (huge, "x", "-1", "\x00", ""):
            assert client.get(f"{SHOP}stock/{path}/", {"item": what}).status_code in {200, 302, 404, 422}
    for what in (huge, "x", "\x00"):
        assert client.get(f"{SHOP}products/many/", {"product": what}).status_code == 302
        assert client.get(f"{SHOP}products/", {"text": what, "collection": what, "page": what}).status_code in {
            200,
            422,
        }
        assert client.get(f"{SHOP}orders/", {"number": what, "state": what}).status_code in {200, 422}
    wrong = {"sku": "A", "price": "9" * 29, "cost": "-1", "maker": "1e9", "grams": huge, "low_at": huge}
    assert client.post(f"{SHOP}products/{found.product_id}/variants/new/", wrong).status_code == 422


@pytest.mark.parametrize("key", ["\x00", "\xff", "é" * 64, " ", "k" * 65, ""])
def test_a_strange_key_is_a_key_or_a_fault_and_no_broken_page(client: Client, key: str) -> None:
    assert post(client, body(mug()), key).status_code in {201, 400}


def test_a_thing_is_not_paid_for_with_somebody_elses_sum(client: Client) -> None:
    found = mug()
    add(client, found)
    for seen in ("-50000", "0", "1", "50000.0", "5e4", "٥٠٠٠٠"):
        assert check_out(client, seen_kopecks=seen).status_code == 422
    for gift in ("-400", "0,001", "1e3", "NaN", "9" * 19):
        assert check_out(client, seen_kopecks="10000", gift=gift).status_code == 422
    assert not Sale.objects.exists()


def test_two_halves_of_a_return_never_bring_back_more_than_was_paid(control: EmulatorControl) -> None:
    found, promo = mug(price=33_333), code("THIEF", percent=33)
    cheap: dict[str, Any] = {"discount_kopecks": Kopecks(32_999), "promo_code": promo.code}
    sale = paid(control, order((found.item, 3, 33_333), **cheap))
    go(sale, State.ASSEMBLING, State.READY, State.HANDED_OVER)
    line = sale.lines.get()
    bring_back(sale, Back(line.pk, 2, is_in_stock=False))
    with pytest.raises(services.WrongStepError):
        services.cancel_order(sale=sale, today=timezone.localdate(), now=timezone.now())
    bring_back(sale, Back(line.pk, 1))
    send_refunds()
    assert sum(Refund.objects.values_list("amount_kopecks", flat=True)) == sale.total_kopecks
    assert books("62.02") == {}
