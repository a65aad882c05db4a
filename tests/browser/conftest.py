"""Headless Chromium of the system, on the running fund."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.walking import PATIENCE_MS, Walker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.stack import Stack

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
WIDTHS = {"phone": (390, 844), "desk": (1440, 900)}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once."""
    path = shutil.which("chromium")
    assert path, "Chromium is missing: `make test` installs it, or says how."
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(params=WIDTHS)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """Open a page on a phone and on a desk; what the browser complains of fails the test."""
    width, height = WIDTHS[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="ru-RU", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    found = context.new_page()
    complaints: list[str] = []
    found.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    found.on("pageerror", lambda error: complaints.append(str(error)))
    yield found
    context.close()
    expected = ("422", "404", "409")
    assert [text for text in complaints if not any(f"status of {code}" in text for code in expected)] == []


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    """Open a page without JavaScript."""
    context = browser.new_context(java_script_enabled=False, locale="ru-RU")
    yield context.new_page()
    context.close()


@pytest.fixture
def walker(browser: Browser, stack: Stack) -> Iterator[Callable[..., Walker]]:
    """Let people come, each in a browser of their own and signed in where a session is named.

    What a browser complains of fails the test.
    """
    contexts, complaints = [], []

    def come(size: str, session: str = "") -> Walker:
        width, height = WIDTHS[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="ru-RU", reduced_motion="reduce"
        )
        context.set_default_timeout(20_000)
        if session:
            context.add_cookies([{"name": "sessionid", "value": session, "url": stack.url}])
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return Walker(page, stack.url)

    yield come
    for context in contexts:
        context.close()
    assert [text for text in complaints if "status of 4" not in text] == []
