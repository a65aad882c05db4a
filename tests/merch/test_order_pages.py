"""The order's own page: by its secret alone, honest about where it stands, with what a buyer may still decide."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone

from fund.ledger.models import Operation
from fund.money import Kopecks
from fund.payments import services as payments
from fund.sales import services
from fund.sales.models import Sale, SaleReturn, StockItem
from people.letters import find
from people.models import Letter
from tests import make
from tests.fund.sales.orders import bring_back, go, order, paid, pay, place
from tests.merch import shelf
from tests.merch.test_carts import pieces

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from emulator.control import EmulatorControl
    from merch.models import Variant

pytestmark = pytest.mark.django_db
State = Sale.State


def bought(control: EmulatorControl, *variants: Variant, carrier: str = "pickup") -> Sale:
    return paid(control, order(*((one.item, 2, one.price_kopecks) for one in variants), carrier=carrier))


def text(client: Client, sale: Sale) -> str:
    return client.get(sale.get_absolute_url()).content.decode().replace("\xa0", " ")


def test_a_page_opens_by_its_secret_alone_and_names_nobody(client: Client, control: EmulatorControl) -> None:
    mug = shelf.variant(shelf.product(), pieces=5)
    sale = bought(control, mug)
    shown = text(client, sale)
    assert f"Заказ № {sale.number}" in shown
    assert reverse("ledger:operation", kwargs={"number": sale.payment.operation_id}) in shown
    assert "noindex" in shown
    for private in ("Анна Петрова", "+7900", "@example.org"):
        assert private not in shown.replace("fond@", "")
    assert client.get(f"/orders/{sale.number}/").status_code == 404
    for act in ("cancel/", "received/"):
        assert client.post(f"/orders/{'x' * 43}/{act}").status_code == 404


def test_the_page_leads_to_the_payment_once_and_only_the_browser_that_ordered(client: Client) -> None:
    mug = shelf.variant(shelf.product(), pieces=5)
    sale = place(order((mug.item, 1, 50_000)))
    assert "Ждём оплату" in text(client, sale) or "не оплачен" in text(client, sale)  # a stranger with the link
    session = client.session
    session["orders"] = {str(sale.payment.reference): sale.token}
    session.save()
    assert client.get(sale.get_absolute_url()).headers["Location"] == sale.payment.confirmation_url
    assert client.get(sale.get_absolute_url()).status_code == 200
    assert client.get(f"/orders/back/{sale.payment.reference}/").headers["Location"] == sale.get_absolute_url()
    stranger = type(client)().get(f"/orders/back/{sale.payment.reference}/")
    assert (stranger.status_code, sale.token in stranger.content.decode()) == (200, False)


def test_the_page_asks_by_itself_and_is_told_only_what_is_new(client: Client, control: EmulatorControl) -> None:
    mug = shelf.variant(shelf.product(), pieces=5)
    sale = place(order((mug.item, 1, 50_000)))
    mark = client.get(sale.get_absolute_url()).context["page"].mark
    address = f"{sale.get_absolute_url()}state/"
    assert client.get(address, {"seen": mark}).status_code == 204
    pay(control, sale)
    answer = client.get(address, {"seen": mark})
    assert (answer.status_code, 'data-status="paid"' in answer.content.decode()) == (200, True)


def test_an_order_that_was_not_paid_fills_the_cart_again(client: Client, control: EmulatorControl) -> None:
    mug = shelf.variant(shelf.product(), pieces=5)
    sale = place(order((mug.item, 2, 50_000)))
    assert client.post(f"/cart/again/{sale.token}/").status_code == 404  # it may still be paid
    control.decline(str(sale.payment.yookassa_id), "insufficient_funds")
    payments.reread_payment(payment_id=sale.payment_id, now=timezone.now())
    services.let_go(sale_id=sale.pk, now=timezone.now())
    shown = text(client, sale)
    assert "Деньги не списаны" in shown
    assert "не хватает денег" in shown
    client.post(f"/cart/again/{sale.token}/")
    assert pieces(client) == {mug.pk: 2}


def test_a_buyer_cancels_what_nobody_packs_yet(client: Client, control: EmulatorControl) -> None:
    mug = shelf.variant(shelf.product(), pieces=5)
    sale = bought(control, mug)
    address = f"{sale.get_absolute_url()}cancel/"
    assert "Отменить заказ?" in client.get(address).content.decode()
    for _time in range(2):
        assert client.post(address).headers["Location"] == sale.get_absolute_url()
    assert SaleReturn.objects.count() == 1
    assert Sale.objects.get().state == State.CANCELLED
    assert StockItem.objects.get(pk=mug.item_id).available == 5
    shown = text(client, sale)
    assert "Заказ отменён" in shown
    assert "возвращ" in shown

    other = go(bought(control, mug), State.ASSEMBLING)
    assert client.get(f"{other.get_absolute_url()}cancel/").status_code == 302
    page = client.post(f"{other.get_absolute_url()}cancel/", follow=True)
    assert "уже собирают" in page.content.decode()
    assert SaleReturn.objects.count() == 1


def test_who_cancels_what_is_left_is_told_what_goes_back(client: Client, control: EmulatorControl) -> None:
    mug = shelf.variant(shelf.product(), pieces=5, price=500_00)
    gift = services.Extra("Фонду", "fund", Kopecks(100_00))
    plain, with_gift = bought(control, mug), paid(control, order((mug.item, 1, 500_00), gift=gift))
    assert "1 000 ₽ — туда" in cancel_page(client, plain)
    bring_back(plain, services.Back(plain.lines.get().pk, 1), reason=SaleReturn.Reason.CANCELLED)
    assert "а 500 ₽ — туда" in cancel_page(client, plain)
    assert "Пожертвование" not in cancel_page(client, plain)
    assert "а 600 ₽ — туда, откуда были оплачены. Пожертвование из заказа" in cancel_page(client, with_gift)


def cancel_page(client: Client, sale: Sale) -> str:
    return client.get(f"{sale.get_absolute_url()}cancel/").content.decode().replace("\xa0", " ")


def test_a_buyer_says_that_it_has_come_and_the_order_closes_after_a_week(
    client: Client, control: EmulatorControl
) -> None:
    mug = shelf.variant(shelf.product(), pieces=5)
    sale = bought(control, mug, carrier="cdek")
    address = f"{sale.get_absolute_url()}received/"
    assert "ещё не отправлен" in client.post(address, follow=True).content.decode()
    go(sale, State.ASSEMBLING, State.SENT, track_number="1234567890")
    assert "1234567890" in text(client, sale)
    assert client.get(address).status_code == 405
    for _time in range(2):
        client.post(address)
    sale.refresh_from_db()
    assert sale.state == State.RECEIVED
    assert sale.received_at is not None

    day = timezone.localdate()
    assert services.close_old(today=day, now=sale.received_at + timedelta(days=7)) == 0
    assert services.close_old(today=day, now=sale.received_at + timedelta(days=9)) == 1
    assert Sale.objects.get().state == State.CLOSED


def test_each_step_writes_one_letter(control: EmulatorControl) -> None:
    mug = shelf.variant(shelf.product(), pieces=9)
    picked = go(bought(control, mug), State.ASSEMBLING, State.READY, State.HANDED_OVER)
    sent = bought(control, mug, carrier="cdek")
    go(sent, State.ASSEMBLING, State.SENT, track_number="77")
    kinds = list(Letter.objects.order_by("pk").values_list("kind", "context__sale"))
    assert kinds == [
        ("order_paid", picked.pk), ("order_ready", picked.pk), ("order_received", picked.pk),
        ("order_paid", sent.pk), ("order_sent", sent.pk),
    ]  # fmt: skip
    go(sent, State.RECEIVED, State.CLOSED)
    assert list(Letter.objects.order_by("pk").values_list("kind", flat=True))[5:] == ["order_received"]


def test_the_page_and_the_letter_lead_to_each_entry_of_the_order(client: Client, control: EmulatorControl) -> None:
    campaign = make.campaign("skver", title="Сквер у школы")
    services.open_subject(subject=campaign.slug, title=campaign.title)
    mug = shelf.variant(shelf.product(), pieces=9, price=500_00)
    bag = shelf.variant(shelf.product(campaign=campaign), pieces=9, price=500_00)
    other = go(bought(control, mug), State.ASSEMBLING, State.READY, State.HANDED_OVER)
    sale = go(bought(control, mug, bag), State.ASSEMBLING, State.READY, State.HANDED_OVER)
    bring_back(sale, services.Back(sale.lines.get(item=bag.item).pk, 1))

    entries = client.get(sale.get_absolute_url()).context["page"].entries
    own = Operation.objects.filter(memo__contains=f"№ {sale.number}").order_by("number")
    assert [entry.number for entry in entries] == [row.number for row in own if row.kind != "order_refunded"]
    assert [entry.word for entry in entries] == ["оплата", "передача", "передача", "возврат"]
    letter = Letter.objects.get(kind="order_received", context__sale=sale.pk)
    words = find(letter.kind).write(letter=letter).body
    assert [f"/{entry.number}/" in words for entry in entries] == [True] * 4
    assert "Сквер у школы" in words
    last = timezone.localdate(sale.received_at) + timedelta(days=7)
    assert f"До {last:%d.%m.%Y} включительно" in words
    assert not {entry.number for entry in entries} & {
        entry.number for entry in client.get(other.get_absolute_url()).context["page"].entries
    }


def test_a_buyer_is_told_whom_the_purchase_feeds(client: Client, control: EmulatorControl) -> None:
    campaign = make.campaign("skver", title="Сквер у школы")
    services.open_subject(subject=campaign.slug, title=campaign.title)
    fed, own = shelf.variant(shelf.product(campaign=campaign), pieces=5), shelf.variant(shelf.product(), pieces=5)
    sale = bought(control, fed, own)
    shown = text(client, sale)
    assert f'<a href="{campaign.get_absolute_url()}">Сквер у школы</a>' in shown
    assert "городскому фонду" in shown
    letter = Letter.objects.get(kind="order_paid")
    assert "Сквер у школы" in find(letter.kind).write(letter=letter).body


def test_what_was_sent_long_ago_is_taken_for_received(control: EmulatorControl) -> None:
    mug = shelf.variant(shelf.product(), pieces=5)
    sale = go(bought(control, mug, carrier="cdek"), State.ASSEMBLING, State.SENT, track_number="77")
    day = timezone.localdate()
    assert services.believe_received(today=day, now=sale.moved_at + timedelta(days=45)) == 0
    assert services.believe_received(today=day, now=sale.moved_at + timedelta(days=46)) == 1
    assert services.believe_received(today=day, now=sale.moved_at + timedelta(days=46)) == 0
    assert Sale.objects.get().state == State.RECEIVED


def test_the_letter_of_what_is_taken_for_received_thanks_nobody(control: EmulatorControl) -> None:
    mug = shelf.variant(shelf.product(), pieces=5)
    kept, unclaimed = (bought(control, mug, carrier="cdek") for _number in range(2))
    for sale in (kept, unclaimed):
        go(sale, State.ASSEMBLING, State.SENT, track_number="77")
    bring_back(unclaimed, services.Back(unclaimed.lines.get().pk, 2))
    later = timezone.now() + timedelta(days=46)
    assert services.believe_received(today=later.date(), now=later) == 2

    letter = Letter.objects.get(kind="order_received")
    assert letter.context["sale"] == kept.pk
    words = find(letter.kind).write(letter=letter).body
    assert f"Считаем, что заказ № {kept.number} получен к {timezone.localdate(later):%d.%m.%Y}" in words
    assert "Спасибо" not in words


def test_the_page_asks_as_often_for_three_lines_as_for_one(
    client: Client, control: EmulatorControl, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for many in (1, 3):
        sale = bought(control, *(shelf.variant(shelf.product(), pieces=5) for _number in range(many)))
        with django_assert_num_queries(8):
            client.get(sale.get_absolute_url())
