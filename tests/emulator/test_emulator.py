"""The pretended ЮKassa does what the real one is known to do."""

from __future__ import annotations

import json
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import requests
from jsonschema import Draft202012Validator

from emulator.cards import DECLINES, OWN_DECLINES, PLAIN, THREE_D_SECURE
from emulator.wallets import WALLETS

if TYPE_CHECKING:
    from tests.emulator.conftest import Shop

SCHEMAS = json.loads((Path(__file__).parent / "schemas.json").read_text(encoding="utf-8"))
BODY = {
    "amount": {"value": "100.00", "currency": "RUB"},
    "capture": True,
    "confirmation": {"type": "redirect", "return_url": "http://shop.example/back?x=1&y=2"},
    "description": "Пожертвование",
    "metadata": {"reference": "r"},
}


def checked(kind: str, found: dict[str, Any]) -> dict[str, Any]:
    """Hold an answer against its schema."""
    Draft202012Validator({**SCHEMAS, "$ref": f"#/{kind}"}).validate(found)
    return found


def create(shop: Shop, **changes: Any) -> dict[str, Any]:
    answer = shop.call("POST", "payments", str(uuid4()), json=BODY | changes)
    assert answer.status_code == 200
    return checked("payment", answer.json())


def read(shop: Shop, payment: dict[str, Any]) -> dict[str, Any]:
    return checked("payment", shop.call("GET", f"payments/{payment['id']}").json())


def pay_by_card(shop: Shop, payment: dict[str, Any], number: str, **changes: str) -> requests.Response:
    form = {"orderId": payment["id"], "number": number, "expiry": "12/99", "csc": "123"} | changes
    return requests.post(f"{shop.url}/checkout/card", data=form, timeout=10)


@pytest.mark.parametrize("number", sorted(PLAIN))
def test_a_good_card_pays(shop: Shop, number: str) -> None:
    payment = create(shop)
    page = pay_by_card(shop, payment, number)

    assert "Оплата прошла" in page.text
    assert 'href="http://shop.example/back?x=1&amp;y=2"' in page.text
    found = read(shop, payment)
    assert (found["status"], found["paid"], found["refundable"]) == ("succeeded", True, True)
    assert found["income_amount"] == {"value": "95.73", "currency": "RUB"}
    assert "confirmation" not in found
    assert number not in json.dumps(found)


@pytest.mark.parametrize("number", sorted(THREE_D_SECURE))
@pytest.mark.parametrize(("answer", "status"), [("yes", "succeeded"), ("no", "canceled")])
def test_a_3ds_card_asks_first(shop: Shop, number: str, answer: str, status: str) -> None:
    payment = create(shop)
    assert "Подтвердите оплату" in pay_by_card(shop, payment, number).text
    assert read(shop, payment)["status"] == "pending"
    requests.post(f"{shop.url}/checkout/3ds", data={"orderId": payment["id"], "answer": answer}, timeout=10)

    assert read(shop, payment)["status"] == status


@pytest.mark.parametrize("code", sorted(WALLETS))
@pytest.mark.parametrize(("answer", "status"), [("yes", "succeeded"), ("no", "canceled")])
def test_a_wallet_asks_in_an_application_of_its_own(shop: Shop, code: str, answer: str, status: str) -> None:
    payment = create(shop)
    page = requests.get(f"{payment['confirmation']['confirmation_url']}&method={code}", timeout=10)
    assert f"/checkout/wallet?orderId={payment['id']}&amp;method={code}" in page.text
    form = {"orderId": payment["id"], "method": code, "answer": answer}
    requests.post(f"{shop.url}/checkout/wallet", data=form, timeout=10)

    found = read(shop, payment)
    assert found["status"] == status
    assert found.get("payment_method", {"type": code})["type"] == code


