"""Somebody on a phone finds a project by words and by a district of the map, and takes the widget's code along."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """Open a page on a phone that lets the site write to its clipboard."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ru-RU", reduced_motion="reduce")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def find_by_words(page: Page, url: str) -> None:
    """Search, see what is marked, go back."""
    page.goto(f"{url}/projects/")
    everything = int(re.sub(r"\D", "", page.locator(".finder__total").inner_text()))
    page.get_by_role("searchbox").fill("джаза")
    page.keyboard.press("Enter")
    page.locator("mark").first.wait_for()
    assert "q=" in page.url, "htmx writes the address"
    assert 0 < page.locator(".card").count() < everything
    assert page.get_by_role("searchbox").input_value() == "джаза"
    page.go_back()
    page.wait_for_url(f"{url}/projects/")


def find_by_map(page: Page, url: str) -> None:
    """Reach a district of the map by keyboard, and open its list."""
    page.goto(f"{url}/projects/map/")
    page.locator(".city__map a").first.focus()
    press_until(page, "?district=leninsky")
    shape = page.locator(".district--leninsky path")
    assert shape.evaluate("path => parseFloat(getComputedStyle(path).strokeWidth)") > 10, "the focus is seen"
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/projects/?district=leninsky")
    assert page.locator(".chosen__one").inner_text().startswith("Ленинский район")


@contextmanager
def elsewhere(body: str) -> Iterator[str]:
    """Serve a page on another site of this machine: browsers let no page of the open net look into a local one."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


def take_widget(page: Page, url: str) -> str:
    """Copy the code of a project's widget; return it."""
    page.goto(f"{url}/projects/jazz-may/")
    page.get_by_text("На своём сайте").click()
    page.get_by_role("button", name="Скопировать код").click()
    page.get_by_role("button", name="Скопировано").wait_for()
    code = str(page.evaluate("navigator.clipboard.readText()"))
    assert code == page.locator("#widget-code").input_value()
    return code


@pytest.mark.stack
def test_a_project_is_found_by_words_and_map_with_the_keyboard_and_its_widget_taken(phone: Page, stack: Stack) -> None:
    find_by_words(phone, stack.url)
    find_by_map(phone, stack.url)
    code = take_widget(phone, stack.url)

    frame = phone.context.new_page()
    with elsewhere(code) as address:
        frame.goto(address)
        frame.frame_locator("iframe").get_by_role("link", name="Поддержать").wait_for()
    assert phone.context.cookies([f"{stack.url}/projects/jazz-may/widget/"]) == []
