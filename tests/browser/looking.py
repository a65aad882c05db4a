"""What every page is looked at for, once it is there: nothing is wider than the screen, and no barrier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page


def is_narrow(page: Page) -> bool:
    """Return whether a page is no wider than the screen."""
    page.wait_for_load_state()  # a click waits until the next page begins, not until it is there
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def no_sideways_scroll(page: Page) -> None:
    """Let a test go on where a page is no wider than the screen."""
    page.locator("main").wait_for()
    assert is_narrow(page)


def barriers(page: Page, options: dict[str, Any] | None = None) -> list[Any]:
    """Return which rules of axe a page breaks, and where first."""
    page.wait_for_load_state()
    found = Axe().run(page, options={"resultTypes": ["violations"]} | (options or {})).response["violations"]
    return [(rule["id"], [node["target"] for node in rule["nodes"]][:5]) for rule in found]


def is_fit(page: Page) -> bool:
    """Return whether a page has no barrier and no sideways scroll."""
    assert barriers(page) == []
    return is_narrow(page)
