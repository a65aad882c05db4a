"""What goes back of an order, by the buyer's will, ЮKassa's refusal or too late: pieces, money and books together."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.utils import timezone

from fund.ledger.models import Operation
from fund.ledger.services import open_account
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.models import Refund
from fund.sales import services
from fund.sales.models import FiscalReceipt, Sale, SaleReturn, SaleReturnLine, StockMovement
from tests.fund.sales.goods import books, buy, counts, item, lies, papers
from tests.fund.sales.orders import TO_DOOR, bring_back, go, order, paid, place, send_refunds
from tests.together import together

if TYPE_CHECKING:
    from emulator.control import EmulatorControl
    from fund.sales.models import StockItem

pytestmark = pytest.mark.usefixtures("committed")
Reason, State = SaleReturn.Reason, Sale.State
DELIVERY = services.Extra("Почта", "fund", Kopecks(300_00))
GIFT = services.Extra("На сквер", "fund", Kopecks(200_00))
ORDER = ("41", "62.01", "62.02", "76.debts", "86.fund", "90.01.fund", "90.02.fund", "90.01.jazz", "90.02.jazz")


def bought(control: EmulatorControl, *, subject: str = "fund", pieces: int = 3, **more: Any) -> tuple[Sale, StockItem]:
    """Return an order of mugs at 500,00 that cost 100,00 each; one more mug lies there."""
    mug = item(subject=subject)
    buy(mug, pieces=pieces + 1, price=100_00)
    return paid(control, order((mug, pieces, 500_00), **more)), mug


def line(sale: Sale, kind: str = "goods", pieces: int = 1, *, is_in_stock: bool = True) -> services.Back:
    return services.Back(sale.lines.get(kind=kind).pk, pieces, is_in_stock)


def amounts() -> list[int]:
    return list(Refund.objects.order_by("pk").values_list("amount_kopecks", flat=True))


def test_pieces_come_back_one_after_another_until_none_is_left(control: EmulatorControl) -> None:
    sale, mug = bought(control)
    go(sale, *TO_DOOR)
    for pieces in (1, 2):
        bring_back(sale, line(sale, pieces=pieces))
    with pytest.raises(services.TooManyPiecesError):
        bring_back(sale, line(sale))
    send_refunds()

    assert (amounts(), counts(mug), lies(mug)) == ([500_00, 1_000_00], (4, 0), (4, 400_00, 0))
    assert books(*ORDER) == {"41": 400_00}
    assert list(SaleReturnLine.objects.order_by("pk").values_list("start", "stop")) == [(0, 1), (1, 3)]
    assert Sale.objects.get().state == State.HANDED_OVER


def test_whole_and_spoiled_pieces_of_a_line_come_back_together(control: EmulatorControl) -> None:
    sale, mug = bought(control, subject="jazz")
    go(sale, *TO_DOOR)
    whole, spoiled = line(sale), line(sale, is_in_stock=False)
    bring_back(sale, whole, spoiled, whole)

    assert (amounts(), counts(mug)) == ([1_500_00], (3, 0))
    assert books(*ORDER, "91.02.jazz") == {
        "41": 300_00, "62.02": 1_500_00,
        "91.02.jazz": 100_00 + (sale.payment.commission_kopecks or 0)}  # fmt: skip


def test_pieces_come_back_at_what_they_were_sold_for_though_others_cost_more_now(control: EmulatorControl) -> None:
    sale, mug = bought(control)
    go(sale, *TO_DOOR)
    buy(mug, pieces=1, price=900_00)
    bring_back(sale, line(sale, pieces=3))

    assert lies(mug) == (5, 1_300_00, 0)


def test_an_order_of_which_no_goods_are_left_goes_back_with_its_delivery(control: EmulatorControl) -> None:
    sale, mug = bought(control, delivery=DELIVERY, gift=GIFT, carrier="cdek")
    bring_back(sale, line(sale, pieces=2), reason=Reason.CANCELLED)
    assert (Sale.objects.get().state, amounts()) == (State.PAID, [1_000_00])
    bring_back(sale, line(sale), reason=Reason.SOLD_OUT)
    send_refunds()

    assert (Sale.objects.get().state, amounts(), counts(mug)) == (State.CANCELLED, [1_000_00, 800_00], (4, 0))
    assert books(*ORDER) == {"41": 400_00, "86.fund": 200_00}
    with pytest.raises(services.NotReturnableError):
        bring_back(sale, line(sale, "gift"))
    assert Refund.objects.count() == 2


def test_delivery_and_gift_go_back_by_themselves(control: EmulatorControl) -> None:
    sale, mug = bought(control, delivery=DELIVERY, gift=GIFT, carrier="russian_post")
    bring_back(sale, line(sale, "delivery"), reason=Reason.CANCELLED)
    go(sale, State.ASSEMBLING)
    go(sale, State.SENT, track_number="80081234567890")
    assert books(*ORDER) == {
        "41": 100_00, "62.02": 300_00, "86.fund": 200_00, "90.01.fund": 1_500_00, "90.02.fund": 300_00}  # fmt: skip
    bring_back(sale, line(sale, "gift"), reason=Reason.FAULTY)
    send_refunds()

    assert (amounts(), counts(mug)) == ([300_00, 200_00], (1, 0))
    assert books(*ORDER) == {"41": 100_00, "90.01.fund": 1_500_00, "90.02.fund": 300_00}
    assert not Operation.objects.filter(kind="order_taken_back").exists()


def test_delivery_that_was_paid_and_done_can_go_back(control: EmulatorControl) -> None:
    sale, _mug = bought(control, delivery=DELIVERY, carrier="cdek")
    go(sale, State.ASSEMBLING)
    go(sale, State.SENT, State.RECEIVED, track_number="10112345678")
    bring_back(sale, line(sale, "delivery"))

    assert books("62.02", "90.01.fund", "90.02.fund") == {
        "62.02": 300_00, "90.01.fund": 1_500_00, "90.02.fund": 300_00}  # fmt: skip


@pytest.mark.parametrize("reason", [Reason.RETURNED, Reason.CANCELLED])
def test_after_the_laws_days_only_what_is_faulty_comes_back(
    control: EmulatorControl, reason: SaleReturn.Reason
) -> None:
    sale, mug = bought(control)
    go(sale, *TO_DOOR, State.CLOSED)
    last = timedelta(days=8) - timedelta(hours=1)
    bring_back(sale, line(sale), reason=reason, after=last)

    with pytest.raises(services.TooLateError):
        bring_back(sale, line(sale), reason=reason, after=timedelta(days=8))
    assert (amounts(), counts(mug)) == ([500_00], (2, 0))
    bring_back(sale, line(sale, is_in_stock=False), reason=Reason.FAULTY, after=timedelta(days=600))
    assert (amounts(), counts(mug)) == ([500_00, 500_00], (2, 0))


@pytest.mark.usefixtures("control")
def test_an_order_that_is_not_paid_has_nothing_to_return() -> None:
    mug = item()
    buy(mug, pieces=1, price=100_00)
    sale = place(order((mug, 1, 500_00)))

    with pytest.raises(services.NotReturnableError):
        bring_back(sale, line(sale), reason=Reason.CANCELLED)
    assert (counts(mug), Refund.objects.count()) == ((1, 1), 0)


def test_nothing_and_what_is_of_another_order_can_not_come_back(control: EmulatorControl) -> None:
    sale, mug = bought(control)
    other = paid(control, order((mug, 1, 500_00)))
    for wanted in ([], [line(other)], [line(sale, pieces=0)], [line(sale, pieces=-1)]):
        with pytest.raises(services.TooManyPiecesError):
            bring_back(sale, *wanted)

    assert (SaleReturn.objects.count(), Refund.objects.count(), counts(mug)) == (0, 0, (4, 4))


def test_one_key_returns_once_and_only_of_its_order(control: EmulatorControl) -> None:
    sale, mug = bought(control)
    key = "k" * 57
    first = bring_back(sale, line(sale), reason=Reason.CANCELLED, key=key)
    assert bring_back(sale, line(sale), reason=Reason.CANCELLED, key=key) == first
    other = paid(control, order((mug, 1, 500_00)))

    with pytest.raises(services.KeyReusedError):
        bring_back(other, line(other), reason=Reason.CANCELLED, key=key)
    assert (amounts(), counts(mug)) == ([500_00], (4, 3))


def test_ten_hands_take_the_same_pieces_back_once(control: EmulatorControl) -> None:
    sale, mug = bought(control)
    go(sale, *TO_DOOR)
    back = line(sale, pieces=2)

    done = together(*[lambda: bring_back(sale, back)] * 10, refusals=services.TooManyPiecesError, done="back")

    assert (done.count("back"), done.count("TooManyPiecesError")) == (1, 9)
    assert (amounts(), counts(mug), books("62.02")) == ([1_000_00], (3, 0), {"62.02": 1_000_00})


def test_a_return_and_a_handover_at_the_same_moment_leave_no_piece_unpaid(control: EmulatorControl) -> None:
    sale, mug = bought(control)
    go(sale, State.ASSEMBLING, State.READY)
    back = line(sale)

    together(lambda: go(sale, State.HANDED_OVER), lambda: bring_back(sale, back, reason=Reason.CANCELLED))

    made = SaleReturn.objects.get()
    send_refunds()
    assert books("62.01", "62.02", "90.01.fund") == {"90.01.fund": 1_000_00}
    assert counts(mug) == (2, 0)
    assert made.lines.get().is_in_stock != made.is_before_handover


def test_a_return_that_fails_at_its_end_leaves_nothing(control: EmulatorControl) -> None:
    sale, mug = bought(control, subject="jazz")
    go(sale, *TO_DOOR)
    before = (counts(mug), books(*ORDER), Operation.objects.count(), StockMovement.objects.count())
    key = "crash"

    def crash() -> None:
        with transaction.atomic():
            bring_back(sale, line(sale), key=key)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        crash()
    assert (counts(mug), books(*ORDER), Operation.objects.count(), StockMovement.objects.count()) == before
    assert not SaleReturn.objects.exists()
    assert not Refund.objects.exists()
    assert not FiscalReceipt.objects.filter(kind="refund").exists()
    bring_back(sale, line(sale), key=key)
    assert amounts() == [500_00]


def test_less_than_a_rouble_can_not_go_back_and_nothing_moves(control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=2, price=10)
    sale = go(paid(control, order((mug, 2, 99))), *TO_DOOR)

    with pytest.raises(payments.RefundTooSmallError):
        bring_back(sale, line(sale))
    assert (counts(mug), books("62.02"), SaleReturn.objects.count()) == ((0, 0), {}, 0)


def test_a_long_name_of_whom_goods_feed_fits_everywhere(control: EmulatorControl) -> None:
    long = "s" * 60  # the longest slug of a campaign
    sale, mug = bought(control, subject=long)
    open_account(code=f"86.{long}", name="Сквер")
    go(sale, *TO_DOOR)
    bring_back(sale, line(sale))
    services.take_stock(counted={mug.pk: 5}, papers=papers(key="0" * 36), business_date=timezone.localdate())
    services.write_off_goods(lost={mug.pk: 1}, papers=papers(key="1" * 36), business_date=timezone.localdate())
    year = timezone.localdate().year

    assert lies(mug) == (4, 400_00, 0)
    assert services.close_year(year=year, today=date(year + 1, 1, 9))
