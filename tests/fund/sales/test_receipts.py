"""Fiscal receipts (54-ФЗ): what they say, and how each comes to be registered once, whatever ЮKassa does meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from config.embedded.copy import wait_until
from fund.money import Kopecks
from fund.payments.models import Alarm
from fund.sales import receipts, services
from fund.sales.models import FiscalReceipt, Sale, SaleReturn
from fund.sales.services.registering import AFTER_REFUSAL, KEY_LIFE
from people.models import Donor
from tests.fund.sales.goods import buy, item
from tests.fund.sales.orders import (
    TO_DOOR,
    bring_back,
    come_late,
    give_up,
    go,
    order,
    paid,
    place,
    register_receipts,
    send_refunds,
)
from tests.together import together

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")
CREATE: dict[str, Any] = {"method": "POST", "path": "/v3/receipts"}
GIFT = services.Extra("Пожертвование на сквер", "fund", Kopecks(200_00))
DELIVERY = services.Extra("Доставка почтой", "fund", Kopecks(300_00))


def bought(control: EmulatorControl, pieces: int = 2, **more: Any) -> Sale:
    mug = item()
    buy(mug, pieces=pieces, price=100_00)
    return paid(control, order((mug, pieces, 500_00), **more))


def handed_over(control: EmulatorControl) -> FiscalReceipt:
    """Return the offset's receipt of an order that has just left; that of its prepayment is registered."""
    sale = bought(control)
    register_receipts(control)
    go(sale, *TO_DOOR)
    return FiscalReceipt.objects.get(kind="offset")


def look(receipt: FiscalReceipt, *, at: datetime | None = None) -> FiscalReceipt:
    services.register_receipt(receipt_id=receipt.pk, now=at or timezone.now())
    return FiscalReceipt.objects.get(pk=receipt.pk)


def finish(control: EmulatorControl) -> None:
    """Let ЮKassa register what waits, or refuse it."""
    control.run("advance", seconds=60)
    wait_until(lambda: all(row["status"] != "pending" for row in told(control)))


def told(control: EmulatorControl, kind: str = "") -> list[dict[str, Any]]:
    """Return ЮKassa's receipts, those of one kind of settlement alone where one is named."""
    rows: list[dict[str, Any]] = control.everything()["receipts"]
    return [row for row in rows if not kind or row["settlements"][0]["type"] == kind]


def back(sale: Sale, pieces: int = 1) -> SaleReturn:
    made = bring_back(sale, services.Back(sale.lines.get(kind="goods").pk, pieces))
    send_refunds()
    return made


def said(body: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (
            row["description"],
            int(float(row["quantity"])),
            row["amount"]["value"],
            row["payment_mode"],
            row["payment_subject"],
        )
        for row in body["items"]
    ]


def open_alarms() -> list[tuple[str, str]]:
    return list(Alarm.objects.filter(closed_at=None).values_list("kind", "subject"))


def test_an_offset_that_waits_at_yookassa_is_looked_at_until_it_is_registered(control: EmulatorControl) -> None:
    receipt = handed_over(control)
    control.set(receipt_mode="held")
    for attempts in (1, 2, 3):
        now = timezone.now()
        receipt = look(receipt, at=now)
        assert (receipt.state, receipt.attempts, bool(receipt.yookassa_id)) == ("waiting", attempts, True)
        assert receipt.next_check_at is not None
        assert receipt.next_check_at > now
    control.set(receipt_mode="")
    finish(control)
    receipt = look(receipt)

    assert (receipt.state, receipt.next_check_at, len(told(control, "prepayment"))) == ("registered", None, 1)
    before = receipt.attempts
    assert look(receipt).attempts == before  # nothing more is asked
    assert open_alarms() == []


