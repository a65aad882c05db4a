"""What goes wrong between the donor, ЮKassa and us: nothing is lost, nothing is charged or booked twice."""

from __future__ import annotations

import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import requests

from tests.stack import wait_until

if TYPE_CHECKING:
    from tests.stack import Stack

pytestmark = pytest.mark.stack

BOOKED_ONCE = [("gift", 500_00)]


def payments_of(stack: Stack, gift: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every payment at ЮKassa that belongs to a gift."""
    with stack.connect() as connection:
        row = connection.execute(
            "SELECT p.reference FROM payments_payment p JOIN campaigns_donation d ON d.payment_id = p.id"
            " WHERE d.token = %s",
            [gift["token"]],
        ).fetchone()
    assert row is not None
    everything = stack.control.everything()["payments"]
    return [payment for payment in everything if payment["metadata"].get("reference") == str(row[0])]


def pay_and_settle(stack: Stack, gift: dict[str, Any]) -> None:
    stack.control.pay(stack.payment_id(gift))
    stack.wait_for(gift["token"], status="succeeded")


@pytest.mark.parametrize(
    "kind", ["500_before", "500_after", "202", "429", "502_html", "empty", "drop_before", "drop_after", "401"]
)
def test_a_creation_of_unknown_outcome_is_settled_with_the_same_key(stack: Stack, kind: str) -> None:
    stack.control.fault(kind, method="POST", path="/v3/payments")
    gift = stack.give().json()
    assert (gift["status"], gift["confirmation_url"]) == ("pending", None)

    pay_and_settle(stack, gift)

    assert len(payments_of(stack, gift)) == 1
    assert stack.booked(gift) == BOOKED_ONCE


def test_an_answer_that_never_comes_lets_nobody_wait_and_nothing_happen_twice(stack: Stack) -> None:
    stack.control.fault("slow", method="POST", path="/v3/payments", seconds=10)
    began = time.monotonic()
    gift = stack.give().json()  # its address may be there already: the sweep asked again meanwhile
    assert gift["status"] == "pending"
    assert time.monotonic() - began < 10

    pay_and_settle(stack, gift)

    assert len(payments_of(stack, gift)) == 1
    assert stack.booked(gift) == BOOKED_ONCE


def test_a_lost_notification_is_found_by_the_reconciler(stack: Stack) -> None:
    stack.control.set(webhook_drop=1)
    gift = stack.give().json()

    pay_and_settle(stack, gift)

    assert stack.booked(gift) == BOOKED_ONCE


def test_twenty_notifications_at_once_book_once(stack: Stack) -> None:
    stack.control.set(webhook_copies=20)
    gift = stack.give().json()

    pay_and_settle(stack, gift)
    time.sleep(1)

    assert stack.booked(gift) == BOOKED_ONCE


def test_notifications_out_of_order_and_repeated_change_nothing(stack: Stack) -> None:
    stack.control.set(webhook_hold=1)
    paid, declined = stack.give().json(), stack.give().json()
    stack.control.pay(stack.payment_id(paid))
    stack.control.decline(stack.payment_id(declined))
    stack.control.run("release", backwards=True)
    stack.wait_for(paid["token"], status="succeeded")
    stack.wait_for(declined["token"], status="canceled")

    stack.control.run("replay")
    time.sleep(1)

    assert stack.booked(paid) == BOOKED_ONCE
    assert stack.booked(declined) == []


def forge(payment_id: str, **changes: Any) -> str:
    snapshot = {"id": payment_id, "status": "succeeded", "paid": True, "amount": {"value": "500.00", "currency": "RUB"}}
    return json.dumps({"type": "notification", "event": "payment.succeeded", "object": snapshot | changes})


def test_a_forged_notification_books_nothing_and_does_not_swallow_the_genuine_one(stack: Stack) -> None:
    gift = stack.give().json()
    payment_id = stack.payment_id(gift)
    bodies = [
        forge(payment_id),
        forge(payment_id, amount={"value": "1.00", "currency": "RUB"}),
        forge(str(uuid4())),
        forge(payment_id, status="canceled"),
    ]
    statuses = [stack.control.run("send", body=body)["statuses"] for body in bodies]
    time.sleep(1)
    assert statuses == [[200]] * 4
    assert stack.gift(gift["token"])["status"] == "pending"
    assert stack.booked(gift) == []

    pay_and_settle(stack, gift)

    assert stack.booked(gift) == BOOKED_ONCE


@pytest.mark.parametrize("body", ["", "null", "[]", "{}", '{"event": 1, "object": {"id": 2}}', "[" * 5000, "\ufffe"])
def test_a_notification_without_shape_is_refused(stack: Stack, body: str) -> None:
    address = f"{stack.url}/payments/yookassa/notifications/"

    assert requests.post(address, data=body.encode(), timeout=10).status_code == 400
    assert requests.get(address, timeout=10).status_code == 405


def test_a_notification_that_comes_before_the_create_call_returns_is_taken(stack: Stack) -> None:
    stack.control.fault("drop_after", method="POST", path="/v3/payments")
    gift = stack.give().json()
    assert gift["confirmation_url"] is None
    (payment,) = payments_of(stack, gift)
    stack.control.pay(payment["id"])

    stack.wait_for(gift["token"], status="succeeded")

    assert stack.booked(gift) == BOOKED_ONCE
    assert len(payments_of(stack, gift)) == 1


def test_ten_same_requests_at_once_make_one_gift_and_one_payment(stack: Stack) -> None:
    key = str(uuid4())
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: stack.give(key=key), range(10)))

    assert [answer.status_code for answer in answers] == [201] * 10
    assert len({answer.json()["token"] for answer in answers}) == 1
    assert len(payments_of(stack, answers[0].json())) == 1


def test_money_that_comes_after_the_campaign_closed_goes_back_by_itself(stack: Stack) -> None:
    gift = stack.give(campaign="forum-soobschestv").json()
    payment_id = stack.payment_id(gift)
    with stack.connect() as connection:
        connection.execute(
            "UPDATE campaigns_campaign SET status = 'funded', moved_at = now(),"
            " ended_at = now() WHERE slug = 'forum-soobschestv'"
        )
    stack.control.pay(payment_id)

    stack.wait_for(gift["token"], status="refunded")

    assert stack.booked(gift) == [("gift", 500_00), ("refund", 500_00)]
    assert stack.give(campaign="forum-soobschestv").status_code == 409
    campaign = requests.get(f"{stack.url}/api/v1/campaigns/forum-soobschestv", timeout=10).json()
    assert (campaign["raised_kopecks"], campaign["status"]) == (0, "closed")


def refund(stack: Stack, gift: dict[str, Any], roubles: str) -> str:
    done = stack.manage("refund_gift", gift["id"], roubles, "--reason", "donor_request", "--key", str(uuid4()))
    return done.stdout + done.stderr


def test_a_gift_is_refunded_in_parts_and_never_beyond_itself(stack: Stack) -> None:
    gift = stack.give().json()
    pay_and_settle(stack, gift)

    refund(stack, gift, "200")
    stack.wait_for(gift["token"], status="partially_refunded")
    assert "more" in refund(stack, gift, "300,01").lower()
    refund(stack, gift, "300")
    stack.wait_for(gift["token"], status="refunded")

    assert stack.booked(gift) == [("gift", 500_00), ("refund", 200_00), ("refund", 300_00)]


@pytest.mark.parametrize("kind", ["500_after", "drop_after", "502_html"])
def test_a_refund_of_unknown_outcome_is_sent_once(stack: Stack, kind: str) -> None:
    gift = stack.give().json()
    pay_and_settle(stack, gift)
    stack.control.fault(kind, method="POST", path="/v3/refunds")

    refund(stack, gift, "500")
    stack.wait_for(gift["token"], status="refunded")

    assert stack.booked(gift) == [("gift", 500_00), ("refund", 500_00)]


def test_a_pending_refund_is_polled_and_a_refused_one_is_owed(stack: Stack) -> None:
    gift = stack.give().json()
    pay_and_settle(stack, gift)
    stack.control.set(refund_mode="held")
    refund(stack, gift, "100")
    time.sleep(1)
    assert stack.gift(gift["token"])["status"] == "succeeded"
    stack.control.set(refund_mode="")
    stack.wait_for(gift["token"], status="partially_refunded")

    stack.control.set(refund_mode="general_decline")
    refund(stack, gift, "400")
    wait_until(lambda: len(stack.booked(gift)) == 3)

    assert stack.booked(gift) == [("gift", 500_00), ("refund", 100_00), ("refund_refused", 400_00)]
    assert stack.gift(gift["token"])["status"] == "partially_refunded"


@pytest.mark.parametrize("name", ["worker", "web", "emulator", "beat"])
def test_a_process_killed_between_charge_and_posting_loses_nothing(stack: Stack, name: str) -> None:
    stack.control.set(webhook_hold=1)
    gift = stack.give().json()
    stack.control.pay(stack.payment_id(gift))
    stack.kill(name)
    time.sleep(0.5)
    stack.start(name)
    stack.wait_ready()

    stack.wait_for(gift["token"], status="succeeded")

    assert stack.booked(gift) == BOOKED_ONCE


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_a_database_gone_for_ten_seconds_loses_nothing(stack: Stack, name: str) -> None:
    gift = stack.give().json()
    payment_id = stack.payment_id(gift)
    stack.kill(name)
    stack.control.pay(payment_id)
    time.sleep(1)
    down = requests.get(f"{stack.url}/healthz", timeout=20)
    page = requests.get(f"{stack.url}/gifts/{gift['token']}/", timeout=20)
    assert down.status_code == 503
    assert ("database" if name == "postgres" else "redis") in down.json()["down"]
    assert page.status_code == (503 if name == "postgres" else 200)
    time.sleep(9)
    stack.start(name)
    stack.wait_ready()

    stack.wait_for(gift["token"], status="succeeded")

    assert stack.booked(gift) == BOOKED_ONCE


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_the_state_of_services_names_what_is_down(stack: Stack, name: str) -> None:
    stack.kill(name)
    wait_until(lambda: not stack.is_healthy(), seconds=40)

    assert requests.get(f"{stack.url}/healthz", timeout=10).json()["down"] == [name]


def test_a_key_older_than_23_hours_is_never_sent_again(stack: Stack) -> None:
    stack.control.fault("500_before", times=1, method="POST", path="/v3/payments")
    gift = stack.give().json()
    with stack.connect() as connection:
        connection.execute(
            "UPDATE payments_payment SET first_attempt_at = now() - interval '23 hours 1 minute', next_check_at = now()"
            " WHERE id = (SELECT payment_id FROM campaigns_donation WHERE token = %s) AND yookassa_id IS NULL",
            [gift["token"]],
        )
        stack.wait_for(gift["token"], status="canceled")
        kinds = connection.execute("SELECT kind FROM payments_alarm ORDER BY id DESC LIMIT 1").fetchone()

    assert kinds == ("key_expired",)
    assert payments_of(stack, gift) == []


def test_an_expired_payment_is_canceled(stack: Stack) -> None:
    gift = stack.give().json()
    stack.payment_id(gift)
    stack.control.run("advance", seconds=3601)
    try:
        stack.wait_for(gift["token"], status="canceled")
    finally:
        stack.control.run("advance", seconds=-3601)


def test_the_receipt_is_made_after_the_worker_was_killed(stack: Stack) -> None:
    gift = stack.give(email="killed@example.org").json()
    stack.control.pay(stack.payment_id(gift))
    stack.wait_for(gift["token"], status="succeeded")
    worker = stack.running["worker"]
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    stack.start("worker")

    wait_until(lambda: bool(stack.gift(gift["token"])["receipt_url"]), seconds=60)


def test_the_books_balance_after_all_this(stack: Stack) -> None:
    done = stack.manage("check_books")

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("accounts: balanced")
