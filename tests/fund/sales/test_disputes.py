"""Money that goes another way than was asked: the buyer's bank takes it, ЮKassa refuses to send it, or has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from fund.ledger.audit import audit
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.models import Alarm, Chargeback, Refund
from fund.sales import services
from fund.sales.models import FiscalReceipt, Reservation, Sale, SaleReturn, SaleStep
from tests.fund.sales.goods import books, buy, counts, item
from tests.fund.sales.orders import TO_DOOR, bring_back, dispute, go, order, paid, register_receipts, send_refunds

if TYPE_CHECKING:
    from emulator.control import EmulatorControl
    from fund.sales.models import StockItem
    from people.models import User

pytestmark = pytest.mark.usefixtures("committed")
Reason, State = SaleReturn.Reason, Sale.State
PLACES = ("62.01", "62.02", "76.debts", "86.fund", "90.01.fund", "90.02.fund")
GIFT = services.Extra("На сквер", "fund", Kopecks(500_00))


def bought(control: EmulatorControl, **more: Any) -> tuple[Sale, StockItem]:
    """Return an order of two mugs at 500,00 that cost 100,00 each."""
    mug = item()
    buy(mug, pieces=2, price=100_00)
    return paid(control, order((mug, 2, 500_00), **more)), mug


def mugs(sale: Sale, pieces: int = 1) -> services.Back:
    return services.Back(sale.lines.get(kind="goods").pk, pieces)


def held(*codes: str) -> dict[str, int]:
    """Return what the accounts hold, in books that hold together."""
    assert audit().fault == ""
    return books(*codes)


def lost(sale: Sale) -> int:
    """Return what the shop lost beside ЮKassa's fee."""
    return sum(books("91.02.fund", "26.acquiring").values()) - (sale.payment.commission_kopecks or 0)


def test_what_a_bank_takes_before_the_goods_left_ends_the_order(control: EmulatorControl) -> None:
    sale, mug = bought(control, gift=GIFT)
    go(sale, State.ASSEMBLING)
    sale = dispute(control, sale)

    assert (sale.state, Reservation.objects.get().state, counts(mug)) == (State.CANCELLED, "released", (2, 0))
    assert (held(*PLACES), lost(sale)) == ({}, 0)
    assert SaleStep.objects.latest("pk").to_state == "cancelled"
    with pytest.raises(services.WrongStepError):
        go(sale, State.READY)
    with pytest.raises(services.NotReturnableError):
        bring_back(sale, mugs(sale))


def test_what_a_bank_takes_after_the_goods_left_is_the_shops_loss(control: EmulatorControl) -> None:
    sale, mug = bought(control, gift=GIFT)
    sale = dispute(control, go(sale, *TO_DOOR))

    assert (sale.state, counts(mug), lost(sale)) == (State.HANDED_OVER, (0, 0), 1_000_00)
    assert held(*PLACES) == {"90.01.fund": 1_000_00, "90.02.fund": 200_00}
    with pytest.raises(payments.RefundTooLargeError):
        bring_back(sale, mugs(sale))
    assert (Refund.objects.count(), SaleReturn.objects.count()) == (0, 0)


def test_goods_of_which_a_bank_took_a_part_do_not_leave(control: EmulatorControl) -> None:
    sale, mug = bought(control)
    go(sale, State.ASSEMBLING, State.READY)
    sale = dispute(control, sale, 300_00)

    assert (sale.state, counts(mug), held(*PLACES)) == (State.READY, (2, 2), {"62.02": 700_00})
    with pytest.raises(services.DisputedError):
        go(sale, State.HANDED_OVER)
    assert (Sale.objects.get().state, counts(mug)) == (State.READY, (2, 2))
    assert not FiscalReceipt.objects.filter(kind="offset").exists()
    sale = dispute(control, sale, 700_00)
    assert (sale.state, counts(mug), held(*PLACES)) == (State.CANCELLED, (2, 0), {})


def test_a_gift_does_not_pay_for_goods_of_which_a_bank_took_a_part(control: EmulatorControl) -> None:
    sale, _mug = bought(control, gift=GIFT)
    sale = dispute(control, go(sale, *TO_DOOR), 300_00)
    with pytest.raises(payments.RefundTooLargeError):
        bring_back(sale, mugs(sale, 2))
    bring_back(sale, mugs(sale))
    send_refunds()
    assert held("62.02", "86.fund") == {"86.fund": 500_00}


@pytest.mark.parametrize(
    ("steps", "refunds"), [((2,), [700_00]), ((1, 1), [500_00, 200_00])], ids=["at once", "one by one"]
)
def test_goods_of_which_a_bank_took_a_part_go_back_for_the_rest_and_end_the_order(
    control: EmulatorControl, steps: tuple[int, ...], refunds: list[int]
) -> None:
    sale, mug = bought(control, gift=GIFT)
    sale = dispute(control, go(sale, State.ASSEMBLING), 300_00)
    for pieces in steps:
        bring_back(sale, mugs(sale, pieces), reason=Reason.CANCELLED)
    send_refunds()
    register_receipts(control)

    assert list(Refund.objects.order_by("pk").values_list("amount_kopecks", flat=True)) == refunds
    assert (Sale.objects.get().state, counts(mug), held(*PLACES)) == (State.CANCELLED, (2, 0), {"86.fund": 500_00})
    assert not FiscalReceipt.objects.filter(kind="refund").exclude(state="registered").exists()


