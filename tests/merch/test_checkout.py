"""From the cart to a paid order: nothing is charged that the buyer has not seen, and nobody needs an account."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.utils import timezone

from fund.payments import services as payments
from fund.sales.models import DeliveryTariff, PromoUse, Sale, SaleContact, StockItem
from fund.sales.services import let_go
from merch.models import Product, Variant
from people.models import Consent, Letter
from tests import make
from tests.fund.sales.orders import pay
from tests.merch import shelf
from tests.merch.test_carts import add, code

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from emulator.control import EmulatorControl

pytestmark = pytest.mark.django_db
BUYER = {
    "carrier": "pickup", "name": "Анна Петрова", "phone": "8 900 123-45-67", "email": "anna@example.org",
    "shop_rules": "on", "buyer_data": "on", "gift_to": "fund",
}  # fmt: skip
PARCEL = {"carrier": "cdek", "postcode": "440 000", "place": "Пенза, Московская, 1"}


def filled(**changes: str) -> dict[str, str]:
    return {"key": str(uuid4())} | BUYER | changes


def order(client: Client, **changes: str) -> Any:
    return client.post("/cart/checkout/", filled(**changes))


def tariff(price: int = 35_000, **fields: object) -> DeliveryTariff:
    own: dict[str, object] = {
        "carrier": "cdek", "title": "Пенза", "first_postcode": "440000", "last_postcode": "442999",
        "up_to_grams": 2000, "days_from": 2, "days_to": 4,
    }  # fmt: skip
    return DeliveryTariff.objects.create(price_kopecks=price, **own | fields)


def test_a_stranger_buys_without_an_account(client: Client, control: EmulatorControl) -> None:
    mug = shelf.variant(shelf.product(), pieces=5, price=50_000)
    add(client, mug, 2)
    page = client.get("/cart/checkout/")
    assert page.context["totals"].total_kopecks == 100_000

    answer = order(client, seen_kopecks="100000", comment="Позвоните")
    sale = Sale.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, sale.get_absolute_url())
    assert (sale.total_kopecks, sale.state, sale.user) == (100_000, "unpaid", None)
    contact = SaleContact.objects.get()
    assert (contact.name, contact.phone, contact.postcode) == ("Анна Петрова", "+79001234567", "")
    kinds = Consent.objects.filter(donor=sale.buyer).values_list("text__kind", flat=True)
    assert set(kinds) == {"shop_rules", "buyer_data", "privacy_policy"}
    assert StockItem.objects.get(pk=mug.item_id).reserved == 2
    assert client.get("/cart/").context["page"].rows == ()

    assert pay(control, sale).state == "paid"
    letter = Letter.objects.get(kind="order_paid")
    assert letter.donor == sale.buyer
    assert "anna@example.org" not in str(letter.context)


def test_nothing_is_ordered_before_its_sum_was_seen(client: Client) -> None:
    mug = shelf.variant(shelf.product(), pieces=5, price=50_000)
    add(client, mug)
    tariff()
    for seen in ("", "50000", "x"):
        page = order(client, **PARCEL, seen_kopecks=seen)
        assert (page.status_code, page.context["totals"].total_kopecks) == (422, 85_000)
        assert "Заказ стоит 850 ₽" in page.content.decode().replace("\xa0", " ")
    assert not Sale.objects.exists()

    order(client, **PARCEL, seen_kopecks="85000")
    lines = Sale.objects.get().lines.order_by("number").values_list("kind", "title", "total_kopecks", "subject")
    assert list(lines) == [
        ("goods", mug.product.title, 50_000, "fund"),
        ("delivery", "Доставка: СДЭК", 35_000, "fund"),
    ]
    assert SaleContact.objects.get().postcode == "440000"


def test_a_price_edited_between_cart_and_payment_is_told(client: Client) -> None:
    mug = shelf.variant(shelf.product(), pieces=5, price=50_000)
    add(client, mug)
    Variant.objects.filter(pk=mug.pk).update(price_kopecks=60_000)
    page = order(client, seen_kopecks="50000")
    assert (page.status_code, page.context["totals"].total_kopecks) == (422, 60_000)
    assert order(client, seen_kopecks="60000").status_code == 302
    Variant.objects.filter(pk=mug.pk).update(price_kopecks=100)
    assert Sale.objects.get().total_kopecks == 60_000


def test_what_was_withdrawn_or_bought_by_others_is_not_sold(client: Client) -> None:
    mug, badge = (shelf.variant(shelf.product(), pieces=1, price=50_000) for _number in range(2))
    add(client, mug)
    Product.objects.filter(pk=mug.product_id).update(state=Product.State.WITHDRAWN)
    assert order(client, seen_kopecks="50000").headers["Location"] == "/cart/"
    Product.objects.filter(pk=mug.product_id).update(state=Product.State.LISTED)
    other = type(client)()
    add(other, mug)
    add(other, badge)
    assert order(other, seen_kopecks="100000").status_code == 302
    assert order(client, seen_kopecks="50000").headers["Location"] == "/cart/"
    assert "ничего не осталось" in client.get("/cart/").content.decode()
    assert Sale.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "123"), ("phone", "+7 000 000-00-00"), ("phone", "сто"), ("email", "anna@"), ("name", " \u200b"),
        ("postcode", "44000"), ("postcode", "044000"), ("postcode", "４４００００"), ("place", ""),
        ("carrier", "drone"), ("comment", "x\x00"),
        ("gift", "0,001"), ("gift", "1"), ("gift", "9999999999"), ("shop_rules", ""), ("buyer_data", ""), ("key", "x"),
        ("gift_to", "nobody"), ("name", "ы" * 101),
    ],
)  # fmt: skip
def test_each_wrong_field_has_its_own_sentence(client: Client, field: str, value: str) -> None:
    add(client, shelf.variant(shelf.product(), pieces=5))
    tariff()
    page = client.post("/cart/checkout/", filled(**PARCEL, seen_kopecks="85000") | {field: value})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not Sale.objects.exists()


def test_a_carrier_that_does_not_go_there_is_refused(client: Client) -> None:
    add(client, shelf.variant(shelf.product(), pieces=9), 9)
    tariff()
    for words in ({"postcode": "101000"}, {"carrier": "russian_post"}):
        page = order(client, **PARCEL | words)
        assert list(page.context["form"].errors) == ["carrier"]
    add(client, shelf.variant(shelf.product(), pieces=9), 9)  # 18 pieces of 300 g are heavier than the tariff
    assert list(order(client, **PARCEL).context["form"].errors) == ["carrier"]


def test_the_sum_is_told_while_the_form_is_filled_in(client: Client) -> None:
    add(client, shelf.variant(shelf.product(), pieces=5, price=50_000))
    tariff(is_sample=True)
    answer = client.post("/cart/checkout/total/", PARCEL | {"gift": "100"}, headers={"HX-Request": "true"})
    text = answer.content.decode().replace("\xa0", " ")
    assert answer.context["totals"].total_kopecks == 95_000
    assert 'value="95000"' in text
    assert "350 ₽, 2–4 дн." in text
    assert "цена для примера" in text
    unknown = client.post("/cart/checkout/total/", {"carrier": "cdek"}, headers={"HX-Request": "true"})
    assert 'name="seen_kopecks" value=""' in unknown.content.decode()


def test_the_same_form_sent_twice_is_one_order(client: Client) -> None:
    person = make.user("anna@example.org")
    client.force_login(person)
    add(client, shelf.variant(shelf.product(), pieces=5, price=50_000))
    form = filled(seen_kopecks="50000")
    first, second = (client.post("/cart/checkout/", form) for _time in range(2))
    assert first.headers["Location"] == second.headers["Location"] == Sale.objects.get().get_absolute_url()
    assert Sale.objects.get().user == person
    assert type(client)().post("/cart/checkout/", form).headers["Location"] == "/cart/"  # a stranger learns nothing


def test_one_buyer_holds_few_unpaid_orders(client: Client) -> None:
    mug = shelf.variant(shelf.product(), pieces=9, price=50_000)
    answers = []
    for _number in range(4):
        add(client, mug)
        answers.append(order(client, seen_kopecks="50000"))
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert "несколько неоплаченных заказов" in answers[-1].content.decode()


def test_one_buyer_holds_few_unpaid_pieces(client: Client, settings: Any) -> None:
    settings.UNPAID_PIECES_PER_EMAIL = 2
    mug = shelf.variant(shelf.product(), pieces=9, price=50_000)
    add(client, mug, quantity=3)
    answer = order(client, seen_kopecks="150000")
    assert answer.status_code == 422
    assert "не больше 2 шт." in answer.content.decode()


def test_a_code_makes_goods_cheaper_and_is_used_once(client: Client, control: EmulatorControl) -> None:
    mug = shelf.variant(shelf.product(), pieces=9, price=33_333)
    code("JAZZ", percent=10)

    def buy() -> Any:
        add(client, mug, 3)
        client.post("/cart/code/", {"code": "JAZZ"})
        return order(client, seen_kopecks="90000")

    assert buy().status_code == 302
    sale = Sale.objects.get()
    assert (sale.total_kopecks, sale.discount_kopecks) == (90_000, 9_999)
    assert PromoUse.objects.get().person != ""
    refused = buy()
    assert (refused.status_code, "промокод больше не действует" in refused.content.decode().lower()) == (422, True)

    control.decline(str(sale.payment.yookassa_id))
    from django.utils import timezone

    payments.reread_payment(payment_id=sale.payment_id, now=timezone.now())
    let_go(sale_id=sale.pk, now=timezone.now())
    assert order(client, seen_kopecks="90000").status_code == 302  # not paid: the code is free again


def test_a_gift_goes_along_as_a_line_of_its_own(client: Client, control: EmulatorControl) -> None:
    campaign = make.campaign(funding="open_ended")
    add(client, shelf.variant(shelf.product(), pieces=5, price=50_000))
    assert (campaign.slug, campaign.title) in client.get("/cart/checkout/").context["form"].fields["gift_to"].choices
    order(client, gift="100", gift_to=campaign.slug, seen_kopecks="60000")

    sale = Sale.objects.get()
    assert sale.lines.get(kind="gift").subject == campaign.slug
    kinds = Consent.objects.filter(donor=sale.buyer).values_list("text__kind", flat=True)
    assert {"offer", "refund_rules"} <= set(kinds)
    assert pay(control, sale).payment.booked_subject == campaign.slug


def test_a_campaign_that_owes_its_money_takes_no_gift_with_an_order(client: Client) -> None:
    owed = make.campaign(
        funding="all_or_nothing", minimum_kopecks=1_000_00, closes_at=timezone.now() + timedelta(days=9)
    )
    add(client, shelf.variant(shelf.product(), pieces=5, price=50_000))
    slugs = dict(client.get("/cart/checkout/").context["form"].fields["gift_to"].choices)
    assert list(slugs) == ["fund"]
    assert order(client, gift="100", gift_to=owed.slug).status_code == 422


def test_a_gift_to_a_campaign_that_closed_meanwhile_is_the_funds(client: Client, control: EmulatorControl) -> None:
    campaign = make.campaign(funding="open_ended")
    add(client, shelf.variant(shelf.product(), pieces=5, price=50_000))
    order(client, gift="100", gift_to=campaign.slug, seen_kopecks="60000")
    sale = Sale.objects.get()
    make.end(campaign, at=sale.created_at)
    assert pay(control, sale).payment.booked_subject == "fund"


def test_the_checkout_asks_as_often_for_three_things_as_for_one(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        add(client, shelf.variant(shelf.product(), pieces=9))
        if number != 1:
            with django_assert_num_queries(4):  # variants, photos, receivers of gifts, tariffs
                client.post("/cart/checkout/total/", PARCEL)
