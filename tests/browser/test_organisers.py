"""A person applies on a phone, a council member looks and says yes, everybody sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from playwright.sync_api import expect

from tests.browser.conftest import WIDTHS
from tests.browser.looking import barriers, no_sideways_scroll
from tests.browser.test_staff import person, sign_in
from tests.browser.walking import tick_everything
from tests.campaigns.organiser_papers import PERSON, picture
from tests.stack import wait_until
from tests.totp import code_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.stack import Stack

pytestmark = pytest.mark.stack


def opened(browser: Browser, size: str) -> Page:
    """Open a browser of somebody's own."""
    width, height = WIDTHS[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="ru-RU", reduced_motion="reduce")
    context.set_default_timeout(20_000)
    return context.new_page()


def apply(page: Page, stack: Stack, name: str) -> None:
    """Go through the application from the account's own page."""
    page.goto(f"{stack.url}/me/")
    page.get_by_role("link", name="Кабинет организатора").click()
    page.get_by_role("link", name="Начать заявку").click()
    page.get_by_text("Человек", exact=True).click()
    page.get_by_label("Имя или название").fill(name)
    page.get_by_label("О вас").fill("Сажаю деревья у школ.")
    page.get_by_role("button", name="Сохранить и продолжить").click()
    wrong = PERSON | {"inn": PERSON["inn"][:-1] + str((int(PERSON["inn"][-1]) + 1) % 10)}
    for told in (wrong, PERSON):
        for field, typed in told.items():
            page.locator(f"[name={field}]").fill(typed)
        page.get_by_role("button", name="Сохранить и продолжить").click()
        if told is wrong:
            expect(page.get_by_text("Контрольная цифра не сходится")).to_be_visible()
            no_sideways_scroll(page)
            assert barriers(page) == []
    page.get_by_label("Файл").set_input_files(
        {"name": "pasport.jpg", "mimeType": "image/jpeg", "buffer": picture(size=(400, 300))}
    )
    page.get_by_role("button", name="Отправить файл").click()
    expect(page.get_by_text("Файл получен")).to_be_visible()
    no_sideways_scroll(page)
    page.get_by_role("link", name="Дальше — соглашение").click()
    page.locator("#id_organiser").check()
    page.locator("#id_organiser_data").check()
    no_sideways_scroll(page)
    page.get_by_role("button", name="Принять и отправить заявку").click()
    expect(page.get_by_text("Заявка у нас. Ответ придёт письмом.")).to_be_visible()


def look_and_say_yes(desk: Page, stack: Stack, name: str) -> None:
    """Open the application as a council member, look at it, verify."""
    secret = generate_totp_secret()
    member = person(stack, "council_member", secret=secret)
    desk.goto(f"{stack.url}/desk/organisers/")
    sign_in(desk, member)
    desk.get_by_label("Код", exact=True).fill(code_of(secret))
    desk.get_by_role("button", name="Вход").click()
    desk.get_by_role("link", name=name).click()
    expect(desk.get_by_text(PERSON["account"])).to_be_visible()
    with desk.expect_download() as paper:
        desk.get_by_role("link", name="dokument-").click()
    assert paper.value.suggested_filename.endswith(".jpg")
    desk.get_by_role("link", name="Подтвердить").click()
    tick_everything(desk)
    desk.get_by_role("button", name="Подтвердить").click()
    expect(desk.get_by_text("Организатору уйдёт письмо")).to_be_visible()
    expect(desk.get_by_text(PERSON["account"])).to_have_count(0)


def test_a_person_applies_on_a_phone_and_a_council_member_verifies(browser: Browser, stack: Stack) -> None:
    name = f"Анна Сурская {uuid4().hex[:6]}"
    email = person(stack)
    phone = opened(browser, "phone")
    phone.goto(f"{stack.url}/me/login/")
    sign_in(phone, email)
    phone.get_by_role("link", name="Кабинет организатора").wait_for()
    apply(phone, stack, name)

    def is_made() -> bool:
        phone.reload()
        return phone.get_by_role("link", name="версия 1, принята").count() == 1

    wait_until(is_made)
    with phone.expect_download() as saved:
        phone.get_by_role("link", name="версия 1, принята").click()
    assert saved.value.suggested_filename.startswith("soglashenie-")

    desk = opened(browser, "desk")
    look_and_say_yes(desk, stack, name)
    phone.reload()
    phone.get_by_role("link", name=name).click()
    expect(phone.get_by_text("Проверен фондом")).to_be_visible()
    expect(phone.get_by_role("heading", name=name)).to_be_visible()
    no_sideways_scroll(phone)
    assert barriers(phone) == []
    for page in (phone, desk):
        page.context.close()