def test_a_buyer_who_cancels_what_a_bank_took_a_part_of_gets_the_rest(control: EmulatorControl) -> None:
    sale, _mug = bought(control, gift=GIFT)
    sale = dispute(control, sale, 300_00)
    services.cancel_order(sale=sale, today=timezone.localdate(), now=timezone.now())
    send_refunds()
    assert (Refund.objects.get().amount_kopecks, held(*PLACES)) == (1_200_00, {})


def test_a_bank_that_takes_twice_takes_the_goods_then_the_gift(control: EmulatorControl) -> None:
    sale, _mug = bought(control, gift=GIFT)
    sale = dispute(control, sale, 1_000_00)
    assert (sale.state, held(*PLACES)) == (State.CANCELLED, {"86.fund": 500_00})
    dispute(control, sale, 500_00)

    assert (held(*PLACES), Chargeback.objects.count()) == ({}, 2)


def test_a_bank_takes_what_was_to_go_back_and_nothing_goes_twice(control: EmulatorControl) -> None:
    sale, mug = bought(control)
    go(sale, *TO_DOOR)
    bring_back(sale, mugs(sale))
    dispute(control, sale)
    send_refunds()
    (receipt,) = FiscalReceipt.objects.filter(kind="refund")
    services.register_receipt(receipt_id=receipt.pk, now=timezone.now())
    receipt.refresh_from_db()

    assert (Refund.objects.get().state, receipt.state, receipt.next_check_at) == ("dropped", "not_due", None)
    assert (held(*PLACES), lost(sale), counts(mug)) == ({"90.01.fund": 500_00, "90.02.fund": 100_00}, 500_00, (1, 0))


def test_a_bank_that_takes_less_leaves_what_is_to_go_back(control: EmulatorControl) -> None:
    sale, mug = bought(control, gift=GIFT)
    bring_back(sale, mugs(sale), reason=Reason.CANCELLED)
    dispute(control, sale, 1_000_00)
    assert held(*PLACES) == {"62.02": 500_00}
    send_refunds()

    assert (held(*PLACES), Refund.objects.get().state) == ({}, "succeeded")
    assert (Sale.objects.get().state, counts(mug)) == (State.CANCELLED, (2, 0))


@pytest.mark.parametrize("states", [(), TO_DOOR], ids=["before it left", "after"])
def test_a_refund_that_yookassa_refuses_is_owed_until_it_is_paid_by_bank(
    control: EmulatorControl, treasurer: User, signer: User, states: tuple[Sale.State, ...]
) -> None:
    sale, _mug = bought(control, gift=GIFT)
    go(sale, *states)
    control.refuse_refunds(str(sale.payment.yookassa_id), "general_decline")
    bring_back(sale, mugs(sale), reason=Reason.CANCELLED)
    send_refunds()

    refund = Refund.objects.get()
    assert (refund.state, held("62.02", "76.debts")) == (
        "refused", {"76.debts": 500_00} | ({} if states else {"62.02": 500_00}))  # fmt: skip
    register_receipts(control)
    assert list(FiscalReceipt.objects.filter(kind="refund").values_list("state", "is_own")) == [("waiting", True)]
    entry = payments.propose_debt_paid(
        refund_id=refund.pk, order_number=7, order_date=timezone.localdate(), request_key="paid", user=treasurer,
        now=timezone.now(),
    )  # fmt: skip
    payments.approve_bank_entry(entry_id=entry.pk, user=signer, now=timezone.now())
    assert held("76.debts") == {}
    register_receipts(control)

    assert FiscalReceipt.objects.get(kind="refund").state == "registered"
    told = [row for row in control.everything()["receipts"] if row["type"] == "refund"]
    assert [(row["payment_id"], row.get("refund_id")) for row in told] == [(sale.payment.yookassa_id, None)]
    assert not Alarm.objects.filter(closed_at=None, kind=Alarm.Kind.RECEIPT_REFUSED).exists()


def test_a_debt_that_the_bank_took_meanwhile_is_no_loss(control: EmulatorControl) -> None:
    sale, _mug = bought(control)
    control.refuse_refunds(str(sale.payment.yookassa_id), "general_decline")
    bring_back(sale, mugs(sale, 2), reason=Reason.CANCELLED)
    send_refunds()
    assert held("62.02", "76.debts") == {"76.debts": 1_000_00}
    dispute(control, sale)

    assert (held(*PLACES), lost(sale)) == ({}, 0)


def test_a_refund_without_money_waits_and_its_receipt_with_it(control: EmulatorControl) -> None:
    sale, _mug = bought(control)
    control.refuse_refunds(str(sale.payment.yookassa_id), "insufficient_funds")
    bring_back(sale, mugs(sale), reason=Reason.CANCELLED)
    send_refunds()
    register_receipts(control)

    receipt = FiscalReceipt.objects.get(kind="refund")
    assert (Refund.objects.get().state, receipt.state, receipt.is_own, receipt.refusals) == (
        "creating", "waiting", False, 0)  # fmt: skip
    assert not Alarm.objects.filter(kind=Alarm.Kind.RECEIPT_REFUSED).exists()
