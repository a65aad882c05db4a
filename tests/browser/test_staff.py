"""Signing in as staff in a real browser: the second step, the desk, a forgotten password, a key."""

from __future__ import annotations

import json
import re
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth.hashers import make_password
from playwright.sync_api import expect

from tests.browser.looking import no_sideways_scroll
from tests.make import PASSWORD
from tests.stack import Stack, wait_until
from tests.totp import code_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

pytestmark = pytest.mark.stack


SEAL = "from people.sealing import seal; print('sealed', seal({secret!r}))"


def sealed(stack: Stack, secret: str) -> str:
    """Return a secret as the running fund's own key seals it."""
    done = stack.manage("shell", "--no-imports", "-c", SEAL.format(secret=secret))
    return done.stdout.split("sealed ")[1].strip()


def person(stack: Stack, *roles: str, secret: str = "") -> str:
    """Write somebody with a password, roles and a second step into the fund's database; return the e-mail."""
    email = f"{uuid4().hex[:12]}@example.org"
    with stack.connect() as connection:
        row = connection.execute(
            "INSERT INTO people_user (email, password, is_active, is_staff, joined_at)"
            " VALUES (%s, %s, true, false, now()) RETURNING id",
            [email, make_password(PASSWORD)],
        ).fetchone()
        assert row
        connection.execute(
            'INSERT INTO account_emailaddress (email, verified, "primary", user_id) VALUES (%s, true, true, %s)',
            [email, row[0]],
        )
        for role in roles:
            connection.execute(
                "INSERT INTO people_rolegrant (user_id, role, granted_at) VALUES (%s, %s, now())", [row[0], role]
            )
        if secret:
            connection.execute(
                "INSERT INTO mfa_authenticator (type, data, user_id, created_at) VALUES ('totp', %s, %s, now())",
                [json.dumps({"secret": sealed(stack, secret)}), row[0]],
            )
    return email


