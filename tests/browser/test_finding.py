"""Somebody on a phone finds a project by words and by a district of the map, and takes the widget's code along."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.stack import Stack


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('href') ?? ''"))


def press_until(page: Page, ending: str, *, most: int = 40) -> None:
    """Press Tab until what has the focus leads there."""
    for _press in range(most):
        if focused(page).endswith(ending):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by keyboard to {ending}")


@pytest.mark.stack
def test_a_project_is_found_by_words_and_map_with_the_keyboard_and_its_widget_taken(
    browser: Browser, stack: Stack
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ru-RU", reduced_motion="reduce")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(f"{stack.url}/projects/")
    everything = int(re.sub(r"\D", "", page.locator(".finder__total").inner_text()))
    page.get_by_role("searchbox").fill("джаза")
    page.keyboard.press("Enter")
    page.locator("mark").first.wait_for()
    assert "q=" in page.url, "htmx writes the address"
    assert 0 < page.locator(".card").count() < everything
    assert page.get_by_role("searchbox").input_value() == "джаза"
    page.go_back()
    page.wait_for_url(f"{stack.url}/projects/")

    page.goto(f"{stack.url}/projects/map/")
    page.locator(".city__map a").first.focus()
    press_until(page, "?district=leninsky")
    shape = page.locator(".district--leninsky path")
    assert shape.evaluate("path => parseFloat(getComputedStyle(path).strokeWidth)") > 10, "the focus is seen"
    page.keyboard.press("Enter")
    page.wait_for_url(f"{stack.url}/projects/?district=leninsky")
    assert page.locator(".chosen__one").inner_text().startswith("Ленинский район")

    page.goto(f"{stack.url}/projects/jazz-may/")
    page.get_by_text("На своём сайте").click()
    page.get_by_role("button", name="Скопировать код").click()
    page.get_by_role("button", name="Скопировано").wait_for()
    code = page.evaluate("navigator.clipboard.readText()")
    assert code == page.locator("#widget-code").input_value()
    address = re.search(r'src="([^"]+/projects/jazz-may/widget/)"', code)
    assert address

    frame = context.new_page()
    frame.route("http://elsewhere.test/", lambda route: route.fulfill(content_type="text/html", body=code))
    frame.goto("http://elsewhere.test/")
    inside = frame.frame_locator("iframe")
    inside.get_by_role("link", name="Поддержать").wait_for()
    assert context.cookies([address[1]]) == []
    context.close()
