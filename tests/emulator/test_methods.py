"""Ways to pay that the pretended ЮKassa keeps: saved with a payment, charged without the payer, refused in each way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import requests

from emulator.methods import PENDING, REFUSALS
from emulator.wallets import WALLETS
from tests.emulator.test_emulator import BODY, checked, create, pay_by_card, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.conftest import Shop


@pytest.fixture(autouse=True)
def charges_pass_again(shop: Shop) -> Iterator[None]:
    """Leave no refusal behind."""
    yield
    shop.control.charges("")


def saved(shop: Shop) -> dict[str, Any]:
    """Return a paid payment that kept its card."""
    payment = create(shop, save_payment_method=True)
    pay_by_card(shop, payment, "5555555555554444")
    return read(shop, payment)


def charge(shop: Shop, method_id: str, key: str = "", **changes: Any) -> requests.Response:
    body = {name: value for name, value in BODY.items() if name != "confirmation"}
    return shop.call(
        "POST", "payments", key or str(uuid4()), json=body | {"payment_method_id": method_id} | changes
    )  # fmt: skip


def test_a_card_is_kept_once_its_payment_is_paid(shop: Shop) -> None:
    payment = create(shop, save_payment_method=True)
    page = requests.get(payment["confirmation"]["confirmation_url"], timeout=10)
    assert "сохранит этот способ оплаты" in page.text
    assert shop.call("GET", f"payment_methods/{payment['id']}").status_code == 404
    pay_by_card(shop, payment, "5555555555554444")

    method = read(shop, payment)["payment_method"]
    assert (method["id"], method["saved"], method["status"]) == (payment["id"], True, "active")
    assert method["title"] == "Bank card *4444"
    known = checked("payment_method", shop.call("GET", f"payment_methods/{method['id']}").json())
    assert known == method | {"holder": {"account_id": "100500", "gateway_id": "2000001"}}


def test_a_card_confirmed_by_3ds_is_kept_too(shop: Shop) -> None:
    payment = create(shop, save_payment_method=True)
    pay_by_card(shop, payment, "2200000000000004")
    requests.post(f"{shop.url}/checkout/3ds", data={"orderId": payment["id"], "answer": "yes"}, timeout=10)

    assert read(shop, payment)["payment_method"]["title"] == "Bank card *0004"


@pytest.mark.parametrize("code", sorted(WALLETS))
def test_a_wallet_is_kept_and_charged(shop: Shop, code: str) -> None:
    payment = create(shop, save_payment_method=True)
    shop.control.pay(payment["id"], code)
    found = checked("payment", charge(shop, payment["id"]).json())

    assert (found["status"], found["payment_method"]["type"]) == ("succeeded", code)


def test_a_payment_that_did_not_ask_for_it_keeps_nothing(shop: Shop) -> None:
    payment = create(shop)
    pay_by_card(shop, payment, "5555555555554444")

    assert read(shop, payment)["payment_method"]["saved"] is False
    answer = charge(shop, payment["id"])
    assert (answer.status_code, checked("error", answer.json())["parameter"]) == (400, "payment_method_id")


def test_a_declined_payment_keeps_nothing(shop: Shop) -> None:
    payment = create(shop, save_payment_method=True)
    pay_by_card(shop, payment, "5555555555554600")

    assert charge(shop, payment["id"]).status_code == 400


def test_a_charge_needs_nobody_and_ends_at_once(shop: Shop) -> None:
    method = saved(shop)["payment_method"]
    key = str(uuid4())
    found = checked("payment", charge(shop, method["id"], key).json())

    assert (found["status"], found["paid"], found["payment_method"]) == ("succeeded", True, method)
    assert found["income_amount"] == {"value": "95.73", "currency": "RUB"}
    assert "confirmation" not in found
    assert charge(shop, method["id"], key).json()["id"] == found["id"], "the same key is the same charge"
    assert found["id"] in [one["id"] for one in shop.control.everything()["payments"]]


@pytest.mark.parametrize("reason", REFUSALS)
def test_a_charge_is_refused_in_each_known_way(shop: Shop, reason: str) -> None:
    method = saved(shop)["payment_method"]
    shop.control.charges(reason, method["id"])
    found = checked("payment", charge(shop, method["id"]).json())

    assert (found["status"], found["cancellation_details"]["reason"]) == ("canceled", reason)
    shop.control.charges("", method["id"])
    assert charge(shop, method["id"]).json()["status"] == "succeeded"


def test_who_takes_the_permission_back_is_charged_no_more(shop: Shop) -> None:
    method = saved(shop)["payment_method"]
    shop.control.unlink(method["id"])

    assert charge(shop, method["id"]).json()["cancellation_details"] == {
        "party": "yoo_money",
        "reason": "permission_revoked",
    }


def test_a_card_out_of_date_is_refused(shop: Shop) -> None:
    method = saved(shop)["payment_method"]
    shop.control.expire_card(method["id"])

    found = charge(shop, method["id"]).json()["cancellation_details"]
    assert found == {"party": "payment_network", "reason": "card_expired"}


@pytest.mark.parametrize("outcome", ["succeeded", "canceled"])
def test_a_charge_may_wait_for_its_outcome(shop: Shop, outcome: str) -> None:
    method = saved(shop)["payment_method"]
    shop.control.charges(PENDING)
    found = checked("payment", charge(shop, method["id"]).json())
    assert found["status"] == "pending"
    if outcome == "succeeded":
        shop.control.pay(found["id"])
    else:
        shop.control.decline(found["id"], "insufficient_funds")

    known = read(shop, found)
    assert (known["status"], known["payment_method"]) == (outcome, method)


def test_what_is_asked_for_wrongly_is_refused(shop: Shop) -> None:
    method = saved(shop)["payment_method"]
    assert charge(shop, str(uuid4())).status_code == 400
    assert charge(shop, method["id"], payment_method_data={"type": "bank_card"}).status_code == 400
    assert charge(shop, method["id"], amount={"value": "0.00", "currency": "RUB"}).status_code == 400
    with pytest.raises(requests.HTTPError):
        shop.control.charges("no_such_reason")
    with pytest.raises(requests.HTTPError):
        shop.control.unlink("nobody")
