"""A minimum that is missed: the bar moves while money goes back, what can't go back is paid by bank, by two people."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.walking import Walker, begin, letter
from tests.campaigns.organiser_papers import BIC, account_at
from tests.stack import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tests.stack import Stack

pytestmark = pytest.mark.stack
CAST = """
owner = make.organiser("Каток у дома")
begun = {
    "organiser": session(owner.user, second_factor=False),
    "treasurer": session(make.staff("treasurer")),
    "signer": session(make.staff("signer")),
}
terms = {"funding": "all_or_nothing", "minimum_kopecks": 1_000_00}
begun["campaign"] = make.campaign(
    "katok", title="Каток", by=owner, at=now, closes_at=timezone.now() + timedelta(seconds=20), **terms
).pk
"""
SUMS = (200_00, 100_00, 300_00)
PROJECT = "/projects/katok/"


def see_it_missed(reader: Walker, organiser: Walker) -> None:
    """See on everybody's page, and on the organiser's, that the minimum was not met."""
    page = reader.go(PROJECT)
    reader.sees("Минимум не набран: каждое пожертвование возвращается.", "Денег в ЮKassa сейчас не хватает")
    expect(page.locator(".badge").first).to_have_text("Не собран")
    expect(page.get_by_role("link", name="Поддержать", exact=True)).to_have_count(0)
    page = organiser.go("/me/projects/katok/")
    expect(page.locator(".badge").first).to_have_text("Не собран")
    expect(page.locator(".figure").filter(has_text="ждёт расходов").locator("dd")).to_have_text("0\xa0₽")


def order(treasurer: Walker, number: int, told: str) -> str:
    """Write a payment order down; return the address where another person confirms it."""
    page = treasurer.page
    page.get_by_label("Номер платёжного поручения").fill(str(number))
    page.get_by_label("Дата платёжного поручения").fill(str(timezone.localdate()))
    treasurer.press("Записать")
    treasurer.sees(told, "Вы записали этот документ сами")
    address = page.url.removeprefix(treasurer.url)
    assert treasurer.is_refused(f"{address}approve/")
    return address


def confirm(signer: Walker, number: int) -> None:
    """Find a payment order from the desk's first page, and confirm it."""
    page = signer.go("/desk/")
    signer.follow("Денежные документы, которые ждут вас")
    page.get_by_role("link", name=f"№ {number}", exact=True).click()
    signer.follow("Подтвердить")
    signer.press("Подтвердить и записать в книги")
    signer.sees("Подтверждено: запись в книгах сделана.")


def top_up(treasurer: Walker, signer: Walker, bar: str) -> None:
    """Top ЮKassa's account up, as the bar leads to it."""
    page = treasurer.go(bar)
    treasurer.follow("Деньги и банк")
    treasurer.follow("Записать пополнение счёта в ЮKassa")
    page.get_by_label("Сумма, ₽").fill("1000")
    order(treasurer, 71, "Записано; второй человек подтвердит")
    confirm(signer, 71)


def say_where_to_pay(donor: Walker, gift: dict[str, Any]) -> None:
    """Follow the gift's page to where the bank's details are given; a wrong БИК is said."""
    page = donor.go(f"/gifts/{gift['token']}/")
    donor.sees("Фонд должен вам 300 ₽ и переведёт их на ваш счёт в банке.")
    donor.misses("Попросить возврат")
    donor.follow("Указать, куда перевести")
    page.get_by_label("Получатель, как вас знает банк").fill("Сурская Анна Петровна")
    page.get_by_label("Номер счёта, 20 цифр").fill(account_at())
    for bic, told in (("145655635", "БИК — девять цифр"), (BIC, "Спасибо. Переведём в течение десяти дней")):
        page.get_by_label("БИК банка, 9 цифр").fill(bic)
        donor.press("Отправить")
        donor.sees(told)


