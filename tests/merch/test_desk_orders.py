"""Orders at the brand manager's desk: packed, sent, handed over, cancelled, taken back; and no donor's data."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import ngettext

from fund.money import Kopecks
from fund.payments.models import Refund
from fund.sales import services
from fund.sales.models import Sale, SaleContact, SaleReturn, StockItem
from merch.desk.orders import REFUSALS
from tests import make
from tests.fund.sales.goods import buy, item, papers
from tests.fund.sales.orders import go, order, paid, place
from tests.merch import shelf
from tests.merch.desk import KEY, SHOP, acts, cost, said, text

if TYPE_CHECKING:
    from django.test import Client

    from emulator.control import EmulatorControl
    from people.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("manager")]
State = Sale.State
TODAY, ORDERS = f"{SHOP}today/", f"{SHOP}orders/"


@pytest.fixture
def mug() -> StockItem:
    """Return ten mugs that cost 300 roubles each."""
    found = item()
    buy(found, pieces=10, price=300_00, maker=100_00)
    return found


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Say which refunds the worker would be asked to send; none runs here."""
    asked: list[int] = []
    monkeypatch.setattr("fund.payments.tasks.settle_refund.delay", lambda **ids: asked.append(ids["refund_id"]))
    return asked


def page(sale: Sale) -> str:
    return f"{ORDERS}{sale.pk}/"


def move(client: Client, sale: Sale, to: str, **more: str) -> Any:
    return client.post(f"{page(sale)}move/", {"to": to, "back": "order", **more})


def state(sale: Sale) -> str:
    return str(Sale.objects.get(pk=sale.pk).state)


def counts(row: StockItem) -> tuple[int, int]:
    found = StockItem.objects.get(pk=row.pk)
    return found.pieces, found.reserved


def test_a_pickup_goes_from_paid_to_closed_by_its_one_button(
    client: Client, control: EmulatorControl, mug: StockItem
) -> None:
    sale = paid(control, order((mug, 2, 500_00)))
    steps = ["assembling", "ready", "handed_over", "closed"]
    titles = ["Begin to pack", "Packed, ready for pickup", "Handed over to the buyer", "Close the order"]
    for to, title in zip(steps, titles, strict=True):
        assert f'name="to" value="{to}"' in (shown := text(client.get(page(sale))))
        assert said(title) in shown
        assert move(client, sale, to).status_code == 302

    assert (state(sale), counts(mug)) == ("closed", (8, 0))
    assert 'name="to"' not in text(client.get(page(sale)))
    assert [(action, details["to"]) for action, _subject, details in acts()] == [
        ("sales.move_order", to) for to in steps
    ]


def test_the_same_step_again_is_nothing_and_no_act(client: Client, control: EmulatorControl, mug: StockItem) -> None:
    sale = paid(control, order((mug, 1, 500_00)))
    assert [move(client, sale, "assembling").status_code for _ in range(2)] == [302, 302]

    assert acts() == [("sales.move_order", f"sale:{sale.pk}", {"from": "paid", "to": "assembling"})]


def test_a_parcel_is_sent_with_its_track_number_alone(client: Client, control: EmulatorControl, mug: StockItem) -> None:
    sale = paid(control, order((mug, 1, 500_00), carrier="cdek"))
    move(client, sale, "assembling")
    without, strange = move(client, sale, "sent"), move(client, sale, "sent", track_number="№ 1")

    assert [without.status_code, strange.status_code] == [422, 422]
    assert str(REFUSALS[services.NoTrackNumberError]) in text(without)
    assert said("A track number has 5 to 40 letters, digits and dashes.") in text(strange)
    assert (state(sale), counts(mug)) == ("assembling", (10, 1))
    assert move(client, sale, "sent", track_number="1234567890").status_code == 302
    assert (state(sale), counts(mug), Sale.objects.get().track_number) == ("sent", (9, 0), "1234567890")
    assert "1234567890" in text(client.get(page(sale)))


def test_a_step_that_is_not_next_is_refused_and_changes_nothing(
    client: Client, control: EmulatorControl, mug: StockItem
) -> None:
    sale = paid(control, order((mug, 1, 500_00)))
    answers = [move(client, sale, to) for to in ("handed_over", "closed", "sent", "unpaid", "")]

    assert [answer.status_code for answer in answers] == [422] * 5
    assert str(REFUSALS[services.WrongStepError]) in text(answers[0])
    assert (state(sale), counts(mug), acts()) == ("paid", (10, 1), [])


def test_what_a_stocktake_did_not_find_is_not_handed_over(
    client: Client, control: EmulatorControl, mug: StockItem
) -> None:
    sale = paid(control, order((mug, 2, 500_00)))
    go(sale, State.ASSEMBLING, State.READY)
    services.take_stock(counted={mug.pk: 1}, papers=papers(), business_date=timezone.localdate())
    answer = move(client, sale, "handed_over")

    assert answer.status_code == 422
    assert str(REFUSALS[services.NotInStockError]) in text(answer)
    assert (state(sale), acts()) == ("ready", [])