def test_the_qr_code_of_sbp_is_a_picture(shop: Shop) -> None:
    picture = requests.get(f"{shop.url}/checkout/qr.svg", params={"orderId": create(shop)["id"]}, timeout=10)

    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert b"<svg" in picture.content
    assert b'xmlns="http://www.w3.org/2000/svg"' in picture.content


@pytest.mark.parametrize("path", ["/checkout/wallet", "/checkout/wallet?method=gold", "/checkout/nowhere", "/nowhere"])
def test_an_unknown_step_is_answered_clearly(shop: Shop, path: str) -> None:
    payment = create(shop)
    page = requests.get(shop.url + path, params={"orderId": payment["id"]}, timeout=10)
    done = requests.post(shop.url + path, data={"orderId": payment["id"], "answer": "yes"}, timeout=10)

    assert (page.status_code, done.status_code) == (404, 404)
    assert "Такого платежа нет" in page.text
    assert read(shop, payment)["status"] == "pending"


@pytest.mark.parametrize(
    ("number", "reason", "party"),
    [(number, reason, "payment_network") for reason, numbers in DECLINES.items() for number in numbers]
    + [(number, reason, "yoo_money") for reason, numbers in OWN_DECLINES.items() for number in numbers],
)
def test_a_bad_card_is_declined_with_its_reason(shop: Shop, number: str, reason: str, party: str) -> None:
    payment = create(shop)
    assert "Отказ" in pay_by_card(shop, payment, number).text

    assert read(shop, payment)["cancellation_details"] == {"party": party, "reason": reason}


def test_where_the_page_lets_the_payer_try_again_a_decline_keeps_the_payment_open(shop: Shop) -> None:
    payment = create(shop)
    shop.control.set(retry_on_page="1")
    try:
        page = pay_by_card(shop, payment, "5555555555554600")
    finally:
        shop.control.set(retry_on_page="")

    assert "Отказ: на карте не хватает денег. Попробуйте другую карту." in page.text
    assert read(shop, payment)["status"] == "pending"
    pay_by_card(shop, payment, "5555555555554444")
    assert read(shop, payment)["status"] == "succeeded"


@pytest.mark.parametrize(
    "changes", [{"number": "5555555555554445"}, {"number": "x"}, {"expiry": "13/30"}, {"expiry": "01/20"}, {"csc": "1"}]
)
def test_a_mistyped_card_is_shown_again_and_nothing_happens(shop: Shop, changes: dict[str, str]) -> None:
    payment = create(shop)
    page = pay_by_card(shop, payment, **{"number": "5555555555554444"} | changes)

    assert page.status_code == 422
    assert read(shop, payment)["status"] == "pending"


def test_a_paid_payment_is_not_paid_twice(shop: Shop) -> None:
    payment = create(shop)
    pay_by_card(shop, payment, "5555555555554444")
    before = read(shop, payment)
    pay_by_card(shop, payment, "5555555555554600")

    assert read(shop, payment) == before


def test_the_same_key_is_the_same_payment_in_its_current_state(shop: Shop) -> None:
    key = str(uuid4())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: shop.call("POST", "payments", key, json=BODY).json(), range(8)))
    assert len({answer["id"] for answer in answers}) == 1
    shop.control.pay(answers[0]["id"])

    assert shop.call("POST", "payments", key, json=BODY).json()["status"] == "succeeded"
    other = shop.call("POST", "payments", key, json=BODY | {"description": "x"})
    assert other.status_code == 400
    assert checked("error", other.json())["description"] == "Idempotence key duplicated"