def mailed_code(stack: Stack, email: str) -> str:
    """Return the code of the letter that went to somebody."""
    found: list[str] = []

    def came() -> bool:
        for path in (stack.var / "mail").glob("*.eml"):
            letter = message_from_bytes(path.read_bytes(), policy=policy.default)
            body = letter.get_body()
            if letter["To"] == email and body is not None:
                found.extend(re.findall(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", body.get_content(), re.MULTILINE))
        return bool(found)

    wait_until(came)
    return found[-1]


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("Электронная почта").fill(email)
    page.get_by_label("Пароль").fill(password)
    page.get_by_role("button", name="Вход").click()


def test_a_treasurer_signs_in_with_two_steps_and_sees_the_desk(page: Page, stack: Stack) -> None:
    secret = generate_totp_secret()
    email = person(stack, "treasurer", secret=secret)
    page.goto(f"{stack.url}/desk/")
    no_sideways_scroll(page)
    sign_in(page, email)
    expect(page.get_by_role("heading", name="Второй шаг входа")).to_be_visible()
    no_sideways_scroll(page)
    page.get_by_label("Код", exact=True).fill(code_of(secret))
    page.get_by_role("button", name="Вход").click()

    page.wait_for_url(f"{stack.url}/desk/")
    expect(page.get_by_role("heading", name="Сегодня")).to_be_visible()
    expect(page.get_by_text("Выданные роли")).to_have_count(0)
    no_sideways_scroll(page)


def test_the_first_administrator_is_led_through_the_second_step_and_gives_a_role(page: Page, stack: Stack) -> None:
    email, other = f"{uuid4().hex[:12]}@example.org", person(stack)
    assert "is an administrator now" in stack.manage("grant_role", email, "administrator", "--anyway").stdout
    page.goto(f"{stack.url}/me/login/code/")
    page.get_by_label("Электронная почта").fill(email)
    page.get_by_role("button", name="Прислать код").click()
    page.get_by_label("Код").fill(mailed_code(stack, email))
    page.get_by_role("button", name="Подтвердить").click()
    page.wait_for_url(f"{stack.url}/me/2fa/")
    no_sideways_scroll(page)
    page.goto(f"{stack.url}/desk/people/rolegrant/grant/")  # nothing else is open yet
    page.wait_for_url(f"{stack.url}/me/2fa/")
    page.get_by_role("link", name="Подключить").first.click()
    no_sideways_scroll(page)
    page.get_by_label("Код из приложения").fill(code_of(page.locator("#authenticator_secret").input_value()))
    page.get_by_role("button", name="Подключить").click()
    expect(page.get_by_role("heading", name="Коды восстановления")).to_be_visible()
    no_sideways_scroll(page)
    page.goto(f"{stack.url}/desk/people/rolegrant/")
    expect(page.get_by_role("link", name=email)).to_be_visible()
    no_sideways_scroll(page)
    page.goto(f"{stack.url}/desk/people/rolegrant/grant/")
    page.get_by_label("Электронная почта").fill(other)
    page.get_by_label("Роль").select_option(label="Казначей")
    page.get_by_role("button", name="Выдать", exact=True).click()

    expect(page.get_by_text("Роль выдана. Человеку нужно войти заново.")).to_be_visible()
    no_sideways_scroll(page)


def test_a_forgotten_password_is_set_anew_without_javascript(plain_page: Page, stack: Stack) -> None:
    page, email = plain_page, person(stack)
    page.goto(f"{stack.url}/me/login/")
    page.get_by_role("link", name="Забыли пароль?").click()
    page.get_by_label("Электронная почта").fill(email)
    page.get_by_role("button", name="Прислать код").click()
    page.get_by_label("Код").fill(mailed_code(stack, email))
    page.get_by_role("button", name="Подтвердить").click()
    page.get_by_label("Новый пароль", exact=True).fill("мост через Пензу 1910")
    page.get_by_label("Новый пароль ещё раз").fill("мост через Пензу 1910")
    page.get_by_role("button", name="Изменить пароль").click()
    expect(page.get_by_text("Новый пароль задан. Теперь войдите с ним.")).to_be_visible()
    page.goto(f"{stack.url}/me/login/")
    sign_in(page, email, "мост через Пензу 1910")

    expect(page.get_by_role("heading", name="Личный кабинет")).to_be_visible()


def with_key(context: BrowserContext, page: Page) -> tuple[CDPSession, Any]:
    """Give a browser a security key that answers by itself."""
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True,
               "automaticPresenceSimulation": True}  # fmt: skip
    return devices, devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_key_is_a_second_step_too(browser: Browser, stack: Stack) -> None:
    email, url = person(stack, "moderator"), stack.url.replace("127.0.0.1", "localhost")  # keys need a name
    context = browser.new_context(locale="ru-RU")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    devices, key = with_key(context, page)
    page.goto(f"{url}/desk/")
    sign_in(page, email)
    page.wait_for_url(f"{url}/me/2fa/")
    page.get_by_role("link", name="Добавить").click()
    page.get_by_role("button", name="Добавить").click()
    expect(page.get_by_role("heading", name="Коды восстановления")).to_be_visible()
    page.goto(f"{url}/me/2fa/webauthn/add/")
    page.get_by_role("button", name="Добавить").click()
    expect(page.get_by_text("Ключ, который уже добавлен, второй раз добавить нельзя.")).to_be_visible()
    page.goto(f"{url}/desk/")
    expect(page.get_by_role("heading", name="Сегодня")).to_be_visible()
    context.clear_cookies()
    page.goto(f"{url}/desk/")
    sign_in(page, email)
    page.get_by_role("button", name="Приложить ключ").click()
    page.wait_for_url(f"{url}/desk/")
    context.clear_cookies()
    page.goto(f"{url}/desk/")
    sign_in(page, email)
    devices.send("WebAuthn.clearCredentials", key)  # another key than the one that was added
    page.get_by_role("button", name="Приложить ключ").click()

    expect(page.get_by_role("alert")).to_have_text("Ключ не прочитан. Попробуйте ещё раз.")
    context.close()
    assert complaints == []
