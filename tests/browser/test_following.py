"""Somebody follows a project on a phone, its organiser tells news, the letter comes, one press in it stops the rest."""

from __future__ import annotations

import json
import re
from email import message_from_bytes, policy
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.looking import is_fit
from tests.stack import wait_until

if TYPE_CHECKING:
    from email.message import EmailMessage

    from playwright.sync_api import Browser, Page

    from tests.stack import Stack

pytestmark = pytest.mark.stack
PROJECT = """
import json
from django.test import Client
from tests import make
organiser = make.organiser("Зелёный двор")
slug = "dvor-{mark}"
make.campaign(slug, title="Зелёный двор", by=organiser)
session = make.sign_in(Client(), organiser.user, second_factor=False).session.session_key
print("rows", json.dumps([slug, session]))
"""


def letters(stack: Stack, to: str, about: str) -> list[EmailMessage]:
    found = [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in (stack.var / "mail").glob("*.eml")
    ]
    return [one for one in found if one["To"] == to and about in one["Subject"]]


def await_letter(stack: Stack, to: str, about: str) -> EmailMessage:
    wait_until(lambda: bool(letters(stack, to, about)))
    return letters(stack, to, about)[0]


def follow(page: Page, stack: Stack, slug: str, reader: str) -> None:
    page.goto(f"{stack.url}/projects/{slug}/")
    page.get_by_role("link", name="Следить за проектом").click()
    page.get_by_label("Электронная почта").fill(reader)
    page.get_by_label("обработку моих персональных данных").check()
    assert is_fit(page)
    page.get_by_role("button", name="Следить").click()
    expect(page.get_by_role("heading", name="Загляните в почту")).to_be_visible()
    letter = await_letter(stack, reader, "Следить за проектом")
    assert letter["List-Unsubscribe"] is None
    page.goto(re.findall(r"http\S+/letters/follow/\S+", letter.get_content())[0])
    assert is_fit(page)
    page.get_by_role("button", name="Следить за проектом").click()
    expect(page.get_by_text("Вы следите за проектом")).to_be_visible()


def publish(page: Page, stack: Stack, slug: str, headline: str) -> None:
    page.goto(f"{stack.url}/me/projects/{slug}/updates/new/")
    page.get_by_label("Заголовок").fill(headline)
    page.get_by_label("Что нового").fill("Привезли **сорок** саженцев.")
    page.get_by_role("button", name="Посмотреть, как выглядит").click()
    expect(page.locator(".panel strong")).to_have_text("сорок")
    page.get_by_role("button", name="Сохранить черновик").click()
    page.get_by_role("button", name="Опубликовать").click()
    expect(page.get_by_role("heading", name=headline)).to_be_visible()


def test_a_reader_follows_on_a_phone_and_one_press_in_the_letter_stops_it(browser: Browser, stack: Stack) -> None:
    done = stack.manage("shell", "--no-imports", "-c", PROJECT.format(mark=uuid4().hex[:8]))
    assert done.returncode == 0, done.stderr
    slug, session = json.loads(done.stdout.split("rows ")[1])
    reader = f"{uuid4().hex}@example.org"
    phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="ru-RU")
    desk = browser.new_context(locale="ru-RU")
    desk.add_cookies([{"name": "sessionid", "value": session, "url": stack.url}])
    page, own = phone.new_page(), desk.new_page()
    follow(page, stack, slug, reader)
    publish(own, stack, slug, "Первые саженцы")
    letter = await_letter(stack, reader, "Первые саженцы")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = letter["List-Unsubscribe"].strip(" <>")
    page.goto(stop)
    expect(page.get_by_role("heading", name="Отключить эти письма?")).to_be_visible()
    assert requests.post(stop, data={"List-Unsubscribe": "One-Click"}, timeout=30).status_code == 200

    publish(own, stack, slug, "Вторые саженцы")
    told = "SELECT done_at IS NOT NULL FROM campaigns_mailing ORDER BY id DESC LIMIT 1"
    with stack.connect() as connection:
        wait_until(lambda: connection.execute(told).fetchone() == (True,))
    assert letters(stack, reader, "Вторые саженцы") == []
    phone.close()
    desk.close()