def pay_the_debt(treasurer: Walker, signer: Walker, gift: dict[str, Any]) -> None:
    """Look where to pay, write the order down, and let another person confirm it."""
    page = treasurer.go("/desk/returns/debts/")
    row = page.get_by_role("row").filter(has_text=f"№ {gift['id']}")
    row.get_by_role("link", name="показать").click()
    treasurer.sees("Сурская Анна Петровна", account_at(), BIC, f"Возврат пожертвования № {gift['id']}")
    treasurer.follow("Записать платёжное поручение")
    order(treasurer, 72, "Записано; второй человек подтвердит")
    treasurer.go("/desk/returns/debts/")
    expect(row.get_by_text("ждёт второго человека")).to_be_visible()
    confirm(signer, 72)
    treasurer.go("/desk/returns/debts/")
    expect(row).to_have_count(0)


def give_to_what_will_miss(stack: Stack, to: str) -> list[dict[str, Any]]:
    """Give three times before the deadline; ЮKassa will lack money for two refunds, and refuse the third."""
    gifts = [stack.give(campaign="katok", amount_kopecks=kopecks, email=to).json() for kopecks in SUMS]
    stack.control.set(refund_mode="insufficient_funds")
    stack.control.refuse_refunds(stack.payment_id(gifts[2]), "general_decline")
    for gift in gifts:
        stack.control.pay(stack.payment_id(gift))
    return gifts


def wait_until_short(stack: Stack) -> None:
    short = "SELECT count(*) FROM payments_refund WHERE short_since IS NOT NULL"
    with stack.connect() as connection:
        connection.autocommit = True
        wait_until(lambda: connection.execute(short).fetchone() != (0,))


def see_it_done(watcher: Walker, reader: Walker, donor: Walker, gift: dict[str, Any]) -> None:
    """See the end on the bar, whose page was open all the time, on the project's page and on a donor's own."""
    done = ("вернули: 2 из 3", "ЮKassa не приняла, фонд должен дарителям: 1")
    watcher.sees(*done)
    expect(watcher.page.get_by_role("progressbar")).to_have_attribute("value", "100")
    watcher.misses("Денег в ЮKassa не хватает")
    reader.go(PROJECT)
    reader.sees(*done)
    donor.go(f"/gifts/{gift['token']}/")
    donor.sees("Пожертвование вернулось к вам", "Возвращено 200 ₽")


def test_a_missed_campaigns_money_goes_back_and_what_cannot_is_paid_by_bank(
    walker: Callable[..., Walker], stack: Stack
) -> None:
    cast, to = begin(stack, CAST), f"{uuid4().hex}@example.org"
    first, _second, refused = give_to_what_will_miss(stack, to)
    reader, donor, organiser = walker("phone"), walker("phone"), walker("phone", cast["organiser"])
    treasurer, watcher = walker("desk", cast["treasurer"]), walker("desk", cast["treasurer"])
    signer, bar = walker("desk", cast["signer"]), f"/desk/returns/{cast['campaign']}/"
    donor.go(f"/gifts/{first['token']}/")
    donor.sees("Спасибо! Пожертвование в книгах")

    wait_until_short(stack)
    watcher.go("/desk/returns/")
    watcher.follow("Каток")
    watcher.sees("Денег в ЮKassa не хватает", "вернули: 0 из 3")
    see_it_missed(reader, organiser)
    stack.control.set(refund_mode="")
    top_up(treasurer, signer, bar)
    see_it_done(watcher, reader, donor, first)

    say_where_to_pay(donor, refused)
    pay_the_debt(treasurer, signer, refused)
    donor.go(f"/gifts/{refused['token']}/")
    donor.sees("300 ₽ из них фонд перевёл на ваш счёт в банке.")
    assert "платёжное поручение № 72" in letter(stack, to, "Фонд отдал вам долг").get_content()
    assert stack.booked(refused)[-1][1] == 300_00
    assert treasurer.is_refused("/desk/people/user/", "/desk/words/", "/desk/organisers/")
