"""An order's way to its buyer: the steps that are, those that are not, and what the tasks do about it."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from queue import Empty
from typing import TYPE_CHECKING

import pytest
from celery import current_app
from django.utils import timezone

from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.models import Payment
from fund.sales import gifts, services, tasks
from fund.sales.models import FiscalReceipt, Sale, StockItem
from tests.fund.sales.goods import DAY, books, buy, counts, item, papers
from tests.fund.sales.orders import TO_DOOR, go, order, paid, place
from tests.together import together

if TYPE_CHECKING:
    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")
State = Sale.State
STEPS = {
    "pickup": (State.ASSEMBLING, State.READY, State.HANDED_OVER, State.CLOSED),
    "cdek": (State.ASSEMBLING, State.SENT, State.RECEIVED, State.CLOSED),
}


def bought(control: EmulatorControl, carrier: str = "pickup") -> tuple[Sale, StockItem]:
    mug = item()
    buy(mug, pieces=2, price=100_00)
    return paid(control, order((mug, 2, 500_00), carrier=carrier)), mug


def queued() -> list[tuple[str, dict[str, int]]]:
    """Return the tasks that wait in Redis, and empty the queue."""
    found = []
    with current_app.connection_for_read() as connection, connection.SimpleQueue("celery") as queue, suppress(Empty):
        while True:
            message = queue.get(block=False)
            found.append((message.headers["task"], message.payload[1]))
            message.ack()
    return found


@pytest.mark.parametrize("carrier", STEPS)
def test_an_order_goes_step_by_step_as_its_carrier_has_it(control: EmulatorControl, carrier: str) -> None:
    sale, mug = bought(control, carrier)
    held = (2, 2)
    for state in STEPS[carrier]:
        for wrong in set(State) - {sale.state, state}:
            with pytest.raises(services.WrongStepError):
                go(sale, wrong, track_number="10112345678")
        sale = go(sale, state, track_number="10112345678" if state == State.SENT else "")
        held = (0, 0) if state in {State.HANDED_OVER, State.SENT} else held
        assert (sale.state, counts(mug)) == (state, held)

    assert (sale.track_number, sale.received_at is not None) == ("10112345678" if carrier == "cdek" else "", True)
    assert go(sale, State.CLOSED) == sale


def test_what_is_sent_has_a_number(control: EmulatorControl) -> None:
    sale, mug = bought(control, "cdek")
    go(sale, State.ASSEMBLING)

    with pytest.raises(services.NoTrackNumberError):
        go(sale, State.SENT)
    assert (Sale.objects.get().state, counts(mug)) == (State.ASSEMBLING, (2, 2))


def test_what_a_stocktake_did_not_find_can_not_be_handed_over(control: EmulatorControl) -> None:
    sale, mug = bought(control)
    services.take_stock(counted={mug.pk: 1}, papers=papers(), business_date=DAY)
    go(sale, State.ASSEMBLING, State.READY)
    before = books("41", "62.02", "90.01.fund")

    with pytest.raises(services.NotInStockError) as refused:
        go(sale, State.HANDED_OVER)
    assert (refused.value.item_id, refused.value.held) == (mug.pk, 1)
    assert (Sale.objects.get().state, counts(mug), books("41", "62.02", "90.01.fund")) == (State.READY, (1, 2), before)
    assert not FiscalReceipt.objects.filter(kind="offset").exists()
    assert StockItem.objects.get().available == 0


def test_eight_hands_hand_it_over_once(control: EmulatorControl) -> None:
    sale, mug = bought(control)
    go(sale, State.ASSEMBLING, State.READY)
    together(*[lambda: go(sale, State.HANDED_OVER)] * 8)

    assert (counts(mug), books("62.02", "90.01.fund")) == ((0, 0), {"90.01.fund": 1_000_00})
    assert FiscalReceipt.objects.filter(kind="offset").count() == 1


def test_a_gift_goes_to_whom_the_room_above_names(control: EmulatorControl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gifts, "_registry", [])
    assert gifts.receiver("jazz", timezone.now()) == "fund"
    gifts.register(lambda subject, _paid_at: subject.removeprefix("closed-"))
    mug = item()
    buy(mug, pieces=1, price=100_00)
    sale = paid(control, order((mug, 1, 500_00), gift=services.Extra("В фонд", "closed-fund", Kopecks(100_00))))

    assert (sale.payment.booked_subject, books("86.fund")) == ("fund", {"86.fund": 100_00})
    assert sale.get_absolute_url().endswith(f"/{sale.token}/")


def test_the_sweep_finds_what_was_lost_and_each_task_may_run_twice(control: EmulatorControl) -> None:
    sale, mug = bought(control)
    buy(mug, pieces=1, price=100_00)
    lost = place(order((mug, 1, 500_00)))
    control.run("decline", id=lost.payment.yookassa_id)
    payments.reread_payment(payment_id=lost.payment_id, now=timezone.now())
    receipt = FiscalReceipt.objects.get(sale=sale)
    queued()
    tasks.sweep()

    wanted = [
        ("sales.follow_payment", {"sale_id": lost.pk}),
        ("sales.register_receipt", {"receipt_id": receipt.pk}),
    ]
    assert queued() == wanted
    for _ in range(2):
        tasks.follow_payment(sale_id=lost.pk)
        tasks.register_receipt(receipt_id=receipt.pk)
    tasks.sweep()
    assert (Sale.objects.get(pk=lost.pk).state, counts(mug), queued()) == (State.NOT_PAID, (3, 2), [])


def test_who_waits_for_a_payment_is_told_of_it_by_the_payments(control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=1, price=100_00)
    sale = place(order((mug, 1, 500_00)))
    queued()
    control.run("decline", id=sale.payment.yookassa_id)
    payments.reread_payment(payment_id=sale.payment_id, now=timezone.now())

    assert ("sales.follow_payment", {"sale_id": sale.pk}) in queued()
    assert Payment.objects.get().state == Payment.State.CANCELED


def test_what_is_dated_into_the_next_year_is_no_part_of_this(control: EmulatorControl) -> None:
    sale, mug = bought(control)
    go(sale, *TO_DOOR)
    year = timezone.localdate().year
    buy(mug, pieces=1, price=100_00)
    next_day = timezone.localdate().replace(year=year + 1, month=1, day=2)
    services.write_off_goods(lost={mug.pk: 1}, papers=papers(), business_date=next_day)
    services.close_year(year=year, today=next_day + timedelta(days=1))
    fee = sale.payment.commission_kopecks or 0

    assert books("91.02.fund", "84", "86.fund") == {"91.02.fund": 100_00, "86.fund": 800_00 - fee}
