"""An organiser's whole way on a telephone, from the first word to the report that everybody reads."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.walking import Walker, before_script, begin, paid, photo, step, tick_everything

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack import Stack

pytestmark = pytest.mark.stack
CAST = """
organiser = make.organiser("Липы и люди")
begun = {
    "organiser": session(organiser.user, second_factor=False),
    "public": organiser.slug,
    "council": [session(make.staff("council_member")) for _ in range(2)],
}
"""
STAFFS_ALONE = ("/desk/money/payments/", "/desk/people/user/", "/desk/names/", "/desk/campaigns/campaign/add/")


def write(organiser: Walker, title: str) -> None:
    """Begin a project and write all of it; it saves itself."""
    page, today = organiser.go("/me/projects/"), timezone.localdate()
    organiser.follow("Новый проект")
    page.get_by_label("Как называется проект?").fill(title)
    page.get_by_label("В одном предложении").fill("Тридцать лип")
    organiser.press("Начать")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.get_by_label("Рассказ").fill("## Зачем\n\nЧтобы была **тень**.")
    page.get_by_label("Тема").select_option("Экология")
    page.get_by_text("Сколько соберём:").click()
    page.get_by_label("Последний день сбора").fill(str(today + timedelta(days=20)))
    page.get_by_label("Сделаем к").fill(str(today + timedelta(days=90)))
    page.locator("[name=lines-0-title]").fill("Саженцы")
    page.locator("[name=lines-0-amount]").fill("1000")
    organiser.press("Ещё строка")
    page.locator("[name=lines-2-title]").fill("Скамейки")
    page.locator("[name=lines-2-amount]").fill("500,50")
    expect(page.locator("[data-goal]")).to_have_text("1\xa0500,50\xa0₽")
    organiser.sees("Всё на месте", "Сохранено в")
    with (
        page.expect_response(lambda answer: answer.request.method == "POST"),
        before_script(page, page.url, "**/js/draft*.js"),
    ):
        page.locator("[name=lines-2-title]").fill("Скамьи")
    page.goto(page.url)
    expect(page.locator("[name=lines-2-title]")).to_have_value("Скамьи")


def send_picture(organiser: Walker, own: str, alt: str, *, is_cover: bool) -> None:
    page = organiser.page
    with before_script(page, f"{organiser.url}{own}pictures/", "**/js/picture*.js"):
        page.get_by_label("Картинка", exact=True).set_input_files(photo())
    expect(page.get_by_role("img", name="Какой будет обложка")).to_be_visible(visible=is_cover)
    page.get_by_label("Что на ней видно").fill(alt)
    organiser.press("Отправить картинку")
    expect(page.get_by_role("img", name=alt)).to_be_visible(timeout=60_000)


def take(organiser: Walker, own: str, button: str, state: str, why: str = "") -> None:
    """Press an act's button on the project's own page, say yes, and see the state that it leads to."""
    page = organiser.go(own)
    organiser.follow(button)
    if why:
        page.get_by_label("Почему").fill(why)
    organiser.press(button)
    expect(page.get_by_role("heading", name="Мои проекты")).to_be_visible()
    organiser.go(own)
    expect(page.locator(".badge").first).to_have_text(state)


def approve(member: Walker, campaign: int) -> None:
    """Look at everything on the council's list, and approve."""
    page = member.go(f"/desk/campaigns/campaign/{campaign}/change/")
    page.get_by_role("link", name="Одобрить").click()
    tick_everything(page)
    member.press("Одобрить")
    expect(page.get_by_text("Готово.", exact=True)).to_be_visible()


