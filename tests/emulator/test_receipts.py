"""Fiscal receipts at the pretended ЮKassa: what they must say, and how they are registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from config.embedded.copy import wait_until
from tests.emulator.test_emulator import checked, create, read

if TYPE_CHECKING:
    from tests.emulator.conftest import Shop

ITEM = {
    "description": "Кружка с картой",
    "quantity": 2,
    "amount": {"value": "40.00", "currency": "RUB"},
    "vat_code": 1,
    "measure": "piece",
    "payment_mode": "full_prepayment",
    "payment_subject": "commodity",
}
BADGE = ITEM | {"description": "Значок", "quantity": 1, "amount": {"value": "20.00", "currency": "RUB"}}
RECEIPT = {"customer": {"email": "buyer@example.org"}, "items": [ITEM, BADGE], "tax_system_code": 2}
HUNDRED = {"value": "100.00", "currency": "RUB"}


def offset(payment: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the receipt of handing over what was paid before."""
    settled = [{"type": "prepayment", "amount": HUNDRED}]
    items = [item | {"payment_mode": "full_payment"} for item in (ITEM, BADGE)]
    own = {"type": "payment", "payment_id": payment["id"], "send": True, "settlements": settled, "items": items}
    return {**RECEIPT, **own, **changes}


def receipts(shop: Shop, **filters: str) -> list[dict[str, Any]]:
    found = shop.call("GET", "receipts", params=filters).json()["items"]
    return [checked("receipt", receipt) for receipt in found]


def paid(shop: Shop) -> dict[str, Any]:
    payment = create(shop, receipt=RECEIPT)
    shop.control.pay(payment["id"])
    return read(shop, payment)


def test_a_receipt_is_registered_after_its_payment(shop: Shop) -> None:
    payment = create(shop, receipt=RECEIPT)
    assert receipts(shop, payment_id=payment["id"]) == []  # nothing was paid yet

    shop.control.pay(payment["id"])
    assert read(shop, payment)["receipt_registration"] == "pending"
    wait_until(lambda: read(shop, payment)["receipt_registration"] == "succeeded")
    (receipt,) = receipts(shop, payment_id=payment["id"])
    assert (receipt["type"], receipt["status"]) == ("payment", "succeeded")
    assert receipt["settlements"] == [{"type": "cashless", "amount": HUNDRED}]


def test_a_refund_has_a_receipt_of_its_own(shop: Shop) -> None:
    payment = paid(shop)
    part = RECEIPT | {"items": [BADGE]}
    body = {"payment_id": payment["id"], "amount": BADGE["amount"], "receipt": part}
    refund = shop.call("POST", "refunds", str(uuid4()), json=body).json()

    assert refund["receipt_registration"] == "pending"
    wait_until(lambda: shop.call("GET", f"refunds/{refund['id']}").json()["receipt_registration"] == "succeeded")
    (receipt,) = receipts(shop, refund_id=refund["id"])
    assert (receipt["type"], receipt["payment_id"], receipt["items"]) == ("refund", payment["id"], [BADGE])


def test_a_receipt_by_itself_is_made_once_for_a_key(shop: Shop) -> None:
    payment, key = paid(shop), str(uuid4())
    made = [shop.call("POST", "receipts", key, json=offset(payment)).json() for _ in range(2)]

    assert checked("receipt", made[0])["id"] == made[1]["id"]
    wait_until(lambda: shop.call("GET", f"receipts/{made[0]['id']}").json()["status"] == "succeeded")
    assert len(receipts(shop, payment_id=payment["id"])) == 2


@pytest.mark.parametrize(("mode", "status"), [("held", "pending"), ("refuse", "canceled")])
def test_receipts_can_be_held_and_refused(shop: Shop, mode: str, status: str) -> None:
    shop.control.set(receipt_mode=mode)
    payment = paid(shop)
    shop.control.run("advance", seconds=60)

    wait_until(lambda: read(shop, payment)["receipt_registration"] == status)
    shop.control.set(receipt_mode="")


WRONG: dict[str, dict[str, Any]] = {
    "customer.email": {"customer": {"phone": "79000000000"}},
    "items": {"items": []},
    "items.description": {"items": [ITEM | {"description": "я" * 129}, BADGE]},
    "items.quantity": {"items": [ITEM | {"quantity": 0}, BADGE]},
    "items.vat_code": {"items": [ITEM | {"vat_code": 13}, BADGE]},
    "items.measure": {"items": [ITEM | {"measure": "шт"}, BADGE]},
    "items.payment_mode": {"items": [ITEM | {"payment_mode": "later"}, BADGE]},
    "items.payment_subject": {"items": [ITEM | {"payment_subject": "кружка"}, BADGE]},
    "items.amount.value": {"items": [ITEM | {"amount": {"value": "40", "currency": "RUB"}}, BADGE]},
}


@pytest.mark.parametrize(("parameter", "change"), WRONG.items(), ids=WRONG)
def test_a_wrong_receipt_is_refused_with_its_payment(shop: Shop, parameter: str, change: dict[str, Any]) -> None:
    body = {"amount": HUNDRED, "capture": True, "receipt": RECEIPT | change,
            "confirmation": {"type": "redirect", "return_url": "http://shop.example/"}}  # fmt: skip
    answer = shop.call("POST", "payments", str(uuid4()), json=body)

    assert (answer.status_code, answer.json()["parameter"]) == (400, f"receipt.{parameter}")


def test_items_that_are_not_the_sum_are_refused(shop: Shop) -> None:
    body = {"amount": HUNDRED, "capture": True, "receipt": RECEIPT | {"items": [ITEM]},
            "confirmation": {"type": "redirect", "return_url": "http://shop.example/"}}  # fmt: skip
    answer = shop.call("POST", "payments", str(uuid4()), json=body)

    assert (answer.status_code, answer.json()["parameter"]) == (400, "receipt.items")


WRONG_OFFSETS: dict[str, dict[str, Any]] = {
    "type": {"type": "gift"},
    "send": {"send": False},
    "payment_id": {"payment_id": "unknown"},
    "settlements": {"settlements": []},
    "settlements.type": {"settlements": [{"type": "cash", "amount": HUNDRED}]},
    "settlements.amount": {"settlements": [{"type": "prepayment", "amount": BADGE["amount"]}]},
}


@pytest.mark.parametrize(("parameter", "change"), WRONG_OFFSETS.items(), ids=WRONG_OFFSETS)
def test_a_wrong_receipt_by_itself_is_refused(shop: Shop, parameter: str, change: dict[str, Any]) -> None:
    payment = paid(shop)
    answer = shop.call("POST", "receipts", str(uuid4()), json=offset(payment, **change))

    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)
    assert len(receipts(shop, payment_id=payment["id"])) == 1


def test_an_unknown_receipt_is_not_found(shop: Shop) -> None:
    assert shop.call("GET", "receipts/rt-unknown").status_code == 404
