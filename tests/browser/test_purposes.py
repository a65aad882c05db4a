"""On a phone: two of the council stop a project, its donor decides by the link, the money moves, everybody sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from playwright.sync_api import expect

from config.embedded.copy import wait_until
from tests.browser.looking import is_fit, no_sideways_scroll
from tests.browser.test_money_desk import run, use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.stack import Stack

pytestmark = pytest.mark.stack
BEGIN = """
from datetime import timedelta
from django.test import Client
from django.utils import timezone
from tests import make
now = timezone.now()
one = make.campaign("stopped", title="Сад на пустыре", at=now)
two = make.campaign("target", title="Лес у Суры", at=now)
keys = [make.sign_in(Client(), make.staff("council_member")).session.session_key for _ in range(2)]
print("begun", one.pk, *keys)
"""
SHARE_OUT = """
from campaigns.models import PurposeQuestion
from campaigns.repurposing.sharing import share_out
question = PurposeQuestion.objects.get(campaign__slug="stopped")
assert share_out(question_id=question.pk, now=question.deadline_at)
"""
ANSWERS = {
    "Передать проекту «Лес у Суры»": (700_00, "purpose_moved", "передано проекту «Лес у Суры»"),
    "Вернуть мне": (300_00, "purpose_refund", "вернули туда, откуда вы платили"),
    "Оставить на общие цели фонда": (200_00, "purpose_left", "передано на общие цели фонда"),
}
REASON = "Пустырь отдали под парковку."


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ru-RU", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def propose(page: Page, stack: Stack, campaign: str) -> None:
    page.goto(f"{stack.url}/desk/purposes/campaigns/{campaign}/")
    page.get_by_label("Почему деньги нельзя использовать").fill(REASON)
    no_sideways_scroll(page)
    page.get_by_role("button", name="Предложить").click()
    expect(page.get_by_text("Подтвердить должен другой член совета")).to_be_visible()
    no_sideways_scroll(page)


def confirm(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/desk/purposes/")
    no_sideways_scroll(page)
    page.get_by_role("link", name="Сад на пустыре").click()
    page.get_by_role("link", name="Подтвердить").click()
    page.get_by_role("button", name="Подтвердить").click()
    expect(page.get_by_text("Дарителей спрашивают")).to_be_visible()


def decide(page: Page, stack: Stack, token: str, answer: str) -> None:
    page.goto(f"{stack.url}/gifts/{token}/")
    page.get_by_role("link", name="Решить").click()
    expect(page.get_by_text(REASON)).to_be_visible()
    assert is_fit(page)
    page.get_by_role("button", name="Отправить ответ").click()
    expect(page.get_by_text("Выберите один из ответов.")).to_be_visible()
    page.get_by_label(answer).check()
    page.get_by_role("button", name="Отправить ответ").click()
    expect(page.get_by_text("Ответ записан")).to_be_visible()
    expect(page.get_by_label(answer)).to_be_checked()
    assert is_fit(page)


def paid(stack: Stack, kopecks: int) -> dict[str, Any]:
    gift = stack.give(campaign="stopped", amount_kopecks=kopecks).json()
    stack.control.pay(stack.payment_id(gift))
    return stack.wait_for(gift["token"], status="succeeded")


def test_the_council_stops_a_project_and_each_donor_decides_about_the_money(phone: Page, stack: Stack) -> None:
    campaign, *keys = run(stack, BEGIN).split("begun ")[1].split()
    gifts = {answer: paid(stack, kopecks) for answer, (kopecks, _kind, _words) in ANSWERS.items()}
    use(phone, stack, keys[0])
    propose(phone, stack, campaign)
    use(phone, stack, keys[1])
    confirm(phone, stack)
    phone.context.clear_cookies()
    for answer, gift in gifts.items():
        decide(phone, stack, gift["token"], answer)
    phone.goto(f"{stack.url}/projects/stopped/")
    expect(phone.get_by_text("Проект остановлен и больше не принимает пожертвований.")).to_be_visible()
    expect(phone.locator(".badge").first).to_have_text("Отменён")
    assert is_fit(phone)
    run(stack, SHARE_OUT)
    for answer, (kopecks, kind, _words) in ANSWERS.items():
        wait_until(lambda gift=gifts[answer], moved=(kind, kopecks): moved in stack.booked(gift))  # type: ignore[misc]

    told = requests.get(f"{stack.url}/api/v1/campaigns/target", timeout=30).json()
    assert (told["raised_kopecks"], told["donors"]) == (700_00, 1)
    phone.goto(f"{stack.url}/projects/stopped/")
    expect(phone.get_by_text("проекту «Лес у Суры»: 1 пожертвование, 700")).to_be_visible()
    assert is_fit(phone)
    for answer, (_kopecks, _kind, words) in ANSWERS.items():
        phone.goto(f"{stack.url}/gifts/{gifts[answer]['token']}/purpose/")
        expect(phone.get_by_text(words)).to_be_visible()
        assert is_fit(phone)