def test_today_shows_what_is_to_be_packed_what_is_low_and_what_is_due(
    client: Client, control: EmulatorControl, mug: StockItem
) -> None:
    magnet = shelf.variant(shelf.product("Магнит"), pieces=2, size="L")
    plenty = shelf.variant(shelf.product("Открытка"), pieces=50)
    wait = paid(control, order((mug, 2, 500_00)))
    gone = go(paid(control, order((mug, 1, 500_00))), State.ASSEMBLING, State.READY, State.HANDED_OVER)
    place(order((mug, 1, 500_00)))
    shown = text(client.get(TODAY))

    assert wait.number in shown
    assert gone.number not in shown
    assert shown.count('name="to"') == 1
    assert f'Магнит, L <span class="desk-code">{magnet.item.sku}' in shown
    assert (
        f'desk-badge--proposed">{ngettext("%(pieces)s piece left", "%(pieces)s pieces left", 2) % {"pieces": 2}}'
        in shown
    )
    assert plenty.item.sku not in shown


def test_orders_are_found_by_number_and_by_state(client: Client, control: EmulatorControl, mug: StockItem) -> None:
    one = paid(control, order((mug, 1, 500_00)))
    two = go(paid(control, order((mug, 1, 500_00))), State.ASSEMBLING, State.READY, State.HANDED_OVER, State.CLOSED)
    asked = {query: text(client.get(f"{ORDERS}?{query}")) for query in (f"number={two.number}", "", "state=closed")}

    assert {query: (page(one) in shown, page(two) in shown) for query, shown in asked.items()} == {
        f"number={two.number}": (False, True), "": (True, False), "state=closed": (False, True)}  # fmt: skip
    assert [client.get(f"{ORDERS}?{query}").status_code for query in ("number=x", "state=x", "page=x")] == [
        422,
        422,
        200,
    ]


def test_a_recipient_is_shown_only_while_the_order_is_under_way(
    client: Client, control: EmulatorControl, mug: StockItem
) -> None:
    unpaid, sale = place(order((mug, 1, 500_00))), paid(control, order((mug, 1, 500_00)))
    seen = [SaleContact.objects.get(sale=sale).phone in text(client.get(page(sale)))]
    go(sale, State.ASSEMBLING, State.READY, State.HANDED_OVER)
    seen.append("+79001234567" in text(client.get(page(sale))))
    go(sale, State.CLOSED)

    assert seen == [True, True]
    for over in (unpaid, sale):
        assert "+79001234567" not in text(client.get(page(over)))
        assert "Анна Петрова" not in text(client.get(page(over)))


def back(client: Client, sale: Sale, pieces: dict[int, int], **more: Any) -> Any:
    typed = {f"pieces-{line}": many for line, many in pieces.items()}
    return client.post(f"{page(sale)}back/", {"key": KEY, "reason": "cancelled", **typed, **more})


