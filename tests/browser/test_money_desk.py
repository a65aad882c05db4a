"""A treasurer's and a signer's day at the desk, on a phone and on a desk: money goes back when two people say so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.looking import no_sideways_scroll

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.stack import Stack

pytestmark = pytest.mark.stack
KOPECKS = 6000_00  # above what one person may send back alone
SIGN_IN = """
from django.test import Client
from tests import make
person = make.staff({role!r}, email={email!r})
print("session", make.sign_in(Client(), person).session.session_key)
"""
RAISE = """
from django.utils import timezone
from fund.payments import services
from fund.payments.models import Alarm
services.raise_alarm(kind=Alarm.Kind.NO_COMMISSION, subject="payment:{payment}", now=timezone.now())
"""


def run(stack: Stack, code: str) -> str:
    done = stack.manage("shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout


def sign_in(page: Page, stack: Stack, role: str) -> str:
    """Let the browser be somebody's who holds the role and has used their second factor; return their e-mail."""
    email = f"{role}-{page.viewport_size['width'] if page.viewport_size else 0}@example.org"
    key = run(stack, SIGN_IN.format(role=role, email=email)).split("session ")[1].strip()
    use(page, stack, key)
    page.goto(f"{stack.url}/desk/")
    return f"{email} {key}"


def use(page: Page, stack: Stack, key: str) -> None:
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": stack.url}])


def find_payment(page: Page, stack: Stack, number: str) -> None:
    page.goto(f"{stack.url}/desk/money/payments/")
    no_sideways_scroll(page)
    page.get_by_label("Номер").fill(number)
    page.get_by_label("Состояние").select_option("succeeded")
    page.get_by_role("button", name="Показать").click()
    row = page.get_by_role("row").filter(has_text=number).filter(has_text="6 000")
    row.get_by_role("link").first.click()
    expect(page.get_by_text("История")).to_be_visible()
    no_sideways_scroll(page)


def ask_for_refund(page: Page) -> None:
    page.get_by_role("link", name="Возврат", exact=True).click()
    expect(page.get_by_label("Причина")).to_be_visible()
    no_sideways_scroll(page)
    page.get_by_label("Причина").select_option("mistake")
    page.get_by_label("Заметка для коллег").fill("Заплачено дважды")
    page.get_by_role("button", name="Дальше").click()
    expect(page.get_by_text("возврат подождёт, пока его не одобрит второй")).to_be_visible()
    page.get_by_role("button", name="Отправить на одобрение").click()
    expect(page.get_by_text("Возврат ждёт второго человека")).to_be_visible()


def cannot_approve(page: Page) -> None:
    page.get_by_role("link", name="Ждёт второго человека").click()
    expect(page.get_by_text("Вы сами попросили об этом возврате")).to_be_visible()
    assert page.get_by_role("link", name="Одобрить").count() == 0
    assert page.request.get(f"{page.url}approve/").status == 403


def approve(page: Page, number: str) -> None:
    page.get_by_role("link", name=re.compile("Возвраты ждут вашего решения")).click()
    no_sideways_scroll(page)
    page.get_by_role("row").filter(has_text=f"№ {number},").get_by_role("link").first.click()
    expect(page.get_by_text("Заплачено дважды")).to_be_visible()
    no_sideways_scroll(page)
    page.get_by_role("link", name="Одобрить").click()
    page.get_by_role("button", name="Одобрить и отправить").click()
    expect(page.get_by_text("Одобрено: возврат отправляется")).to_be_visible()


def close_alarm(page: Page) -> None:
    page.get_by_role("link", name="Открытая тревога").click()
    no_sideways_scroll(page)
    page.get_by_label("Что выяснено и сделано").fill("Комиссия есть в реестре")
    page.get_by_role("button", name="Закрыть тревогу").click()
    expect(page.get_by_text("Тревога закрыта.")).to_be_visible()


def test_a_large_refund_takes_a_treasurer_and_a_signer(page: Page, stack: Stack) -> None:
    gift = stack.give(amount_kopecks=KOPECKS).json()
    stack.control.pay(stack.payment_id(gift))
    stack.wait_for(gift["token"], status="succeeded")

    treasurer, treasurer_key = sign_in(page, stack, "treasurer").split()
    no_sideways_scroll(page)
    find_payment(page, stack, gift["id"])
    payment_url = page.url
    ask_for_refund(page)
    cannot_approve(page)
    signer, _key = sign_in(page, stack, "signer").split()
    approve(page, gift["id"])
    stack.wait_for(gift["token"], status="refunded")
    assert stack.booked(gift) == [("gift", KOPECKS), ("refund", KOPECKS)]
    page.goto(payment_url)
    expect(page.get_by_text("Возврат на 6 000 ₽: Возвращён")).to_be_visible()
    no_sideways_scroll(page)

    number = payment_url.rstrip("/").rsplit("/", 1)[1]
    run(stack, RAISE.format(payment=number))
    use(page, stack, treasurer_key)
    page.goto(payment_url)
    close_alarm(page)
    sign_in(page, stack, "auditor")
    page.goto(f"{stack.url}/desk/people/staffact/?q=payment:{number}")
    for who, act in ((treasurer, "Возврат запрошен"), (signer, "Возврат одобрен")):
        expect(page.get_by_role("row").filter(has_text=who).filter(has_text=act)).to_have_count(1)
