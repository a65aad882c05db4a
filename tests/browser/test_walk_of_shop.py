"""The brand manager's day on a phone: goods received, an order packed and handed over, a part of it taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.looking import is_fit
from tests.browser.walking import Walker, begin, letter

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tests.stack import Stack

pytestmark = pytest.mark.stack
CAST = """
from tests.fund.sales.orders import order, place
from tests.merch import shelf
word = shelf.fresh()
bag = shelf.product(f"Сумка {word}", slug=f"sumka-{word}")
one = shelf.variant(bag, pieces=5, price=85_000)
sale = place(order((one.item, 3, 85_000), email=f"{word}@example.org"))
begun = {
    "manager": session(make.staff("brand_manager")), "word": word, "sku": one.item.sku, "item": one.item_id,
    "number": sale.number, "sale": sale.pk, "token": sale.token, "payment": str(sale.payment.yookassa_id),
}
"""


def receive(manager: Walker, cast: dict[str, Any]) -> None:
    """Take ten more pieces into stock, by the supplier's paper."""
    page = manager.go(f"/desk/shop/stock/?text={cast['sku']}")
    page.get_by_role("checkbox").first.check()
    manager.press("Принять")
    page.get_by_label("Номер документа").fill("17")
    page.get_by_label("Сколько штук").fill("10")
    page.get_by_label("Цена за штуку").fill("410")
    page.get_by_label("Из неё мастеру").fill("260")
    page.get_by_role("main").get_by_role("button").last.click()
    manager.go(f"/desk/shop/stock/{cast['item']}/")
    manager.sees("15")


def pack(manager: Walker, cast: dict[str, Any]) -> None:
    """Take the order as far as the buyer's hands, from today's list alone."""
    page = manager.go("/desk/shop/today/")
    assert is_fit(page)
    for step in ("Начать собирать", "Собран, ждёт покупателя", "Отдан покупателю"):
        card = page.locator("article").filter(has_text=cast["number"])
        card.get_by_role("button", name=step).click()
        page.wait_for_load_state()
    expect(page.locator("article").filter(has_text=cast["number"])).to_have_count(0)


def ask_to_return(buyer: Walker, cast: dict[str, Any]) -> None:
    """Ask on the order's page to give one of three back; nothing is asked for at first."""
    page = buyer.go(f"/orders/{cast['token']}/")
    buyer.follow("Вернуть товар")
    assert is_fit(page)
    page.get_by_role("spinbutton").fill("0")
    page.get_by_text("Передумал", exact=True).click()
    buyer.press("Попросить вернуть")
    buyer.sees("Укажите, сколько штук возвращаете.")
    page.get_by_role("spinbutton").fill("1")
    buyer.press("Попросить вернуть")
    buyer.sees("Записали.", "вы попросили вернуть товар")
    assert is_fit(page)


def take_back(manager: Walker, cast: dict[str, Any]) -> None:
    """Take one of three pieces back, whole."""
    page = manager.go("/desk/shop/today/")
    page.get_by_role("region", name="Просят принять возврат").get_by_role("link", name=cast["number"]).click()
    manager.sees("Покупатель хочет вернуть товар")
    manager.follow("Товар у нас: принять")
    expect(page.get_by_label("Сколько штук").first).to_have_value("1")
    page.get_by_label("Сколько штук").first.fill("4")
    page.get_by_label("Почему").select_option(label="Покупатель вернул")
    manager.press("Дальше")
    manager.sees("У покупателя")
    page.get_by_label("Сколько штук").first.fill("1")
    manager.press("Дальше")
    manager.sees("Проверьте ещё раз", "850 ₽")
    assert is_fit(page)
    manager.press("Вернуть деньги")
    manager.sees("Покупатель вернул")


def test_a_day_of_the_brand_manager_on_a_phone(stack: Stack, walker: Callable[..., Walker]) -> None:
    cast = begin(stack, CAST)
    manager, buyer = walker("phone", cast["manager"]), walker("phone")
    buyer.go(f"/orders/{cast['token']}/")
    stack.control.pay(cast["payment"])
    buyer.sees("Спасибо! Заказ оплачен.")  # the page found out by itself
    letter(stack, f"{cast['word']}@example.org", "оплачен")

    receive(manager, cast)
    pack(manager, cast)
    letter(stack, f"{cast['word']}@example.org", "ждёт вас")
    buyer.go(f"/orders/{cast['token']}/")
    buyer.sees("Заказ у вас. Спасибо!")
    ask_to_return(buyer, cast)
    take_back(manager, cast)
    told = letter(stack, f"{cast['word']}@example.org", "Возврат по заказу")
    assert "850" in told.get_content()
    buyer.go(f"/orders/{cast['token']}/")
    buyer.sees("из них возвращено: 1")
    assert is_fit(buyer.page)

    page = manager.go("/desk/shop/sales/")
    manager.sees(f"Сумка {cast['word']}")
    assert page.locator("svg[role=img]").count() >= 1
    for path in ("today/", "orders/", f"orders/{cast['sale']}/", "products/", "stock/", "sales/", "table/"):
        shown = manager.go(f"/desk/shop/{path}").content()
        assert f"{cast['word']}@example.org" not in shown
    assert manager.is_refused("/desk/money/payments/")
    assert {"order_paid", "order_handed_over", "order_taken_back", "order_refund"} <= booked(stack, cast["number"])


def booked(stack: Stack, number: str) -> set[str]:
    """Return the kinds of operations about an order."""
    with stack.connect() as connection:
        query = "SELECT kind FROM ledger_operation WHERE memo LIKE %s"
        return {row[0] for row in connection.execute(query, [f"%№ {number}%"]).fetchall()}