def test_a_refused_offset_alarms_and_goes_again_under_another_key(control: EmulatorControl) -> None:
    receipt = handed_over(control)
    key, now = receipt.idempotence_key, timezone.now()
    control.set(receipt_mode="refuse")
    look(receipt, at=now)
    finish(control)
    receipt = look(receipt, at=now)

    assert (receipt.state, receipt.refusals, receipt.yookassa_id, receipt.first_attempt_at) == (
        "waiting",
        1,
        None,
        None,
    )
    assert (receipt.idempotence_key != key, receipt.next_check_at) == (True, now + AFTER_REFUSAL)
    assert open_alarms() == [("receipt_refused", f"payment:{receipt.sale.payment_id}")]
    almost = now + AFTER_REFUSAL - timedelta(seconds=1)
    assert services.claim_due_receipts(now=almost) == []
    assert services.claim_due_receipts(now=now + AFTER_REFUSAL) == [receipt.pk]
    assert services.claim_due_receipts(now=now + AFTER_REFUSAL) == []  # another has it just now
    control.set(receipt_mode="")
    look(receipt, at=now + AFTER_REFUSAL)
    finish(control)

    assert look(receipt, at=now + AFTER_REFUSAL).state == "registered"
    assert sorted(row["status"] for row in told(control, "prepayment")) == ["canceled", "succeeded"]
    assert open_alarms() == []


@pytest.mark.parametrize("kind", ["prepayment", "refund"])
def test_a_refused_receipt_of_a_payment_or_a_refund_goes_again_by_itself(control: EmulatorControl, kind: str) -> None:
    control.set(receipt_mode="refuse" if kind == "prepayment" else "")
    sale = bought(control)
    if kind == "refund":
        go(sale, *TO_DOOR)
        register_receipts(control)
        control.set(receipt_mode="refuse")
        back(sale)
    finish(control)
    receipt = look(FiscalReceipt.objects.get(kind=kind))
    assert (receipt.state, receipt.is_own, receipt.refusals) == ("waiting", True, 1)
    assert open_alarms() == [("receipt_refused", f"payment:{sale.payment_id}")]
    control.set(receipt_mode="")
    look(receipt)
    finish(control)

    assert look(receipt).state == "registered"
    first, second = (row for row in told(control, "cashless") if row["type"] == kind.replace("pre", ""))
    assert {first["status"], second["status"]} == {"canceled", "succeeded"}
    assert (first["items"], first["settlements"]) == (second["items"], second["settlements"])
    assert open_alarms() == []


def test_an_alarm_ends_with_the_last_receipt_that_was_refused(control: EmulatorControl) -> None:
    control.set(receipt_mode="refuse")
    sale = bought(control)
    go(sale, *TO_DOOR)
    for _ in range(2):
        for receipt in FiscalReceipt.objects.all():
            look(receipt)
        finish(control)
    first, second = FiscalReceipt.objects.order_by("pk")
    assert (first.refusals, second.refusals) == (1, 1)
    control.set(receipt_mode="")
    for receipt, left in ((first, 1), (second, 0)):
        look(receipt)
        finish(control)
        assert look(receipt).state == "registered"
        assert len(open_alarms()) == left


@pytest.mark.parametrize("fault", ["500_before", "500_after", "drop_before", "429", "401", "502_html"])
def test_whatever_fails_on_the_way_the_next_look_is_written_and_asks_for_it_once(
    control: EmulatorControl, fault: str
) -> None:
    receipt = handed_over(control)
    control.fault(fault, **CREATE)
    now = timezone.now()
    receipt = look(receipt, at=now)

    assert (receipt.state, receipt.attempts, receipt.refusals, receipt.yookassa_id) == ("waiting", 1, 0, None)
    assert receipt.next_check_at is not None
    assert receipt.next_check_at > now
    assert services.claim_due_receipts(now=receipt.next_check_at) == [receipt.pk]
    look(receipt)
    finish(control)
    assert (look(receipt).state, len(told(control, "prepayment"))) == ("registered", 1)
    assert open_alarms() == []


def test_a_receipt_whose_key_yookassa_forgot_is_found_in_its_list(control: EmulatorControl) -> None:
    receipt = handed_over(control)
    now = timezone.now()
    control.fault("500_after", **CREATE)  # it is there, and we do not know
    assert look(receipt, at=now).yookassa_id is None
    finish(control)
    receipt = look(receipt, at=now + KEY_LIFE)

    (there,) = told(control, "prepayment")
    assert (receipt.state, receipt.yookassa_id) == ("registered", there["id"])