def test_a_piece_is_cancelled_after_one_more_look_and_only_once(
    client: Client, control: EmulatorControl, mug: StockItem, no_worker: list[int],
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    sale = paid(control, order((mug, 3, 500_00)))
    line = sale.lines.get().pk
    asked = back(client, sale, {line: 1})
    assert (asked.status_code, "500 ₽" in text(asked), SaleReturn.objects.count()) == (200, True, 0)
    with django_capture_on_commit_callbacks(execute=True):
        answers = [back(client, sale, {line: 1}, confirmed="1") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert (state(sale), counts(mug)) == ("paid", (10, 2))
    assert (SaleReturn.objects.get().reason, Refund.objects.get().amount_kopecks) == ("cancelled", 500_00)
    assert set(no_worker) == {Refund.objects.get().pk}
    assert acts() == [("sales.take_back", f"sale:{sale.pk}", {"reason": "cancelled", "pieces": 1})]


def test_an_order_of_which_nothing_is_left_is_cancelled(
    client: Client, control: EmulatorControl, mug: StockItem
) -> None:
    sale = paid(control, order((mug, 2, 500_00)))
    back(client, sale, {sale.lines.get().pk: 2}, reason="sold_out", confirmed="1")

    assert (state(sale), counts(mug)) == ("cancelled", (10, 0))
    assert "pieces-" not in text(client.get(f"{page(sale)}back/"))


def test_with_the_last_goods_their_delivery_is_shown_to_go_back(
    client: Client, control: EmulatorControl, mug: StockItem
) -> None:
    delivery = services.Extra("Доставка", "fund", Kopecks(350_00))
    sale = paid(control, order((mug, 2, 500_00), carrier="cdek", delivery=delivery))
    line = sale.lines.get(kind="goods").pk
    assert back(client, sale, {line: 1}).context["plan_kopecks"] == 500_00
    asked = back(client, sale, {line: 2})
    assert (asked.context["plan_kopecks"], "1 350 ₽" in text(asked)) == (1_350_00, True)
    back(client, sale, {line: 2}, confirmed="1")
    assert (state(sale), Refund.objects.get().amount_kopecks) == ("cancelled", 1_350_00)


@pytest.mark.parametrize(("spoiled", "left"), [({}, 9), ({"spoiled": "on"}, 8)])
def test_what_comes_back_lies_in_stock_again_or_is_spoiled(
    client: Client, control: EmulatorControl, mug: StockItem, spoiled: dict[str, str], left: int
) -> None:
    sale = go(paid(control, order((mug, 2, 500_00))), State.ASSEMBLING, State.READY, State.HANDED_OVER)
    line = sale.lines.get().pk
    more = {f"spoiled-{line}": value for value in spoiled.values()}
    answer = back(client, sale, {line: 1}, reason="faulty", confirmed="1", **more)

    assert (answer.status_code, counts(mug)) == (302, (left, 0))
    assert SaleReturn.objects.get().reason == "faulty"


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"many": 3}, "The buyer has %(most)d of it."), ({"many": 0}, "Say of which goods how many pieces go back."),
     ({"reason": "returned"}, "returned"), ({"key": ""}, "The form is incomplete: open it anew.")],
)  # fmt: skip
def test_what_cannot_go_back_is_refused_with_a_sentence(
    client: Client, control: EmulatorControl, mug: StockItem, typed: dict[str, Any], words: str
) -> None:
    sale = paid(control, order((mug, 2, 500_00)))
    many = typed.pop("many", 1)
    answer = back(client, sale, {sale.lines.get().pk: many}, **typed, confirmed="1")

    assert answer.status_code == 422
    assert (said(words, most=2) if "%" in words else said(words)) in text(answer)
    assert (counts(mug), SaleReturn.objects.count(), acts()) == ((10, 2), 0, [])


def test_a_change_of_mind_is_refused_after_the_laws_days(
    client: Client, control: EmulatorControl, mug: StockItem
) -> None:
    sale = go(paid(control, order((mug, 1, 500_00))), State.ASSEMBLING, State.READY, State.HANDED_OVER)
    Sale.objects.filter(pk=sale.pk).update(received_at=timezone.now() - timedelta(days=30))
    late = back(client, sale, {sale.lines.get().pk: 1}, reason="returned", confirmed="1")

    assert late.status_code == 422
    assert str(REFUSALS[services.TooLateError]) in text(late)
    assert not SaleReturn.objects.exists()


def test_lists_and_pages_cost_the_same_with_one_order_and_with_three(
    client: Client, control: EmulatorControl, mug: StockItem
) -> None:
    first = paid(control, order((mug, 1, 500_00)))
    addresses = (TODAY, ORDERS, page(first))
    costs = [cost(client, address) for address in addresses]
    more = item("CUP")
    buy(more, pieces=9, price=100_00)
    for _ in range(2):
        paid(control, order((mug, 1, 500_00), (more, 2, 200_00)))

    assert [cost(client, address) for address in addresses] == costs


@pytest.mark.parametrize("role", ["treasurer", "auditor", "moderator"])
def test_nobody_else_sees_or_moves_orders(client: Client, mug: StockItem, manager: User, role: str) -> None:
    sale = place(order((mug, 1, 500_00)))
    make.sign_in(client, make.staff(role))

    assert [client.get(address).status_code for address in (TODAY, ORDERS, page(sale))] == [403, 403, 403]
    assert move(client, sale, "assembling").status_code == 403
    assert back(client, sale, {1: 1}).status_code == 403
    assert state(sale) == "unpaid"


def test_what_is_not_there_is_not_found(client: Client) -> None:
    sale = Sale(pk=999)
    assert [client.get(page(sale)).status_code, move(client, sale, "paid").status_code] == [404, 404]
    assert client.get(f"{page(sale)}back/").status_code == 404


def test_no_gift_and_no_donor_is_shown(client: Client, control: EmulatorControl, mug: StockItem) -> None:
    gift = services.Extra("Дар от Ивана Щедрого", "fund", Kopecks(777_00))
    sale = paid(control, order((mug, 1, 500_00), gift=gift, email="secret.buyer@example.org"))
    assert sale.lines.aggregate(all=Sum("total_kopecks"))["all"] == 1_277_00
    for address in (TODAY, ORDERS, page(sale), f"{page(sale)}back/"):
        shown = text(client.get(address))
        for secret in ("secret.buyer", "Щедрого", "777 ₽", "1 277", str(sale.payment.yookassa_id), sale.token):
            assert secret not in shown, (address, secret)
