"""A buyer's way in a real browser, on a phone and on a desk: paid, declined, left lying, and without JavaScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.looking import is_fit, no_sideways_scroll
from tests.browser.test_donor import pay
from tests.browser.walking import begin, letter
from tests.stack import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.stack import Stack

pytestmark = pytest.mark.stack
CAST = """
from tests.merch import shelf
from tests.merch.test_checkout import tariff
from fund.sales.models import DeliveryTariff
mug = shelf.product("Кружка с куклой", slug=f"kukla-{shelf.fresh()}")
one = shelf.variant(mug, pieces=5, price=69_000)
if not DeliveryTariff.objects.filter(carrier="cdek", first_postcode="440000").exists():
    tariff()
begun = {"slug": mug.slug, "item": one.item_id}
"""
GOOD, POOR = "5555 5555 5555 4444", "5555 5555 5555 4600"


@pytest.fixture
def mug(stack: Stack) -> dict[str, Any]:
    return begin(stack, CAST)


def counts(stack: Stack, mug: dict[str, Any]) -> tuple[int, int]:
    """Return how many pieces there are, and how many are reserved."""
    with stack.connect() as connection:
        query = "SELECT pieces, reserved FROM sales_stockitem WHERE id = %s"
        row = connection.execute(query, [mug["item"]]).fetchone()
    assert row
    return row[0], row[1]


def put_into_cart(page: Page, stack: Stack, mug: dict[str, Any], many: str = "2") -> None:
    page.goto(f"{stack.url}/shop/")
    no_sideways_scroll(page)
    page.goto(f"{stack.url}/shop/{mug['slug']}/")
    no_sideways_scroll(page)
    page.get_by_label("Сколько штук").fill(many)
    page.get_by_role("button", name="В корзину").click()
    expect(page.get_by_role("heading", name="Корзина")).to_be_visible()
    no_sideways_scroll(page)


def fill(page: Page, email: str) -> None:
    page.get_by_label("Получатель").fill("Анна Петрова")
    page.get_by_label("Телефон").fill("8 900 123-45-67")
    page.get_by_label("Электронная почта").fill(email)
    page.locator("#id_shop_rules").check()
    page.locator("#id_buyer_data").check()


def order(page: Page, email: str) -> None:
    page.get_by_role("link", name="Оформить заказ").click()
    no_sideways_scroll(page)
    fill(page, email)
    page.get_by_role("button", name="Заказать и оплатить").click()


def test_a_buyer_pays_for_what_the_carrier_brings(page: Page, stack: Stack, mug: dict[str, Any]) -> None:
    put_into_cart(page, stack, mug)
    assert is_fit(page)
    page.get_by_label(re.compile("^Штук")).fill("3")
    page.get_by_role("button", name="Изменить").click()
    expect(page.get_by_text("2 070 ₽").first).to_be_visible()
    page.get_by_role("link", name="Оформить заказ").click()
    assert is_fit(page)
    assert not page.locator("#id_shop_rules").is_checked()
    expect(page.get_by_role("textbox", name="Индекс", include_hidden=True)).to_be_hidden()
    page.get_by_text("СДЭК").click()
    page.get_by_role("textbox", name="Индекс", include_hidden=True).fill("440000")
    page.get_by_label("Адрес").fill("Пенза, Московская, 1")
    expect(page.locator("#total").get_by_text("2 420 ₽")).to_be_visible()  # it found out by itself
    fill(page, f"{mug['slug']}@example.org")
    page.get_by_role("button", name="Заказать и оплатить").click()
    expect(page.get_by_text("Тестовый эмулятор, деньги не списываются")).to_be_visible()
    assert counts(stack, mug) == (5, 3)
    pay(page, GOOD)
    page.get_by_role("link", name="Вернуться на сайт").click()

    expect(page.get_by_text("Спасибо! Заказ оплачен.")).to_be_visible()
    assert is_fit(page)
    for private in ("Анна", "900 123", "@example.org"):
        assert private not in page.get_by_role("main").inner_text()
    page.get_by_role("link", name=re.compile("№ ")).first.click()
    expect(page.get_by_role("heading", name=re.compile("Запись №"))).to_be_visible()
    told = letter(stack, f"{mug['slug']}@example.org", "оплачен").get_content()
    assert "/orders/" in told
    page.goto(f"{stack.url}/cart/")
    expect(page.get_by_text("Корзина пуста")).to_be_visible()


def test_who_is_declined_finds_it_all_in_the_cart_again(page: Page, stack: Stack, mug: dict[str, Any]) -> None:
    put_into_cart(page, stack, mug)
    order(page, f"{mug['slug']}@example.org")
    pay(page, POOR)
    page.get_by_role("link", name="Вернуться на сайт").click()
    expect(page.get_by_role("heading", name="Заказ не оплачен")).to_be_visible()
    expect(page.get_by_text("На карте не хватает денег")).to_be_visible()
    no_sideways_scroll(page)
    assert counts(stack, mug) == (5, 0)
    page.get_by_role("button", name="Положить всё в корзину снова").click()
    expect(page.get_by_text("1 380 ₽").first).to_be_visible()


def test_what_was_left_lying_is_on_sale_again(page: Page, stack: Stack, mug: dict[str, Any]) -> None:
    put_into_cart(page, stack, mug)
    order(page, f"{mug['slug']}@example.org")
    expect(page.get_by_text("Тестовый эмулятор, деньги не списываются")).to_be_visible()
    assert counts(stack, mug) == (5, 2)
    stack.control.decline(page.url.split("orderId=")[1], "expired_on_confirmation")
    wait_until(lambda: counts(stack, mug) == (5, 0))


def test_a_cart_survives_the_browser_and_loses_what_is_taken_out(page: Page, stack: Stack, mug: dict[str, Any]) -> None:
    put_into_cart(page, stack, mug)
    kept = page.context.storage_state()
    assert page.context.browser
    later = page.context.browser.new_context(storage_state=kept, locale="ru-RU").new_page()
    later.goto(f"{stack.url}/cart/")
    expect(later.get_by_text("Кружка с куклой").first).to_be_visible()
    later.context.close()
    page.get_by_role("button", name="Убрать").click()
    expect(page.get_by_text("Корзина пуста")).to_be_visible()
    page.get_by_role("button", name="Вернуть").click()
    expect(page.get_by_text("1 380 ₽").first).to_be_visible()


def test_the_way_works_without_javascript(plain_page: Page, stack: Stack, mug: dict[str, Any]) -> None:
    page = plain_page
    put_into_cart(page, stack, mug, "1")
    page.get_by_role("link", name="Оформить заказ").click()
    page.get_by_text("СДЭК").click()
    page.get_by_role("textbox", name="Индекс", include_hidden=True).fill("440000")
    page.get_by_label("Адрес").fill("Пенза, Московская, 1")
    fill(page, f"{mug['slug']}@example.org")
    page.get_by_role("button", name="Заказать и оплатить").click()
    expect(page.get_by_text("Заказ стоит 1 040 ₽")).to_be_visible()  # seen before it is paid
    page.get_by_role("button", name="Заказать и оплатить").click()
    pay(page, GOOD)
    page.get_by_role("link", name="Вернуться на сайт").click()
    expect(page.get_by_text("Спасибо! Заказ оплачен.")).to_be_visible()


WITH_PHOTOS = """
from io import BytesIO
from django.utils import timezone
from merch import photos
from tests.campaigns.test_pictures import photo
from tests.merch import shelf
poster = shelf.product("Плакат", slug=f"plakat-{shelf.fresh()}")
shelf.variant(poster, pieces=1)
by = make.staff("brand_manager")
for alt, size in (("Лицо", (900, 600)), ("Оборот", (600, 900))):
    sent = photos.add_photos(
        product_id=poster.pk, contents=[BytesIO(photo(size))], alt=alt, by=by, now=timezone.now(),
    )
    photos.make_photo(photo_id=sent[0].pk)
begun = {"slug": poster.slug}
"""


def test_a_photo_is_shown_large_and_the_next_one_by_the_arrow(page: Page, stack: Stack) -> None:
    begun = begin(stack, WITH_PHOTOS)
    page.goto(f"{stack.url}/shop/{begun['slug']}/")
    page.get_by_role("link", name=re.compile("Лицо")).click()
    large = page.get_by_role("dialog", name="Фото").get_by_role("img")
    expect(large).to_have_attribute("alt", "Лицо")
    expect(large).to_have_js_property("complete", value=True)
    assert large.evaluate("image => image.naturalWidth") >= 600
    assert is_fit(page)
    page.keyboard.press("ArrowRight")
    expect(large).to_have_attribute("alt", "Оборот")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_photo_opens_without_javascript(plain_page: Page, stack: Stack) -> None:
    begun = begin(stack, WITH_PHOTOS)
    plain_page.goto(f"{stack.url}/shop/{begun['slug']}/")
    with plain_page.expect_response(lambda answer: "/photos/" in answer.url and answer.ok):
        plain_page.get_by_role("link", name=re.compile("Оборот")).click()
