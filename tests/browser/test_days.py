"""The days of who has none elsewhere: moderator, signer, auditor, organiser, council, brand manager, administrator."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import WIDTHS
from tests.browser.test_donor import no_sideways_scroll
from tests.browser.test_staff import code_of, person
from tests.browser.test_staff import sign_in as type_password

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, FilePayload, Page

    from tests.stack import Stack

pytestmark = pytest.mark.stack
REFUSED = 403


class Day:
    """One member of staff, or an organiser, signed in with both steps, in a browser of their own."""

    def __init__(self, page: Page, stack: Stack, role: str) -> None:
        secret = generate_totp_secret()
        self.page, self.url = page, stack.url
        is_staff = role != "organiser"
        self.email = person(stack, *([role] if is_staff else []), secret=secret)
        home = "/desk/" if is_staff else "/me/projects/"
        self.go(home)
        type_password(page, self.email)
        page.get_by_label("Код", exact=True).fill(code_of(secret))
        page.get_by_role("button", name="Вход").click()
        expect(page).to_have_url(f"{stack.url}{home}", timeout=60_000)  # a navigation can end before it is waited for

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
    assert page.get_by_role("listitem").count() > 3
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


NONE_OF_THEIRS = ("/desk/money/payments/", "/desk/people/user/", "/desk/names/", "/desk/erasures/")


def step(member: Day, address: str, button: str, reason: str = "") -> None:
    """Take one step of a campaign, as its button leads to it."""
    page = member.go(address)
    page.get_by_role("link", name=button).click()
    if reason:
        page.get_by_label("Почему").fill(reason)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text("Готово.", exact=True)).to_be_visible()


def verify(stack: Stack, email: str) -> None:
    """Let the fund have verified an organiser."""
    words = "from people.models import User; from tests import make"
    done = stack.manage(
        "shell", "--no-imports", "-c", f"{words}; make.organiser(owner=User.objects.get(email='{email}'))"
    )
    assert done.returncode == 0, done.stderr


def approve(member: Day, address: str) -> None:
    """Look at everything on the council's list, and approve."""
    page = member.go(address)
    page.get_by_role("link", name="Одобрить").click()
    for box in page.get_by_role("checkbox").all():
        box.check()
    no_sideways_scroll(page)
    page.get_by_role("button", name="Одобрить").click()
    expect(page.get_by_text("Готово.", exact=True)).to_be_visible()


def photo() -> FilePayload:
    """Return a picture as a telephone sends it."""
    out = BytesIO()
    Image.new("RGB", (1200, 900), "seagreen").save(out, "JPEG")
    return {"name": "lipa.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def write_project(organiser: Day, title: str) -> None:
    """Begin a project and write all of it; it saves itself."""
    page, today = organiser.go("/me/projects/new/"), timezone.localdate()
    page.get_by_label("Как называется проект?").fill(title)
    page.get_by_label("В одном предложении").fill("Тридцать лип")
    page.get_by_role("button", name="Начать").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.get_by_label("Рассказ").fill("## Зачем\n\nЧтобы была **тень**.")
    page.get_by_label("Тема").select_option("Экология")
    page.get_by_text("Гибкий сбор").click()
    page.get_by_label("Последний день сбора").fill(str(today + timedelta(days=20)))
    page.get_by_label("Сделаем к").fill(str(today + timedelta(days=90)))
    page.locator("[name=lines-0-title]").fill("Саженцы")
    page.locator("[name=lines-0-amount]").fill("1000")
    page.get_by_role("button", name="Ещё строка").click()
    page.locator("[name=lines-2-title]").fill("Скамьи")
    page.locator("[name=lines-2-amount]").fill("500,50")
    expect(page.locator("[data-goal]")).to_have_text("1\xa0500,50\xa0₽")
    expect(page.get_by_text("Всё на месте")).to_be_visible()
    expect(page.get_by_text("Сохранено в")).to_be_visible()
    page.reload()
    expect(page.locator("[name=lines-2-title]")).to_have_value("Скамьи")
    no_sideways_scroll(page)


def take_own_step(organiser: Day, address: str, button: str) -> None:
    page = organiser.go(address)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("heading", name="Мои проекты")).to_be_visible()


def send_picture(organiser: Day, own: str) -> None:
    page = organiser.go(f"{own}pictures/")
    page.get_by_label("Картинка", exact=True).set_input_files(photo())
    expect(page.get_by_role("img", name="Какой будет обложка")).to_be_visible()
    page.get_by_label("Что на ней видно").fill("Липа")
    page.get_by_role("button", name="Отправить картинку").click()
    expect(page.get_by_role("img", name="Липа")).to_be_visible(timeout=60_000)


def amend_story(organiser: Day, own: str) -> None:
    page = organiser.go(f"{own}amend/")
    page.get_by_text("Рассказ", exact=True).first.click()
    page.locator("[name=story-value]").fill("Чтобы были **тень** и скамьи.")
    page.locator("[name=story-reason]").fill("Просили соседи")
    page.get_by_role("button", name="Опубликовать поправку").first.click()
    expect(page.get_by_text("Готово.", exact=True)).to_be_visible()


def test_an_organisers_whole_way_on_a_telephone(day: Callable[[str, str], Day], plain_page: Page, stack: Stack) -> None:
    name = uuid4().hex[:6]
    title, own = f"Сад {name}", f"/me/projects/sad-{name}/"
    organiser = day("organiser", "phone")
    verify(stack, organiser.email)
    write_project(organiser, title)
    send_picture(organiser, own)
    take_own_step(organiser, f"{own}step/submit/", "Отдать на рассмотрение")
    assert organiser.is_refused("/desk/", "/desk/campaigns/campaign/")
    plain_page.goto(f"{organiser.url}/projects/")
    expect(plain_page.get_by_text(title)).to_have_count(0)

    first = day("council_member", "desk")
    first.go(f"/desk/campaigns/campaign/?q={name}").get_by_role("link", name=title).click()
    here = first.page.url.removeprefix(first.url)
    step(first, here, "Попросить доработать", "Нет полива")
    expect(organiser.go(f"{own}edit/").get_by_text("Нет полива")).to_be_visible()
    take_own_step(organiser, f"{own}step/submit/", "Отдать на рассмотрение")
    approve(first, here)
    second = day("council_member", "desk")
    approve(second, here)
    assert second.is_refused(*NONE_OF_THEIRS, "/desk/campaigns/campaign/add/")
    take_own_step(organiser, f"{own}step/launch/", "Открыть сбор")
    plain_page.goto(f"{organiser.url}/projects/sad-{name}/")
    expect(plain_page.get_by_role("heading", name=title)).to_be_visible()
    expect(plain_page.get_by_role("img", name="Липа")).to_be_visible()
    expect(plain_page.get_by_text("Нет полива")).to_be_visible()

    amend_story(organiser, own)
    plain_page.goto(f"{organiser.url}/projects/sad-{name}/")
    expect(plain_page.get_by_text("Просили соседи")).to_be_visible()


def test_a_brand_manager_is_told_that_there_is_nothing_yet(day: Callable[[str, str], Day]) -> None:
    manager = day("brand_manager", "phone")
    expect(manager.page.get_by_text("Страниц для вас здесь пока нет")).to_be_visible()
    assert manager.is_refused(*NONE_OF_THEIRS, "/desk/campaigns/campaign/", "/desk/texts/")
    page = manager.go("/me/")

    expect(page.get_by_text("Бренд-менеджер города")).to_be_visible()
    page.get_by_role("link", name="На рабочий стол").click()
    page.wait_for_url(f"{manager.url}/desk/")


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
