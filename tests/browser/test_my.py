"""A donor sees their own gifts, gets a year's statement, takes the name back and asks to be forgotten."""

from __future__ import annotations

import email
import re
from email import policy
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser.looking import is_fit
from tests.stack import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.stack import Stack

pytestmark = pytest.mark.stack


def link_in_letter(stack: Stack, to: str) -> str:
    """Wait for the letter with the link; return the link."""

    def found() -> list[str]:
        letters = [
            email.message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in (stack.var / "mail").glob("*.eml")
        ]
        own = [letter for letter in letters if letter["To"] == to and "ссылка" in letter["Subject"]]
        return [link for letter in own for link in re.findall(r"http\S+/my/open/\S+", letter.get_content())]

    wait_until(lambda: bool(found()))
    return found()[0]


def enter(page: Page, stack: Stack, address: str) -> None:
    """Ask for the link from the first page and open it."""
    page.goto(f"{stack.url}/")
    page.get_by_role("link", name="Мои пожертвования").click()
    page.get_by_label("Электронная почта").fill(address)
    page.get_by_role("button", name="Прислать ссылку").click()
    expect(page.get_by_role("heading", name="Загляните в почту")).to_be_visible()
    page.goto(link_in_letter(stack, address))
    assert is_fit(page)
    page.get_by_role("button", name="Открыть мои пожертвования").click()


def ask_to_be_forgotten(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/my/gifts/")
    page.get_by_role("link", name="Отозвать согласие и удалить мои данные").click()
    assert is_fit(page)
    page.get_by_role("button", name="Удалить мои данные").click()
    expect(page.get_by_text("Отметьте, что понимаете")).to_be_visible()
    page.get_by_label("Понимаю, что отменить это нельзя.").check()
    page.get_by_role("button", name="Удалить мои данные").click()
    expect(page.get_by_text("Вы попросили удалить ваши данные", exact=False)).to_be_visible()


def test_a_donor_sees_everything_and_takes_it_back(page: Page, stack: Stack) -> None:
    address, name = f"{uuid4().hex}@example.org", f"Ксения {uuid4().hex[:6]}"
    gift = stack.give(email=address, public_name=name, campaign="ekopark").json()
    stack.control.pay(stack.payment_id(gift))
    stack.wait_for(gift["token"], status="succeeded")
    enter(page, stack, address)
    expect(page.get_by_text(f"№ {gift['id']}", exact=False).first).to_be_visible()
    page.get_by_text("Что вы приняли").click()
    expect(page.get_by_role("link", name=re.compile(r"^Оферта, версия [0-9]+$"))).to_be_visible()
    assert is_fit(page)

    page.get_by_role("button", name=re.compile("Справка")).click()
    ready = page.get_by_role("link", name="Справка (PDF)")
    expect(ready).to_be_visible(timeout=30_000)
    assert is_fit(page)
    assert page.request.get(stack.url + str(ready.get_attribute("href"))).body()[:5] == b"%PDF-"

    page.goto(f"{stack.url}/my/gifts/")
    page.get_by_role("button", name=re.compile("Убрать имя")).click()
    expect(page.get_by_text("Имя больше нигде не показывается.")).to_be_visible()
    page.goto(f"{stack.url}/projects/ekopark/")
    expect(page.get_by_text(name)).to_have_count(0)

    ask_to_be_forgotten(page, stack)
    page.get_by_role("button", name="Выйти").click()
    page.goto(f"{stack.url}/my/gifts/")
    expect(page.get_by_role("button", name="Прислать ссылку")).to_be_visible()


def test_without_javascript_it_all_works_too(plain_page: Page, stack: Stack) -> None:
    address = f"{uuid4().hex}@example.org"
    stack.give(email=address)
    plain_page.goto(f"{stack.url}/my/")
    plain_page.get_by_label("Электронная почта").fill(address)
    plain_page.get_by_role("button", name="Прислать ссылку").click()
    plain_page.goto(link_in_letter(stack, address))
    plain_page.get_by_role("button", name="Открыть мои пожертвования").click()

    expect(plain_page.get_by_text("Ждём оплату")).to_be_visible()
