"""The days of who has none elsewhere: moderator, signer, auditor, brand manager, administrator."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from playwright.sync_api import expect

from tests.browser.conftest import WIDTHS
from tests.browser.looking import no_sideways_scroll
from tests.browser.test_staff import person
from tests.browser.test_staff import sign_in as type_password
from tests.totp import code_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.stack import Stack

pytestmark = pytest.mark.stack
REFUSED = 403


class Day:
    """One member of staff, signed in with both steps, in a browser of their own."""

    def __init__(self, page: Page, stack: Stack, role: str) -> None:
        secret = generate_totp_secret()
        self.page, self.url = page, stack.url
        self.email = person(stack, role, secret=secret)
        self.go("/desk/")
        type_password(page, self.email)
        page.get_by_label("Код", exact=True).fill(code_of(secret))
        page.get_by_role("button", name="Вход").click()
        expect(page).to_have_url(f"{stack.url}/desk/", timeout=60_000)  # a navigation can end before it is waited for

    def go(self, address: str) -> Page:
        """Open a page, which is never wider than the screen."""
        self.page.goto(f"{self.url}{address}")
        no_sideways_scroll(self.page)
        return self.page

    def is_refused(self, *addresses: str) -> bool:
        """Return whether each of the addresses is refused."""
        return {self.page.request.get(f"{self.url}{one}").status for one in addresses} == {REFUSED}


@pytest.fixture
def day(browser: Browser, stack: Stack) -> Iterator[Callable[[str, str], Day]]:
    """Begin days; what a browser complains of fails the test."""
    contexts, complaints = [], []

    def begin(role: str, size: str) -> Day:
        width, height = WIDTHS[size]
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, locale="ru-RU"))
        contexts[-1].set_default_timeout(20_000)
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return Day(page, stack, role)

    yield begin
    for context in contexts:
        context.close()
    assert [text for text in complaints if "status of 4" not in text] == []


def paid_gift(stack: Stack, **changes: Any) -> dict[str, Any]:
    gift = stack.give(**changes).json()
    stack.control.pay(stack.payment_id(gift))
    return stack.wait_for(gift["token"], status="succeeded")


def test_a_moderator_takes_a_name_down_at_once_and_shows_it_again(
    day: Callable[[str, str], Day], plain_page: Page, stack: Stack
) -> None:
    name = f"Имя {uuid4().hex[:8]}"
    paid_gift(stack, campaign="ekopark", public_name=name)
    moderator, stranger, project = day("moderator", "phone"), plain_page, f"{stack.url}/projects/ekopark/"
    stranger.goto(project)
    expect(stranger.get_by_text(name)).to_have_count(1)
    page = moderator.page
    expect(page.get_by_text("скрываете тексты и имена, нарушающие правила")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Имена на страницах проектов").click()
    row = page.get_by_role("row").filter(has_text=name)
    row.get_by_role("button", name="Скрыть").click()
    stranger.goto(project)  # without a reason nothing happens
    expect(stranger.get_by_text(name)).to_have_count(1)
    moderator.go("/desk/names/")
    row.get_by_label("Почему").select_option(index=1)
    row.get_by_role("button", name="Скрыть").click()
    expect(row.get_by_role("button", name="Показать снова")).to_be_visible()
    no_sideways_scroll(page)
    stranger.goto(project)
    expect(stranger.get_by_text(name)).to_have_count(0)
    row.get_by_role("button", name="Показать снова").click()
    expect(row.get_by_role("button", name="Скрыть")).to_be_visible()
    stranger.goto(project)

    expect(stranger.get_by_text(name)).to_have_count(1)
    assert moderator.is_refused("/desk/money/payments/", "/desk/people/user/", "/desk/people/staffact/")


def test_a_moderator_writes_a_document_and_a_signer_publishes_it(
    day: Callable[[str, str], Day], plain_page: Page
) -> None:
    words = f"Возврат за {uuid4().hex[:6]} дней."
    moderator = day("moderator", "desk")
    page = moderator.go("/desk/texts/refund_rules/edit/")
    page.get_by_label("Текст").fill(page.get_by_label("Текст").input_value() + f"\n{words}\n")
    page.get_by_label("Что меняется").fill("Новый срок")
    page.get_by_role("button", name="Сохранить черновик").click()
    expect(page.locator("ins").filter(has_text=words)).to_be_visible()
    page.get_by_text("Как это увидят читатели").click()
    expect(page.locator("details").filter(has_text=words)).to_be_visible()
    expect(page.get_by_role("button", name="Опубликовать")).to_have_count(0)
    no_sideways_scroll(page)
    plain_page.goto(f"{moderator.url}/legal/refund_rules/")
    expect(plain_page.get_by_text(words)).to_have_count(0)

    signer = day("signer", "phone")
    page = signer.go("/desk/texts/refund_rules/")
    expect(page.locator("ins").filter(has_text=words)).to_be_visible()
    expect(page.get_by_role("link", name="Править черновик")).to_have_count(0)
    page.get_by_role("button", name="Опубликовать").click()
    expect(page.get_by_text(re.compile(r"Версия \d+ опубликована"))).to_be_visible()
    expect(page.get_by_role("cell").filter(has_text=signer.email)).to_have_count(1)
    no_sideways_scroll(page)
    plain_page.goto(f"{moderator.url}/legal/refund_rules/")

    expect(plain_page.get_by_text(words)).to_be_visible()
    assert signer.is_refused("/desk/texts/refund_rules/edit/")


def test_an_auditor_follows_a_rouble_and_sees_nobodys_data(day: Callable[[str, str], Day], stack: Stack) -> None:
    email, name = f"{uuid4().hex}@example.org", f"Имя {uuid4().hex[:8]}"
    gift = paid_gift(stack, email=email, public_name=name)
    auditor = day("auditor", "desk")
    page = auditor.go("/desk/money/payments/")
    page.get_by_label("Номер").fill(str(gift["id"]))
    page.get_by_role("button", name="Показать").click()
    page.get_by_role("row").filter(has_text=str(gift["id"])).get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="История")).to_be_visible()
    expect(page.get_by_role("listitem").nth(3)).to_be_visible()
    assert email not in page.content()
    assert name not in page.content()
    expect(page.get_by_role("link", name="Возврат", exact=True)).to_have_count(0)
    refund = f"{page.url}refund/"
    assert page.request.get(refund).status == REFUSED
    page.get_by_role("main").locator(f"a[href='/ledger/operations/{gift['operation']}/']").first.click()
    expect(page.get_by_role("heading", name=re.compile("Запись №"))).to_be_visible()
    assert email not in page.content()
    auditor.go("/desk/people/staffact/")
    expect(page.get_by_role("heading", name="Действия сотрудников")).to_be_visible()
    expect(page.get_by_role("row").first).to_be_visible()

    assert auditor.is_refused("/desk/people/user/", "/desk/people/letter/", "/desk/erasures/", "/desk/names/")


NONE_OF_THEIRS = ("/desk/money/payments/", "/desk/people/user/", "/desk/names/", "/desk/erasures/")


def test_a_brand_manager_writes_a_product_receives_it_and_puts_it_on_sale(day: Callable[[str, str], Day]) -> None:
    manager = day("brand_manager", "phone")
    assert manager.is_refused(*NONE_OF_THEIRS, "/desk/campaigns/campaign/", "/desk/texts/")
    page = manager.go("/desk/shop/today/")
    expect(page.get_by_role("heading", name="Что ещё ждёт")).to_be_visible()
    page = manager.go("/desk/shop/products/new/")
    page.get_by_label("Название").fill("Кружка дня")
    page.get_by_label("Одним предложением").fill("Керамика с гербом города.")
    page.get_by_label("Или кто сделал, по имени").fill("Мастерская «Глина»")
    page.get_by_role("button", name="Сохранить").click()
    page.get_by_role("link", name="Добавить вариант").click()
    words = {"Артикул": "DAY-1", "Цена, ₽": "500", "Во сколько штука": "200", "Из неё мастеру": "100", "Вес": "300"}
    for label, value in words.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Сохранить").click()
    page.get_by_role("button", name="Выставить на продажу").click()
    expect(page.get_by_text("Товар в продаже.")).to_be_visible()
    page = manager.go("/desk/shop/stock/")
    page.get_by_label("DAY-1 Кружка дня").check()
    page.get_by_role("button", name="Принять").click()
    page.get_by_label("Номер документа").fill("УПД-1")
    page.get_by_label("Сколько штук").fill("12")
    page.get_by_role("button", name="Записать").click()

    expect(page.get_by_text("Принято: товар на складе.")).to_be_visible()
    expect(page.get_by_text("осталось 12 штук")).to_be_visible()


def test_an_administrator_signs_a_colleague_out(day: Callable[[str, str], Day]) -> None:
    colleague, administrator = day("moderator", "phone"), day("administrator", "desk")
    page = administrator.go(f"/desk/people/user/?q={colleague.email}")
    page.get_by_role("link", name=colleague.email).click()
    page.get_by_role("link", name="Завершить все входы").first.click()
    expect(page.get_by_text("сразу выйдет во всех браузерах")).to_be_visible()
    page.get_by_role("button", name="Выйти").click()
    expect(page.get_by_text("Завершён 1 вход.")).to_be_visible()
    colleague.go("/desk/names/")
    expect(colleague.page.get_by_role("heading", name="Вход")).to_be_visible()
    administrator.go("/desk/people/staffact/?q=people.end_session")

    expect(page.get_by_role("row").filter(has_text=administrator.email).first).to_be_visible()