@pytest.mark.parametrize("kind", ["500_after", "drop_after"])
def test_what_failed_after_it_was_done_is_there_under_its_key(shop: Shop, kind: str) -> None:
    key, before = str(uuid4()), len(shop.control.everything()["payments"])
    shop.control.fault(kind, method="POST", path="/v3/payments")
    try:
        assert shop.call("POST", "payments", key, json=BODY).status_code == 500
    except requests.ConnectionError:
        assert kind == "drop_after"
    assert shop.call("POST", "payments", key, json=BODY).status_code == 200

    assert len(shop.control.everything()["payments"]) == before + 1


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": {"value": "1.5", "currency": "RUB"}},
        {"amount": {"value": "0.00", "currency": "RUB"}},
        {"amount": {"value": "-1.00", "currency": "RUB"}},
        {"amount": {"value": "1.00", "currency": "USD"}},
        {"amount": None},
        {"capture": False},
        {"confirmation": {"type": "redirect"}},
        {"description": "x" * 129},
        {"metadata": {str(number): "x" for number in range(17)}},
    ],
)
def test_a_wrong_body_is_refused(shop: Shop, changes: dict[str, Any]) -> None:
    answer = shop.call("POST", "payments", str(uuid4()), json=BODY | changes)

    assert answer.status_code == 400
    checked("error", answer.json())


def test_calls_are_checked_in_order(shop: Shop) -> None:
    assert requests.post(f"{shop.url}/v3/payments", json=BODY, timeout=5).status_code == 401
    assert shop.call("GET", "nowhere").status_code == 404
    assert shop.call("DELETE", "payments").status_code == 405
    assert shop.call("POST", "payments", "k", data="x").status_code == 415
    assert shop.call("POST", "payments", json=BODY).json()["parameter"] == "Idempotence-Key"
    assert shop.call("POST", "payments", "k" * 65, json=BODY).status_code == 400
    assert requests.post(f"{shop.url}/_emulator/reset", json={}, timeout=5).status_code == 401


def refund(shop: Shop, payment: dict[str, Any], value: str) -> requests.Response:
    body = {"payment_id": payment["id"], "amount": {"value": value, "currency": "RUB"}}
    return shop.call("POST", "refunds", str(uuid4()), json=body)


def test_refunds_never_exceed_the_payment(shop: Shop) -> None:
    payment = create(shop)
    assert refund(shop, payment, "1.00").status_code == 400
    shop.control.pay(payment["id"])

    assert checked("refund", refund(shop, payment, "60.00").json())["status"] == "succeeded"
    assert refund(shop, payment, "40.01").status_code == 400
    assert refund(shop, payment, "40.00").json()["status"] == "succeeded"
    found = read(shop, payment)
    assert (found["refunded_amount"]["value"], found["refundable"]) == ("100.00", False)


def test_refunds_of_one_payment_alone_are_refused_until_they_pass_again(shop: Shop) -> None:
    refused, other = create(shop), create(shop)
    for payment in (refused, other):
        shop.control.pay(payment["id"])
    shop.control.refuse_refunds(refused["id"], "insufficient_funds")

    found = checked("refund", refund(shop, refused, "60.00").json())
    assert (found["status"], found["cancellation_details"]["reason"]) == ("canceled", "insufficient_funds")
    assert refund(shop, other, "60.00").json()["status"] == "succeeded"
    shop.control.refuse_refunds(refused["id"], "")
    assert refund(shop, refused, "60.00").json()["status"] == "succeeded"


def test_lists_come_in_pages(shop: Shop) -> None:
    made = [create(shop)["id"] for _ in range(5)]
    found: list[str] = []
    cursor = ""
    while len(found) < 5:
        page = checked("list", shop.call("GET", "payments", params={"limit": 2, "cursor": cursor}).json())
        found += [payment["id"] for payment in page["items"]]
        cursor = page.get("next_cursor", "")

    assert found[:5] == made[::-1]


def test_state_survives_a_kill(shop: Shop) -> None:
    payment = create(shop)
    shop.process.send_signal(signal.SIGKILL)
    shop.process.wait()
    shop.start()

    assert read(shop, payment)["status"] == "pending"


def test_an_hour_later_the_payment_has_expired(shop: Shop) -> None:
    payment = create(shop)
    shop.control.run("advance", seconds=3601)
    try:
        assert read(shop, payment)["cancellation_details"]["reason"] == "expired_on_confirmation"
    finally:
        shop.control.run("advance", seconds=-3601)