def test_a_receipt_that_is_not_in_yookassas_list_is_asked_for_anew(control: EmulatorControl) -> None:
    receipt = handed_over(control)
    now = timezone.now()
    control.fault("500_before", **CREATE)
    look(receipt, at=now)
    control.fault("500_before", method="GET", path="/v3/receipts")
    assert look(receipt, at=now + KEY_LIFE).state == "waiting"
    assert told(control, "prepayment") == []
    look(receipt, at=now + KEY_LIFE)
    finish(control)

    assert look(receipt, at=now + KEY_LIFE).state == "registered"
    assert len(told(control, "prepayment")) == 1


def test_receipts_of_the_same_sum_are_told_apart_in_the_list(control: EmulatorControl) -> None:
    control.set(receipt_mode="refuse")
    sale = bought(control)
    receipt = FiscalReceipt.objects.get(kind="prepayment")
    finish(control)
    receipt = look(receipt)  # goes by itself from now on
    control.set(receipt_mode="")
    go(sale, *TO_DOOR)
    back(sale, 2)
    finish(control)  # a refund's receipt of the same sum, which is none of a prepayment
    now = timezone.now()
    FiscalReceipt.objects.filter(pk=receipt.pk).update(first_attempt_at=now - KEY_LIFE)
    receipt = look(receipt, at=now)
    finish(control)

    assert look(receipt).state == "registered"
    assert sorted((row["type"], row["status"]) for row in told(control, "cashless")) == [
        ("payment", "canceled"), ("payment", "succeeded"), ("refund", "succeeded")]  # fmt: skip


def test_what_yookassa_will_not_take_or_does_not_know_is_a_refusal(
    control: EmulatorControl, settings: Settings
) -> None:
    receipt = handed_over(control)
    settings.RECEIPTS = settings.RECEIPTS | {"vat_code": 13}  # there is none such
    assert look(receipt).refusals == 1
    FiscalReceipt.objects.filter(pk=receipt.pk).update(yookassa_id="rt-unknown")
    receipt = look(receipt)

    assert (receipt.refusals, receipt.yookassa_id, receipt.state) == (2, None, "waiting")
    assert len(open_alarms()) == 1


@pytest.mark.parametrize("mode", ["held", "unreadable"])
def test_a_receipt_of_which_nothing_is_heard_for_a_day_alarms_until_it_is_there(
    control: EmulatorControl, mode: str
) -> None:
    receipt = handed_over(control)
    if mode == "held":
        control.set(receipt_mode="held")
    else:
        Donor.objects.update(email="nobody")  # no address, so ЮKassa's own library does not send it
    now = timezone.now()
    look(receipt, at=now)
    assert look(receipt, at=now + KEY_LIFE - timedelta(seconds=1)).refusals == 0
    assert open_alarms() == []
    look(receipt, at=now + KEY_LIFE)
    assert open_alarms() == [("receipt_refused", f"payment:{receipt.sale.payment_id}")]
    control.set(receipt_mode="")
    Donor.objects.update(email="buyer@example.org")
    look(receipt, at=now + KEY_LIFE)
    finish(control)

    assert look(receipt, at=now + KEY_LIFE).state == "registered"
    assert (open_alarms(), len(told(control, "prepayment"))) == ([], 1)


def test_two_looks_at_once_register_it_once(control: EmulatorControl) -> None:
    receipt = handed_over(control)
    together(*[lambda: look(receipt)] * 4)
    finish(control)
    together(*[lambda: look(receipt)] * 4)

    assert (len(told(control, "prepayment")), look(receipt).state) == (1, "registered")


def test_a_prepayment_says_each_line_and_settles_the_gift(control: EmulatorControl, settings: Settings) -> None:
    settings.RECEIPTS = {"vat_code": 11, "tax_system_code": 3, "gift_subject": "payment"}
    sale = bought(control, 3, discount_kopecks=Kopecks(1_00), delivery=DELIVERY, gift=GIFT, email="a@example.org",
                  carrier="cdek")  # fmt: skip
    (there,) = told(control)
    body = receipts.prepayment(payment=sale.payment)

    assert said(body) == said(there) == [
        ("Кружка MUG", 2, "499.67", "full_prepayment", "commodity"),
        ("Кружка MUG", 1, "499.66", "full_prepayment", "commodity"),
        ("Доставка почтой", 1, "300.00", "full_prepayment", "service"),
        ("Пожертвование на сквер", 1, "200.00", "full_payment", "payment"),
    ]  # fmt: skip
    assert body["customer"] == {"email": "a@example.org"}
    assert (body["tax_system_code"], {row["vat_code"] for row in body["items"]}) == (3, {11})
    assert {row["measure"] for row in body["items"]} == {"piece"}
    assert there["settlements"] == [{"type": "cashless", "amount": {"value": "1999.00", "currency": "RUB"}}]