def lead_to_launch(organiser: Walker, council: list[Walker], own: str, title: str) -> int:
    """Take a project there and back before two members have said yes: taken back, sent back, changed once more."""
    take(organiser, own, "Отдать на рассмотрение", "На рассмотрении")
    take(organiser, own, "Забрать обратно", "Черновик")
    take(organiser, own, "Отдать на рассмотрение", "На рассмотрении")
    first, second = council
    first.go(f"/desk/campaigns/campaign/?q={title.split()[1]}").get_by_role("link", name=title).click()
    number = int(re.findall(r"campaign/(\d+)/", first.page.url)[0])
    step(first, number, "Попросить доработать", "Нет полива")
    organiser.go(own)
    organiser.sees("На доработке", "Нет полива")
    organiser.follow("К черновику")
    organiser.sees("Нет полива")
    organiser.page.get_by_label("Рассказ").fill("Чтобы была **тень**. Полив — от школы.")
    organiser.press("Сохранить")
    organiser.sees("Сохранено в")
    take(organiser, own, "Отдать на рассмотрение", "На рассмотрении")
    first.go(f"/desk/campaigns/campaign/{number}/change/").get_by_role("link", name="Одобрить").click()
    first.sees("Что просил совет", "Нет полива", "Полив — от школы.")
    for member in council:
        approve(member, number)
    take(organiser, own, "Изменить ещё раз", "Черновик")
    take(organiser, own, "Отдать на рассмотрение", "На рассмотрении")
    for member in council:
        approve(member, number)
    assert second.is_refused(*STAFFS_ALONE)
    take(organiser, own, "Открыть сбор", "Идёт сбор")
    return number


def amend(organiser: Walker, own: str, part: str, field: str, value: str, reason: str) -> None:
    """Change one thing that donors knew, saying why."""
    page = organiser.go(f"{own}amend/")
    form = page.locator("details").filter(has=page.locator(f"[name={field}]"))
    form.locator("summary").filter(has_text=part).click()
    form.locator(f"[name={field}]").fill(value)
    form.get_by_label("Почему; это прочитают все").fill(reason)
    form.get_by_role("button", name="Опубликовать поправку").click()
    expect(page.get_by_text("Готово.", exact=True)).to_be_visible()


def amend_everything(organiser: Walker, own: str) -> None:
    day = str(timezone.localdate() + timedelta(days=100))
    amend(organiser, own, "Рассказ", "story-value", "Чтобы были **тень** и скамьи.", "Просили соседи")
    amend(organiser, own, "В одном предложении", "summary-value", "Тридцать лип и скамьи", "Скамей не было слышно")
    amend(organiser, own, "Будет готово к", "delivery_due_date-value", day, "Питомник просит подождать")
    amend(organiser, own, "Смета", "lines-1-title", "Скамьи и урны", "Урны входят в ту же сумму")
    page = organiser.go(f"{own}amend/")
    page.locator("summary").filter(has_text="Смета").click()
    page.locator("[name=lines-1-amount]").fill("400")
    page.locator("[name=budget-reason]").fill("Хотим меньше")
    page.get_by_role("button", name="Опубликовать поправку").last.click()
    organiser.sees("Строки должны давать те же цель и минимум")
    organiser.go(own)
    organiser.follow("Перенести последний день")
    page.get_by_label("Новый последний день сбора").fill(str(timezone.localdate() + timedelta(days=40)))
    page.get_by_label("Почему; это прочитают все").fill("Школа вышла с каникул")
    organiser.press("Перенести последний день")
    organiser.sees("Готово.")
    expect(page.get_by_role("main").get_by_role("link", name="Перенести последний день")).to_have_count(0)


def save_gifts(organiser: Walker, own: str) -> str:
    """Return the table of gifts as it is saved."""
    page = organiser.go(own)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Таблицей (CSV)").click()
    assert saved.value.suggested_filename.endswith("-gifts.csv")
    return Path(saved.value.path()).read_text(encoding="utf-8-sig")


def report(organiser: Walker, own: str, title: str) -> None:
    """Tell what was done and what it cost, with a picture."""
    page = organiser.go(own)
    organiser.sees("Отчитайтесь о сделанном")
    organiser.follow(re.compile(rf"^Отчёт ?: {title}"))
    organiser.follow("Картинки отчёта")
    send_picture(organiser, own, "Готовая аллея", is_cover=False)
    page = organiser.go(f"{own}report/")
    page.get_by_label("Что сделано").fill("Липы **растут**, скамьи стоят.")
    page.get_by_label("Саженцы: потрачено").fill("990,10")
    organiser.press("Опубликовать отчёт")  # a sum is missing
    organiser.sees("Обязательное поле")
    page.get_by_label("Скамьи и урны: потрачено").fill("480")
    organiser.press("Опубликовать отчёт")
    organiser.sees("а в книгах значится")
    organiser.press("Опубликовать отчёт")
    expect(page.locator(".badge").first).to_have_text("Выполнен, отчёт сдан")


