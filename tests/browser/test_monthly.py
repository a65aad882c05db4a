"""A donor gives each month: agrees apart, is told before, is charged once, stops by the letter's link."""

from __future__ import annotations

import email
import re
from datetime import datetime, timedelta
from email import policy
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from campaigns.subscriptions.calendar import due_in, next_month
from tests.browser.looking import is_fit
from tests.stack import wait_until

if TYPE_CHECKING:
    from email.message import EmailMessage

    from playwright.sync_api import Page

    from tests.stack import Stack

pytestmark = pytest.mark.stack
CAMPAIGN = """
from tests import make
make.campaign("{slug}", title="Приют для собак", funding="monthly")
"""


def letters(stack: Stack, to: str, subject: str) -> list[EmailMessage]:
    found = [
        email.message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (stack.var / "mail").glob("*.eml")
    ]
    return [letter for letter in found if letter["To"] == to and subject in letter["Subject"]]


def one(stack: Stack, query: str, slug: str) -> tuple[object, ...] | None:
    with stack.connect() as connection:
        return connection.execute(query, (slug,)).fetchone()


STATE = """SELECT s.state, s.anchor_day, min(c.month), s.token, count(c.id) FILTER (WHERE c.state = 'paid')
    FROM campaigns_subscription s JOIN campaigns_campaign p ON p.id = s.campaign_id
    JOIN campaigns_charge c ON c.subscription_id = s.id WHERE p.slug = %s GROUP BY s.id"""


def fill_in(page: Page, address: str) -> None:
    page.get_by_text("500 ₽", exact=True).click()
    page.get_by_label("Электронная почта").fill(address)
    page.get_by_label("Принимаю оферту").check()
    page.get_by_label("Согласен на обработку").check()


def pay(page: Page) -> None:
    page.get_by_label("Номер карты").fill("5555555555554444")
    page.get_by_label("Месяц и год").fill("12/30")
    page.get_by_label("Код CVC").fill("123")
    page.get_by_role("button", name=re.compile("Заплатить")).click()
    page.get_by_role("link", name="Вернуться на сайт").click()


def subscribe(page: Page, stack: Stack, slug: str, address: str) -> None:
    """Give each month, and wait until it goes on."""
    done = stack.manage("shell", "--no-imports", "-c", CAMPAIGN.format(slug=slug))
    assert done.returncode == 0, done.stderr
    page.goto(f"{stack.url}/projects/{slug}/give/")
    assert is_fit(page)
    fill_in(page, address)
    page.get_by_role("button", name="Перейти к оплате").click()
    expect(page.get_by_text("нужно это согласие", exact=False).first).to_be_visible()
    page.get_by_label("Для ежемесячного пожертвования").check()
    page.get_by_role("button", name="Перейти к оплате").click()
    expect(page.get_by_text("сохранит этот способ оплаты", exact=False)).to_be_visible()
    pay(page)
    page.get_by_role("link", name="Когда, сколько и как остановить").click()
    wait_until(lambda: (one(stack, STATE, slug) or [""])[0] == "active")
    page.reload()
    expect(page.get_by_text("Bank card *4444")).to_be_visible()
    assert is_fit(page)


def test_a_donor_gives_each_month_and_stops_by_the_letters_link(page: Page, stack: Stack) -> None:
    slug, address = f"monthly-{uuid4().hex[:8]}", f"{uuid4().hex}@example.org"
    subscribe(page, stack, slug, address)
    _state, anchor, month, token, _paid = one(stack, STATE, slug) or ()
    due = due_in(month=next_month(month), anchor_day=int(str(anchor)))  # type: ignore[arg-type]
    go_on(stack, due - timedelta(days=3))
    (letter,) = letters(stack, address, "Скоро")
    go_on(stack, due)
    wait_until(lambda: (one(stack, STATE, slug) or [0])[-1] == 2)
    page.reload()
    expect(page.get_by_text("Оплачен", exact=True)).to_have_count(2)

    page.goto(str(letter["List-Unsubscribe"]).strip(" <>"))
    assert f"/gifts/monthly/{token}/stop/" in page.url
    assert is_fit(page)
    page.get_by_role("button", name="Остановить").click()
    expect(page.get_by_role("heading", name="Ежемесячные пожертвования остановлены")).to_be_visible()
    assert is_fit(page)
    go_on(stack, due_in(month=next_month(next_month(month)), anchor_day=int(str(anchor))))  # type: ignore[arg-type]
    assert (one(stack, STATE, slug) or [""])[0] == "ended"
    assert (one(stack, STATE, slug) or [0])[-1] == 2


def go_on(stack: Stack, moment: datetime) -> None:
    """Let the site live at another moment, as far as monthly gifts go."""
    done = stack.manage("sweep_monthly", "--at", moment.isoformat())
    assert done.returncode == 0, done.stderr
