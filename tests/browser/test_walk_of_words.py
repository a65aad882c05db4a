"""What people say of a project: asked and answered, let through, complained of, hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser.walking import Walker, begin, letter, link, paid

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack import Stack

pytestmark = pytest.mark.stack
CAST = """
organiser = make.organiser("Речной клуб")
make.campaign("prichal", title="Причал", by=organiser)
begun = {
    "organiser": session(organiser.user, second_factor=False),
    "moderator": session(make.staff("moderator")),
}
"""
PROJECT, OWN = "/projects/prichal/", "/me/projects/prichal/"
ASKED, ANSWERED = "А лодки поместятся?", "Поместятся **двенадцать**."
KIND, RUDE = "Ждём причал всей улицей!", "Глупости всё это."


def ask(reader: Walker, stack: Stack) -> str:
    """Ask the organiser from the project's page, and confirm it by the letter; return the e-mail."""
    email, page = f"{uuid4().hex}@example.org", reader.go(PROJECT)
    reader.follow("Задать вопрос")
    reader.press("Спросить")
    reader.sees("Обязательное поле")
    page.get_by_label("Ваш вопрос").fill(ASKED)
    page.get_by_label("Электронная почта").fill(email)
    page.get_by_label("обработку моих персональных данных").check()
    reader.press("Спросить")
    expect(page.get_by_role("heading", name="Загляните в почту")).to_be_visible()
    reader.go(link(letter(stack, email, "опрос"), "/letters/question/").removeprefix(reader.url))
    reader.sees(ASKED)
    reader.press("Отправить вопрос")
    return email


def answer(organiser: Walker) -> None:
    """Find the question from the project's own page, and answer it."""
    page = organiser.go(OWN)
    organiser.follow("Новости и вопросы")
    organiser.follow("Вопросы без ответа: 1")
    organiser.sees(ASKED)
    organiser.follow("Ответить")
    page.get_by_label("Ваш ответ").fill(ANSWERED)
    organiser.press("Ответить")
    organiser.sees("Ответ опубликован и уйдёт письмом тому, кто спросил.", "На всё отвечено")


def comment(donor: Walker, token: str, words: str, told: str, name: str = "") -> None:
    """Write a comment from a gift's page."""
    page = donor.go(f"/gifts/{token}/")
    donor.follow("Написать комментарий")
    page.get_by_label("Ваш комментарий").fill(words)
    if name:
        page.get_by_label("Как вас подписать").fill(name)
        donor.press("Отправить")  # the name without its consent
        donor.sees("Чтобы показать имя, нужно это согласие")
        page.get_by_label("моё имя показали").check()
    donor.press("Отправить")
    donor.sees(told)


def let_through(moderator: Walker, words: str) -> None:
    """Find the first comment from the desk's first page, and show it."""
    page = moderator.go("/desk/")
    moderator.follow("Что пишут люди")
    row = page.locator("article").filter(has_text=words)
    row.get_by_role("button", name="Показать").click()
    moderator.sees("Комментарий показан.")
    expect(row).to_have_count(0)


def complain(reader: Walker, words: str) -> None:
    page = reader.go(f"{PROJECT}comments/")
    said = page.locator("article").filter(has_text=words)
    said.get_by_role("link", name="Пожаловаться").click()
    reader.press("Пожаловаться")
    reader.sees("Обязательное поле")
    page.get_by_label("Оскорбление или угроза").check()
    reader.press("Пожаловаться")
    reader.sees("Спасибо: модератор посмотрит этот комментарий.")


def judge(moderator: Walker) -> None:
    """Leave one comment that readers complain of, and hide the other for a reason."""
    page = moderator.go("/desk/words/")
    moderator.sees("Читатели пишут:", KIND, RUDE)
    page.locator("article").filter(has_text=KIND).get_by_role("button", name="Оставить").click()
    moderator.sees("Комментарий показан.")
    moderator.misses(KIND)
    row = page.locator("article").filter(has_text=RUDE)
    row.get_by_role("button", name="Скрыть").click()
    moderator.sees("Выберите, почему")
    row.get_by_label("Почему").select_option("Оскорбление или угроза")
    row.get_by_role("button", name="Скрыть").click()
    moderator.sees("Скрыто.", "Никто не жалуется")
    assert moderator.is_refused("/desk/money/payments/", "/desk/wishes/", "/desk/organisers/")


def hide_and_show_a_question(moderator: Walker, reader: Walker) -> None:
    row = moderator.go("/desk/words/question/").locator("article").filter(has_text=ASKED)
    row.get_by_label("Почему").select_option("Реклама")
    row.get_by_role("button", name="Скрыть").click()
    moderator.sees("Скрыто.")
    reader.go(PROJECT)
    reader.misses(ASKED)
    row.get_by_role("button", name="Показать снова").click()
    moderator.sees("Возвращено.")
    reader.go(PROJECT)
    reader.sees(ASKED)


def ask_and_answer(reader: Walker, organiser: Walker, stack: Stack) -> None:
    asker = ask(reader, stack)
    reader.go(PROJECT)
    reader.sees("1 вопрос ждёт ответа")
    reader.misses(ASKED)
    answer(organiser)
    assert "Поместятся" in letter(stack, asker, "твет").get_content()
    reader.go(PROJECT)
    reader.sees(ASKED, "Отвечает организатор", "двенадцать")
    reader.go(f"{PROJECT}questions/")
    reader.sees(ASKED, "двенадцать")


def test_what_is_asked_is_answered_and_what_is_rude_is_hidden(walker: Callable[..., Walker], stack: Stack) -> None:
    cast = begin(stack, CAST)
    reader, donor = walker("phone"), walker("phone")
    organiser, moderator = walker("phone", cast["organiser"]), walker("desk", cast["moderator"])
    ask_and_answer(reader, organiser, stack)

    token = str(paid(stack, campaign="prichal", email=f"{uuid4().hex}@example.org")["token"])
    comment(donor, token, KIND, "первый комментарий прочитает модератор", name="Мария с Набережной")
    reader.go(PROJECT)
    reader.misses(KIND)
    let_through(moderator, KIND)
    reader.go(PROJECT)
    reader.sees(KIND, "Мария с Набережной", "даритель проекта")
    comment(donor, token, RUDE, "Ваш комментарий опубликован.")
    for words in (KIND, RUDE):
        complain(reader, words)

    judge(moderator)
    reader.go(f"{PROJECT}comments/")
    reader.sees(KIND, "Скрыто модератором: Оскорбление или угроза")
    reader.misses(RUDE)
    hide_and_show_a_question(moderator, reader)
