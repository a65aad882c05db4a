"""Orders from the first click to the buyer's door and back: pieces, books, receipts and money move together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from fund.ledger.models import Operation
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.models import Payment, Refund
from fund.sales import services
from fund.sales.models import FiscalReceipt, Reservation, Sale, SaleReturn
from tests.fund.sales.goods import books, buy, counts, item
from tests.fund.sales.orders import (
    TO_DOOR,
    bring_back,
    come_late,
    give_up,
    go,
    order,
    paid,
    pay,
    place,
    register_receipts,
)
from tests.together import together

if TYPE_CHECKING:
    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")
State = Sale.State


def test_a_paid_order_is_a_prepayment_until_it_is_handed_over(control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=5, price=300_00, maker=250_00)
    sale = paid(control, order((mug, 2, 500_00)))

    assert (sale.state, counts(mug)) == (State.PAID, (5, 2))
    assert books("41", "62.02", "90.01.fund") == {"41": 1_500_00, "62.02": 1_000_00}
    go(sale, *TO_DOOR)

    assert counts(mug) == (3, 0)
    fee = Payment.objects.get(pk=sale.payment_id).commission_kopecks
    assert books("41", "62.01", "62.02", "90.01.fund", "90.02.fund", "91.02.fund") == {
        "41": 900_00, "90.01.fund": 1_000_00, "90.02.fund": 600_00, "91.02.fund": fee}  # fmt: skip


def test_fifty_buyers_of_the_last_ten_pieces() -> None:
    mug = item()
    buy(mug, pieces=10, price=300_00)
    wanted = [order((mug, 1, 500_00)) for _ in range(50)]

    done = together(*[lambda one=one: place(one) for one in wanted], refusals=services.SoldOutError, done="bought")

    assert (done.count("bought"), done.count("SoldOutError")) == (10, 40)
    assert (counts(mug), Sale.objects.count()) == ((10, 10), 10)


def test_a_declined_payment_lets_its_pieces_go(control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=2, price=300_00)
    sale = place(order((mug, 2, 500_00)))
    control.run("decline", id=sale.payment.yookassa_id)
    payments.reread_payment(payment_id=sale.payment_id, now=timezone.now())

    assert services.lost_sales() == [sale.pk]
    assert [services.let_go(sale_id=sale.pk, now=timezone.now()) for _ in range(2)] == [True, False]
    assert (Sale.objects.get().state, counts(mug)) == (State.NOT_PAID, (2, 0))


def test_a_late_success_takes_what_is_left_or_goes_back(control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=2, price=300_00)
    first, second = place(order((mug, 1, 500_00))), place(order((mug, 1, 500_00)))
    for sale in (first, second):
        give_up(sale)
    place(order((mug, 1, 500_00)))  # somebody else takes one of the two
    late = [come_late(control, sale) for sale in (first, second)]

    assert [sale.state for sale in late] == [State.PAID, State.CANCELLED]
    assert counts(mug) == (2, 2)
    (refund,) = Refund.objects.all()
    assert (refund.payment_id, refund.amount_kopecks, refund.reason) == (second.payment_id, 500_00, "sold_out")
    payments.open_refund(refund_id=refund.pk, now=timezone.now())
    assert books("62.02") == {"62.02": 500_00}


def test_the_same_key_is_the_same_order_and_another_is_refused() -> None:
    mug = item()
    buy(mug, pieces=5, price=300_00)
    wanted = order((mug, 2, 500_00))
    first = place(wanted, key="once")

    assert place(wanted, key="once") == first
    with pytest.raises(services.KeyReusedError):
        place(order((mug, 1, 500_00)), key="once")
    assert counts(mug) == (5, 2)


def test_one_buyer_holds_few_unpaid_orders() -> None:
    mug = item()
    buy(mug, pieces=50, price=300_00)
    for _ in range(3):
        place(order((mug, 1, 500_00), email="greedy@example.org"))

    with pytest.raises(services.TooManyUnpaidError):
        place(order((mug, 1, 500_00), email="Greedy@example.org"))
    assert counts(mug) == (50, 3)


@pytest.mark.parametrize(
    ("kept", "next_one", "most"),
    [
        ([], (101, "greedy"), 100),
        ([(60, "greedy")], (41, "Greedy"), 100),
        ([(100, "first"), (100, "second"), (100, "third")], (1, "fourth"), 300),  # other names, the same place
    ],
)
def test_one_buyer_holds_few_unpaid_pieces(kept: list[tuple[int, str]], next_one: tuple[int, str], most: int) -> None:
    mug = item()
    buy(mug, pieces=500, price=300_00)

    def place_some(many: int, name: str) -> None:
        place(order((mug, many, 500_00), email=f"{name}@example.org"), address="10.9.9.9")

    for many, name in kept:
        place_some(many, name)
    with pytest.raises(services.TooManyHeldError) as told:
        place_some(*next_one)
    assert told.value.most == most
    assert counts(mug) == (500, sum(many for many, _name in kept))


def test_eight_orders_at_once_hold_no_more_than_one_buyer_may(settings: Any) -> None:
    settings.UNPAID_ORDERS_PER_EMAIL = 100
    mug = item()
    buy(mug, pieces=500, price=300_00)
    wanted = [order((mug, 20, 500_00), email="greedy@example.org") for _ in range(8)]

    done = together(*[lambda one=one: place(one) for one in wanted], refusals=services.TooManyHeldError, done="held")

    assert (done.count("held"), done.count("TooManyHeldError")) == (5, 3)
    assert counts(mug) == (500, 100)


def test_part_of_an_order_goes_back_before_it_left(control: EmulatorControl) -> None:
    mug, badge = item("MUG"), item("BADGE")
    buy(mug, badge, pieces=5, price=100_00)
    sale = paid(control, order((mug, 3, 500_00), (badge, 1, 200_00), discount_kopecks=Kopecks(100_00)))
    line = sale.lines.get(item=mug)
    bring_back(sale, services.Back(line.pk, 1), reason=SaleReturn.Reason.CANCELLED)

    assert (counts(mug), counts(badge)) == ((5, 2), (5, 1))
    (refund,) = Refund.objects.all()
    payments.open_refund(refund_id=refund.pk, now=timezone.now())
    share = 500_00 - refund.amount_kopecks
    assert 29_41 <= share <= 29_42  # 100 roubles among 1 500 and 200, among three mugs
    assert books("62.02") == {"62.02": 1_600_00 - refund.amount_kopecks}
    go(sale, *TO_DOOR)
    assert books("62.01", "62.02", "90.01.fund") == {"90.01.fund": 1_600_00 - refund.amount_kopecks}


def test_goods_come_back_whole_and_spoiled(control: EmulatorControl) -> None:
    mug = item(subject="jazz")
    buy(mug, pieces=3, price=100_00, maker=33_33)
    sale = go(paid(control, order((mug, 3, 500_00))), *TO_DOOR)
    line = sale.lines.get()
    made = bring_back(sale, services.Back(line.pk, 1), reason=SaleReturn.Reason.RETURNED)
    bring_back(sale, services.Back(line.pk, 1, is_in_stock=False), reason=SaleReturn.Reason.FAULTY)

    assert counts(mug) == (1, 0)
    assert books("41", "62.02", "90.01.jazz", "90.02.jazz") == {
        "41": 100_00, "62.02": 1_000_00, "90.01.jazz": 500_00, "90.02.jazz": 100_00}  # fmt: skip
    fee = Payment.objects.get(pk=sale.payment_id).commission_kopecks or 0
    assert books("91.02.jazz", "91.02.fund") == {"91.02.jazz": fee + 100_00}
    for refund in Refund.objects.all():
        payments.open_refund(refund_id=refund.pk, now=timezone.now())
    assert books("62.02") == {}
    assert made.refund.amount_kopecks == 500_00


def test_more_than_the_buyer_has_can_not_come_back(control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=3, price=100_00)
    sale = go(paid(control, order((mug, 2, 500_00))), *TO_DOOR)
    line = sale.lines.get()
    bring_back(sale, services.Back(line.pk, 1), reason=SaleReturn.Reason.RETURNED)

    with pytest.raises(services.TooManyPiecesError):
        bring_back(sale, services.Back(line.pk, 2), reason=SaleReturn.Reason.RETURNED)
    assert (Refund.objects.count(), counts(mug)) == (1, (2, 0))


def test_a_gift_goes_beside_the_goods_and_each_bears_its_fee(control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=1, price=100_00)
    gift = services.Extra("На сквер", "fund", Kopecks(500_00))
    sale = paid(control, order((mug, 1, 500_00), gift=gift))

    fee = sale.payment.commission_kopecks or 0
    assert books("62.02", "86.fund", "91.02.fund", "26.acquiring") == {
        "62.02": 500_00, "86.fund": 500_00, "91.02.fund": fee - fee // 2, "26.acquiring": fee // 2}  # fmt: skip
    (operation,) = Operation.objects.filter(kind="order_paid")
    assert operation.memo == f"Заказ № {sale.number} оплачен"


def test_receipts_are_registered_for_prepayment_handover_andbring_back(control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=3, price=100_00)
    gift = services.Extra("На сквер", "fund", Kopecks(300_00))
    sale = paid(control, order((mug, 2, 333_33), gift=gift, discount_kopecks=Kopecks(1)))
    go(sale, *TO_DOOR)
    bring_back(sale, services.Back(sale.lines.get(kind="goods").pk, 1), reason=SaleReturn.Reason.RETURNED)
    for refund in Refund.objects.all():
        payments.open_refund(refund_id=refund.pk, now=timezone.now())
    register_receipts(control)

    assert list(FiscalReceipt.objects.order_by("pk").values_list("kind", "state", "amount_kopecks")) == [
        ("prepayment", "registered", 966_65), ("offset", "registered", 666_65), ("refund", "registered", 333_33)
    ]  # fmt: skip
    told = control.everything()["receipts"]
    assert sorted((row["type"], [item["payment_mode"] for item in row["items"]]) for row in told) == [
        ("payment", ["full_payment", "full_payment"]),
        ("payment", ["full_prepayment", "full_prepayment", "full_payment"]),
        ("refund", ["full_payment"]),
    ]


def test_reservations_end_with_their_order(control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=3, price=100_00)
    sale = pay(control, place(order((mug, 2, 500_00))))
    line = sale.lines.get()
    bring_back(sale, services.Back(line.pk, 2), reason=SaleReturn.Reason.CANCELLED)

    assert (Sale.objects.get().state, Reservation.objects.get().state) == (State.CANCELLED, "released")
    assert counts(mug) == (3, 0)