def give_up_another(organiser: Walker, reader: Walker) -> None:
    page, mark = organiser.go("/me/projects/new/"), uuid4().hex[:6]
    page.get_by_label("Как называется проект?").fill(f"Пруд {mark}")
    page.get_by_label("В одном предложении").fill("Чистый пруд")
    organiser.press("Начать")
    organiser.follow("Отказаться от черновика")
    organiser.press("Отказаться от черновика")
    expect(page.get_by_role("listitem").filter(has_text=f"Пруд {mark}").get_by_text("Отменён")).to_be_visible()
    organiser.go(f"/me/projects/prud-{mark}/")
    organiser.misses("Писать")
    assert reader.status(f"/projects/prud-{mark}/") == 404


def collect(organiser: Walker, reader: Walker, stack: Stack, slug: str) -> None:
    """See two gifts at the organiser's desk and in the saved table, then end the collection and begin the work."""
    own, public = f"/me/projects/{slug}/", f"/projects/{slug}/"
    paid(stack, campaign=slug, amount_kopecks=700_50, public_name="=HYPERLINK(1)")
    paid(stack, campaign=slug, amount_kopecks=300_00, email="nobody@example.org")
    table = save_gifts(organiser, own)
    assert "'=HYPERLINK(1)" in table
    assert "700,50" in table
    assert "nobody@example.org" not in table
    organiser.sees("1 000,50 ₽", "Неизвестный даритель")
    take(organiser, own, "Завершить сбор", "Сбор завершён", "Питомник отдаёт липы дешевле")
    reader.go(public)
    expect(reader.page.locator(".badge").first).to_have_text("Сбор завершён")
    reader.sees("Сбор закрыт: пожертвования больше не принимаются.", "1 000,50 ₽", "Питомник отдаёт липы дешевле")
    assert stack.give(campaign=slug).status_code == 409
    take(organiser, own, "Начать работу", "Выполняется")
    reader.go(public)
    expect(reader.page.locator(".badge").first).to_have_text("Выполняется")


def read_amendments(reader: Walker, public: str) -> None:
    reader.go(public)
    reader.sees("Тридцать лип и скамьи", "Скамьи и урны")
    reader.sees("Просили соседи", "Скамей не было слышно", "Питомник просит подождать", "Урны входят в ту же сумму")
    reader.sees("Школа вышла с каникул")
    reader.misses("Хотим меньше")


def read_report(reader: Walker, public: str) -> None:
    reader.go(public)
    expect(reader.page.get_by_role("heading", name="Отчёт о проекте")).to_be_visible()
    expect(reader.page.get_by_role("img", name="Готовая аллея")).to_be_visible()
    expect(reader.page.locator(".badge").first).to_have_text("Выполнен, отчёт сдан")
    reader.follow("Отчёт о проекте")
    reader.sees("скамьи стоят", "990,10 ₽", "1 470,10 ₽", "По открытым книгам потрачено 0 ₽.")


def test_an_organisers_whole_way_on_a_telephone_to_the_report(walker: Callable[..., Walker], stack: Stack) -> None:
    slug, cast = f"sad-{uuid4().hex[:6]}", begin(stack, CAST)
    title, own, public = f"Сад {slug[4:]}", f"/me/projects/{slug}/", f"/projects/{slug}/"
    organiser, reader = walker("phone", cast["organiser"]), walker("phone")
    write(organiser, title)
    send_picture(organiser, own, "Липа", is_cover=True)
    assert organiser.is_refused("/desk/", "/desk/campaigns/campaign/")
    reader.go("/projects/")
    reader.misses(title)
    assert reader.status(public) == 404
    council = [walker(size, one) for size, one in zip(("desk", "phone"), cast["council"], strict=True)]
    lead_to_launch(organiser, council, own, title)
    reader.go(public)
    expect(reader.page.get_by_role("img", name="Липа")).to_be_visible()
    reader.sees(title, "Нет полива", "Поддержать")

    amend_everything(organiser, own)
    read_amendments(reader, public)
    collect(organiser, reader, stack, slug)
    report(organiser, own, title)
    read_report(reader, public)
    reader.go(f"/organisers/{cast['public']}/")
    reader.sees("сделано в срок", title, "Выполнен, отчёт сдан")
    give_up_another(organiser, reader)