def test_an_offset_says_what_left_and_what_comes_back_says_its_mode(control: EmulatorControl) -> None:
    sale = bought(control, 3, discount_kopecks=Kopecks(1_00), delivery=DELIVERY, gift=GIFT, carrier="cdek")
    goods = sale.lines.get(kind="goods")
    cancelled = bring_back(sale, services.Back(goods.pk, 1), reason=SaleReturn.Reason.CANCELLED)
    go(sale, Sale.State.ASSEMBLING)
    go(sale, Sale.State.SENT, track_number="80081234567890")
    offset = receipts.own(receipt=FiscalReceipt.objects.get(kind="offset"))
    returned = bring_back(sale, services.Back(goods.pk, 2), services.Back(sale.lines.get(kind="gift").pk, 1))
    send_refunds()
    own = receipts.own(receipt=FiscalReceipt.objects.get(refund=returned.refund))

    assert said(receipts.going_back(refund=cancelled.refund)) == [
        ("Кружка MUG", 1, "499.67", "full_prepayment", "commodity")]  # fmt: skip
    assert said(offset) == [
        ("Кружка MUG", 1, "499.67", "full_payment", "commodity"),
        ("Кружка MUG", 1, "499.66", "full_payment", "commodity"),
        ("Доставка почтой", 1, "300.00", "full_payment", "service"),
    ]  # fmt: skip
    assert (offset["type"], offset["payment_id"], offset["send"], offset["settlements"]) == (
        "payment", sale.payment.yookassa_id, True,
        [{"type": "prepayment", "amount": {"value": "1299.33", "currency": "RUB"}}])  # fmt: skip
    assert said(own) == [
        ("Кружка MUG", 1, "499.67", "full_payment", "commodity"),
        ("Кружка MUG", 1, "499.66", "full_payment", "commodity"),
        ("Пожертвование на сквер", 1, "200.00", "full_payment", "another"),
    ]  # fmt: skip
    returned.refund.refresh_from_db()
    assert (own["type"], own.get("payment_id"), own["refund_id"]) == ("refund", None, returned.refund.yookassa_id)
    assert own["settlements"] == [{"type": "cashless", "amount": {"value": "1199.33", "currency": "RUB"}}]


def test_of_lines_that_were_all_cancelled_an_offset_says_nothing(control: EmulatorControl) -> None:
    sale = bought(control, 1, delivery=DELIVERY, carrier="cdek")
    bring_back(sale, services.Back(sale.lines.get(kind="delivery").pk, 1), reason=SaleReturn.Reason.CANCELLED)
    go(sale, Sale.State.ASSEMBLING)
    go(sale, Sale.State.SENT, track_number="80081234567890")

    assert said(receipts.own(receipt=FiscalReceipt.objects.get(kind="offset"))) == [
        ("Кружка MUG", 1, "500.00", "full_payment", "commodity")]  # fmt: skip


def test_a_receipt_of_who_was_forgotten_goes_to_the_fund(control: EmulatorControl, settings: Settings) -> None:
    sale = bought(control)
    Sale.objects.update(buyer=None)
    sale = Sale.objects.get(pk=sale.pk)

    assert receipts.prepayment(payment=sale.payment)["customer"] == {"email": settings.FUND["email"]}
    assert str(FiscalReceipt.objects.get()) == f"prepayment receipt of {sale.pk} (waiting)"


def test_an_order_of_which_nothing_was_left_goes_back_with_a_receipt(control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=1, price=100_00)
    first = place(order((mug, 1, 500_00), gift=GIFT))
    give_up(first)
    place(order((mug, 1, 500_00)))
    sale = come_late(control, first)
    send_refunds()
    register_receipts(control)

    assert list(FiscalReceipt.objects.order_by("pk").values_list("kind", "state", "amount_kopecks")) == [
        ("prepayment", "registered", 700_00), ("refund", "registered", 700_00)]  # fmt: skip
    assert (sale.state, [len(row["items"]) for row in told(control)]) == ("cancelled", [2, 2])
