"""On a phone: two of the council stop a project, its donor decides by the link, the money moves, everybody sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from playwright.sync_api import expect

from config.embedded.copy import wait_until
from tests.browser.test_money_desk import no_sideways_scroll, run, use
from tests.browser.test_my import is_fit

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


def decide(page: Page, stack: Stack, token: str) -> None:
    page.goto(f"{stack.url}/gifts/{token}/")
    page.get_by_role("link", name="Решить").click()
    expect(page.get_by_text(REASON)).to_be_visible()
    assert is_fit(page)
    page.get_by_label("Передать проекту «Лес у Суры»").check()
    page.get_by_role("button", name="Отправить ответ").click()
    expect(page.get_by_text("Ответ записан")).to_be_visible()
    assert is_fit(page)


def test_the_council_stops_a_project_and_its_donor_moves_the_money(phone: Page, stack: Stack) -> None:
    campaign, *keys = run(stack, BEGIN).split("begun ")[1].split()
    gift = stack.give(campaign="stopped", amount_kopecks=700_00).json()
    stack.control.pay(stack.payment_id(gift))
    stack.wait_for(gift["token"], status="succeeded")
    use(phone, stack, keys[0])
    propose(phone, stack, campaign)
    use(phone, stack, keys[1])
    confirm(phone, stack)
    phone.context.clear_cookies()
    decide(phone, stack, gift["token"])
    run(stack, SHARE_OUT)
    wait_until(lambda: ("purpose_moved", 700_00) in stack.booked(gift))

    told = requests.get(f"{stack.url}/api/v1/campaigns/target", timeout=30).json()
    assert (told["raised_kopecks"], told["donors"]) == (700_00, 1)
    phone.goto(f"{stack.url}/projects/stopped/")
    expect(phone.get_by_text("проекту «Лес у Суры»: 1 пожертвование, 700")).to_be_visible()
    assert is_fit(phone)
    phone.goto(f"{stack.url}/gifts/{gift['token']}/purpose/")
    expect(phone.get_by_text("передано проекту «Лес у Суры»")).to_be_visible()
    assert is_fit(phone)
