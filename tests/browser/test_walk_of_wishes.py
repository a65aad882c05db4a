"""A donor wants a gift back: declined with an answer, agreed by two people, taken back while it is their own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser.walking import Walker, begin, letter, paid

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tests.stack import Stack

pytestmark = pytest.mark.stack
CAST = """
begun = {role: session(make.staff(role)) for role in ("treasurer", "signer", "auditor")}
later = now + timedelta(days=9)
make.campaign("besedka", title="Беседка", at=now)
terms = {"funding": "all_or_nothing", "minimum_kopecks": 1_000_00, "goal_kopecks": 2_000_00}
make.campaign("skvorechniki", title="Скворечники", at=now, closes_at=later, **terms)
"""
WHY, ANSWER = "Ошиблась на один ноль.", "Доски уже куплены, но спасибо, что спросили."


def ask(donor: Walker, gift: dict[str, Any]) -> None:
    """Ask for a gift back from its page; a reason is needed."""
    page = donor.go(f"/gifts/{gift['token']}/")
    donor.follow("Попросить возврат")
    donor.press("Отправить просьбу")
    donor.sees("Обязательное поле")
    page.get_by_label("Почему просите вернуть").fill(WHY)
    donor.press("Отправить просьбу")
    donor.sees("Ваша просьба у казначея фонда.", "ответ казначея придёт по электронной почте")
    expect(page.get_by_role("link", name="Попросить возврат")).to_have_count(0)


def open_wish(treasurer: Walker, gift: dict[str, Any]) -> None:
    """Find a request from the desk's first page."""
    page = treasurer.go("/desk/")
    treasurer.follow("Просят вернуть пожертвование")
    page.get_by_role("row").filter(has_text=f"№ {gift['id']}").get_by_role("link").first.click()
    treasurer.sees(WHY, "Беседка")


def decline(treasurer: Walker, gift: dict[str, Any]) -> None:
    open_wish(treasurer, gift)
    treasurer.press("Отказать")
    treasurer.sees("Обязательное поле")
    treasurer.page.get_by_label("Что прочитает даритель").fill(ANSWER)
    treasurer.press("Отказать")
    treasurer.sees("Отказано: даритель узнает об этом по электронной почте.", ANSWER)
    expect(treasurer.page.get_by_role("button", name="Согласиться")).to_have_count(0)


def agree(treasurer: Walker, signer: Walker, gift: dict[str, Any]) -> None:
    """Agree to a sum above what one person may send back, and let the second say yes."""
    open_wish(treasurer, gift)
    treasurer.press("Согласиться")
    treasurer.sees("Возврат ждёт второго человека; пока ничего не отправлено.")
    page = signer.go("/desk/")
    signer.follow("Возвраты ждут вашего решения")
    page.get_by_role("row").filter(has_text=f"№ {gift['id']}").get_by_role("link").first.click()
    signer.follow("Одобрить")
    signer.press("Одобрить и отправить")
    signer.sees("Одобрено: возврат отправляется")


def take_back(donor: Walker, stack: Stack, gift: dict[str, Any]) -> None:
    """Take a gift back whose minimum is not met: nobody is asked."""
    donor.go(f"/gifts/{gift['token']}/")
    donor.follow("Попросить возврат")
    donor.sees("деньги пока ваши")
    donor.press("Забрать пожертвование")
    donor.sees("Пожертвование возвращается к вам.")
    stack.wait_for(gift["token"], status="refunded")
    donor.go(f"/gifts/{gift['token']}/")
    donor.sees("Пожертвование вернулось к вам", "Возвращено 400 ₽")
    assert stack.booked(gift)[-1][1] == 400_00


def test_a_gift_is_asked_back_and_another_taken_back(walker: Callable[..., Walker], stack: Stack) -> None:
    cast, to = begin(stack, CAST), f"{uuid4().hex}@example.org"
    donor, reader = walker("phone"), walker("phone")
    treasurer, signer, auditor = (walker("desk", cast[role]) for role in ("treasurer", "signer", "auditor"))
    small = paid(stack, campaign="besedka", amount_kopecks=900_00, email=to)
    large = paid(stack, campaign="besedka", amount_kopecks=6000_00, email=f"{uuid4().hex}@example.org")
    own = paid(stack, campaign="skvorechniki", amount_kopecks=400_00)
    ask(donor, small)
    ask(donor, large)

    decline(treasurer, small)
    donor.go(f"/gifts/{small['token']}/")
    donor.sees("Вы просили вернуть это пожертвование. Ответ казначея:", ANSWER)
    assert ANSWER in letter(stack, to, "О вашей просьбе").get_content()
    assert stack.gift(small["token"])["status"] == "succeeded"

    agree(treasurer, signer, large)
    stack.wait_for(large["token"], status="refunded")
    donor.go(f"/gifts/{large['token']}/")
    donor.sees("Пожертвование вернулось к вам", "Возвращено 6 000 ₽")
    treasurer.go("/desk/wishes/")
    treasurer.sees("Отвеченные")
    for gift, answered in ((small, "Отказано"), (large, "Согласовано")):
        expect(treasurer.page.get_by_role("row").filter(has_text=f"№ {gift['id']}")).to_contain_text(answered)
    reader.go("/projects/besedka/")
    reader.sees("900 ₽")
    signer.go("/desk/wishes/")
    signer.sees("Отвеченные")
    assert auditor.is_refused("/desk/wishes/", "/desk/returns/debts/3/")
    assert signer.is_refused("/desk/people/user/", "/desk/words/")

    take_back(donor, stack, own)
    reader.go("/projects/skvorechniki/")
    reader.sees("0 ₽ из 2 000 ₽")
