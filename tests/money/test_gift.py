"""A gift's way through the running fund: API, ЮKassa, books, receipt, letter."""

from __future__ import annotations

import email
from email import policy
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import requests
from pypdf import PdfReader

from tests.stack import wait_until

if TYPE_CHECKING:
    from pypdf import PageObject

    from tests.stack import Stack

pytestmark = pytest.mark.stack


def test_a_paid_gift_is_in_the_books_with_receipt_and_letter(stack: Stack) -> None:
    before = requests.get(f"{stack.url}/api/v1/campaigns/jazz-may", timeout=10).json()["raised_kopecks"]
    answer = stack.give(email="paid@example.org")
    gift = answer.json()
    assert answer.status_code == 201
    assert gift["status"] == "pending"
    assert gift["operation"] is None

    stack.control.pay(stack.payment_id(gift))
    paid = stack.wait_for(gift["token"], status="succeeded")
    wait_until(lambda: bool(stack.gift(gift["token"])["receipt_url"]))

    operation = requests.get(f"{stack.url}/api/v1/ledger/operations/{paid['operation']}", timeout=10).json()
    assert [(row["debit_code"], row["credit_code"], row["amount_kopecks"]) for row in operation["postings"]] == [
        ("57.yookassa", "86.jazz-may", 500_00)
    ]
    after = requests.get(f"{stack.url}/api/v1/campaigns/jazz-may", timeout=10).json()["raised_kopecks"]
    assert after == before + 500_00
    pdf = requests.get(stack.gift(gift["token"])["receipt_url"], timeout=10)
    assert pdf.headers["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(pdf.content)).pages
    text = "".join(pages[0].extract_text().split())
    assert len(pages) == 1
    assert "Golos" in "".join(str(font) for font in fonts(pages[0]))
    assert "Пятьсотрублей00копеек" in text
    assert f"№{paid['operation']}" in text
    wait_until(lambda: len(letters(stack, "paid@example.org")) == 1)
    letter = letters(stack, "paid@example.org")[0]
    assert [part.get_filename() for part in letter.iter_attachments()] == [f"kvitanciya-{gift['id']}.pdf"]


def fonts(page: PageObject) -> list[str]:
    resources: Any = page["/Resources"]
    return [str(font.get_object()["/BaseFont"]) for font in resources["/Font"].values()]


def letters(stack: Stack, to: str) -> list[email.message.EmailMessage]:
    found = [
        email.message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (stack.var / "mail").glob("*.eml")
    ]
    return [letter for letter in found if letter["To"] == to]


def test_the_commission_is_booked_from_income_amount(stack: Stack) -> None:
    gift = stack.give().json()
    payment = stack.control.pay(stack.payment_id(gift))
    stack.wait_for(gift["token"], status="succeeded")

    with stack.connect() as connection:
        row = connection.execute(
            "SELECT p.amount_kopecks - p.income_kopecks, sum(l.amount_kopecks)::bigint FROM payments_payment p"
            " JOIN ledger_posting l ON l.operation_id = p.commission_operation_id WHERE p.yookassa_id = %s GROUP BY 1",
            [payment["id"]],
        ).fetchone()
    fee = 500_00 - int(payment["income_amount"]["value"].replace(".", ""))
    assert row == (fee, fee)


def test_the_same_key_is_the_same_gift_and_another_body_is_refused(stack: Stack) -> None:
    key = str(uuid4())
    first = stack.give(key=key)
    second = stack.give(key=key)
    other = stack.give(key=key, amount_kopecks=600_00)

    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 422)
    assert first.json()["token"] == second.json()["token"]
    assert other.headers["Content-Type"].startswith("application/problem+json")


def test_a_declined_gift_says_so_and_is_not_booked(stack: Stack) -> None:
    gift = stack.give().json()
    stack.control.decline(stack.payment_id(gift), "insufficient_funds")

    assert stack.wait_for(gift["token"], status="canceled")["operation"] is None
    page = requests.get(f"{stack.url}/gifts/{gift['token']}/", timeout=10)
    assert "На карте не хватает денег" in page.text
    assert stack.booked(gift) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_kopecks": 0},
        {"amount_kopecks": -100},
        {"amount_kopecks": "1e9"},
        {"amount_kopecks": "50000"},
        {"amount_kopecks": 10.001},
        {"amount_kopecks": True},
        {"amount_kopecks": 999},
        {"amount_kopecks": 350_000_01},
        {"amount_kopecks": 10**30},
        {"email": "nobody"},
        {"campaign": "no such"},
        {"consents": {}},
        {"consents": {"offer": True}},
        {"consents": {"offer": True, "personal_data": False}},
        {"public_name": "x" * 101},
    ],
)
def test_a_wrong_gift_is_refused_and_leaves_nothing(stack: Stack, changes: dict[str, Any]) -> None:
    with stack.connect() as connection:
        before = connection.execute("SELECT count(*) FROM campaigns_donation").fetchone()
        answer = stack.give(**changes)

        assert answer.status_code == 400
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert list(answer.json()["errors"]) == list(changes)
        assert connection.execute("SELECT count(*) FROM campaigns_donation").fetchone() == before


def test_an_unknown_campaign_and_a_missing_key_are_refused(stack: Stack) -> None:
    assert stack.give(campaign="nowhere").status_code == 404
    assert stack.give(key="x" * 65).status_code == 400


def test_the_limits_themselves_are_gifts(stack: Stack) -> None:
    assert stack.give(amount_kopecks=10_00).status_code == 201
    assert stack.give(amount_kopecks=350_000_00).status_code == 201
