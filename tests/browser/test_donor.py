"""A donor's way in a real browser, on a phone and on a desk, with and without JavaScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser.looking import no_sideways_scroll

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.stack import Stack

pytestmark = pytest.mark.stack
THANKS = "Спасибо! Пожертвование в книгах"


def fill(page: Page, *, amount: str = "750", email: str = "browser@example.org") -> None:
    page.get_by_label("Другая сумма").fill(amount)
    page.get_by_label("Электронная почта").fill(email)
    page.locator("#id_offer").check()
    page.locator("#id_personal_data").check()


def pay(page: Page, number: str) -> None:
    page.get_by_label("Номер карты").fill(number)
    page.get_by_label("Месяц и год").fill("12/99")
    page.get_by_label("Код CVC").fill("123")
    page.get_by_role("button", name=re.compile("Заплатить")).click()


def pay_after_a_code(page: Page) -> None:
    expect(page.get_by_text("Тестовый эмулятор, деньги не списываются")).to_be_visible()
    expect(page.get_by_text("750 ₽").first).to_be_visible()
    no_sideways_scroll(page)
    pay(page, "5555 5555 5555 4477")
    page.get_by_label("Код из сообщения").fill("1234")
    page.get_by_role("button", name="Подтвердить").click()
    page.get_by_role("link", name="Вернуться на сайт").click()


def test_a_donor_gives_from_the_list_to_the_receipt(page: Page, stack: Stack) -> None:
    page.goto(stack.url)
    no_sideways_scroll(page)
    page.get_by_role("link", name="Выбрать проект").click()
    page.get_by_role("link", name="Фестиваль Jazz May").click()
    no_sideways_scroll(page)
    expect(page.get_by_text("Демо-проект")).to_be_visible()
    page.get_by_role("link", name="Поддержать", exact=True).first.click()
    no_sideways_scroll(page)
    assert not page.locator("#id_offer").is_checked()
    assert not page.locator("#id_personal_data").is_checked()
    page.get_by_text("500", exact=False).first.click()
    fill(page)
    page.get_by_role("button", name="Перейти к оплате").click()
    pay_after_a_code(page)

    expect(page.get_by_role("heading", name=THANKS)).to_be_visible(timeout=20_000)
    expect(page.get_by_role("link", name="Квитанция (PDF)")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("button", name="Скопировать")).to_be_visible()
    no_sideways_scroll(page)
    assert "/ledger/operations/" in page.locator("#share").input_value()
    assert page.url.split("/gifts/")[1].strip("/") not in page.locator("#share").input_value()
    page.reload()
    expect(page.get_by_role("heading", name=THANKS)).to_be_visible()
    page.get_by_role("link", name=re.compile("№ ")).first.click()
    expect(page.get_by_role("heading", name=re.compile("Запись №"))).to_be_visible()
    assert "browser@example.org" not in page.content()
    no_sideways_scroll(page)


def test_the_way_works_without_javascript(plain_page: Page, stack: Stack) -> None:
    page = plain_page
    page.goto(f"{stack.url}/projects/art-subbota/give/")
    fill(page)
    page.get_by_role("button", name="Перейти к оплате").click()
    page.get_by_role("link", name="СБП").click()
    page.get_by_role("link", name="Открыть приложение банка").click()
    page.get_by_role("button", name="Подтвердить в банке").click()
    page.get_by_role("link", name="Вернуться на сайт").click()

    expect(page.get_by_role("heading", name=THANKS)).to_be_visible(timeout=30_000)


def test_who_pays_by_phone_sees_a_code_to_scan(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/projects/art-subbota/give/")
    fill(page)
    page.get_by_role("button", name="Перейти к оплате").click()
    page.get_by_role("link", name="СБП").click()
    code = page.get_by_alt_text("QR-код для оплаты")
    expect(code).to_be_visible()

    no_sideways_scroll(page)
    assert code.evaluate("image => image.complete && image.naturalWidth > 0")


def test_a_decline_says_why_and_offers_another_try(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/projects/art-subbota/give/")
    fill(page)
    page.get_by_role("button", name="Перейти к оплате").click()
    pay(page, "5555 5555 5555 4600")
    expect(page.get_by_role("heading", name="Отказ: на карте не хватает денег")).to_be_visible()
    page.get_by_role("link", name="Вернуться на сайт").click()

    expect(page.get_by_text("На карте не хватает денег")).to_be_visible(timeout=20_000)
    page.get_by_role("link", name="Попробовать ещё раз").click()
    expect(page.get_by_label("Другая сумма")).to_have_value("750")
    expect(page.get_by_label("Электронная почта")).to_have_value("browser@example.org")
    assert not page.locator("#id_offer").is_checked()


def test_who_comes_back_unpaid_can_go_on(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/projects/art-subbota/give/")
    fill(page)
    page.get_by_role("button", name="Перейти к оплате").click()
    page.get_by_role("link", name="Вернуться на сайт, не оплачивая").click()

    expect(page.get_by_role("heading", name="Ждём оплату")).to_be_visible()
    page.get_by_role("link", name="Перейти к оплате").click()
    expect(page.get_by_text("Тестовый эмулятор")).to_be_visible()


def test_back_and_a_second_click_make_no_second_payment(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/projects/art-subbota/give/")
    email = f"{uuid4().hex}@example.org"
    fill(page, email=email)
    page.get_by_role("button", name="Перейти к оплате").dblclick()
    expect(page.get_by_text("Тестовый эмулятор")).to_be_visible()
    page.go_back()
    page.goto(f"{stack.url}/projects/art-subbota/")

    with stack.connect() as connection:
        row = connection.execute("SELECT count(*) FROM people_donor WHERE email = %s", [email]).fetchone()
    assert row == (1,)


def test_a_wrong_form_says_what_is_wrong(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/projects/art-subbota/give/")
    page.get_by_label("Другая сумма").fill("1e9")
    page.get_by_role("button", name="Перейти к оплате").click()

    expect(page.get_by_text("Напишите сумму в рублях")).to_be_visible()
    expect(page.get_by_text("Без согласия с офертой")).to_be_visible()
    no_sideways_scroll(page)


def test_a_name_without_end_breaks_nothing(page: Page, stack: Stack) -> None:
    gift = stack.give(campaign="ekopark", public_name="W" * 60 + "<script>alert(1)</script>" + "Ж" * 15).json()
    stack.control.pay(stack.payment_id(gift))
    stack.wait_for(gift["token"], status="succeeded")
    page.goto(f"{stack.url}/projects/ekopark/")

    expect(page.get_by_text("<script>alert(1)</script>").first).to_be_visible()
    no_sideways_scroll(page)


def test_the_waiting_page_leaves_the_reader_in_peace(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/projects/art-subbota/give/")
    fill(page)
    page.get_by_role("button", name="Перейти к оплате").click()
    page.get_by_role("link", name="Вернуться на сайт, не оплачивая").click()
    link = page.get_by_role("link", name="Перейти к оплате")
    link.focus()
    with page.expect_response(re.compile("/state/")) as answer:
        pass

    assert answer.value.status == 204
    expect(link).to_be_focused()


@pytest.mark.parametrize(
    "path",
    [
        "/projects/",
        "/projects/gorod-lichnyh-iniciativ/",
        "/communities/",
        "/communities/?q=джаз",
        "/communities/jazz-may-2013/",
        "/ledger/",
        "/ledger/accounts/",
        "/ledger/?subject=jazz-may&since=2020-01-01",
        "/ledger/?subject=!",
        "/legal/offer/",
        "/nowhere/",
        "/api/docs/",
    ],
)
def test_each_page_opens_without_a_complaint(page: Page, stack: Stack, path: str) -> None:
    page.goto(stack.url + path)

    if path != "/api/docs/":
        expect(page.locator("h1")).to_have_count(1)
        no_sideways_scroll(page)
