"""Fixtures that every test may use; the services behind them are in tests/services.py and tests/stack.py."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import requests
from django.conf import settings

from config import env
from config.embedded.copy import wait_until
from config.embedded.run import emulator_command
from emulator.control import EmulatorControl
from tests import make
from tests.services import VAR
from tests.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from people.models import User


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what needs the running fund come last: its processes take a third of a core even where nobody gives."""
    items.sort(key=lambda item: "stack" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def django_db_setup(migrated_database: None) -> None:
    """Put our own database in the place of pytest-django's."""


@pytest.fixture(scope="session")
def running_stack() -> Iterator[Stack]:
    """Start the whole fund once in each test process."""
    stack = Stack()
    try:
        stack.prepare()
        stack.start()
        stack.wait_ready()
        yield stack
    finally:
        stack.stop()


@pytest.fixture
def stack(running_stack: Stack) -> Iterator[Stack]:
    """Give the running fund, with no fault left over from another test."""
    yield running_stack
    running_stack.control.run("clear")
    running_stack.control.set(webhook_drop=0, webhook_copies=1, webhook_delay=0, webhook_hold=0, refund_mode="")
    running_stack.start_missing()
    running_stack.wait_ready()


@pytest.fixture(scope="session")
def running_emulator() -> Iterator[EmulatorControl]:
    """Start the emulator once, where this process's settings look for ЮKassa."""
    shop = env.yookassa()

    def is_up() -> bool:
        try:
            return requests.get(f"{shop.emulator_url}/_emulator/health", timeout=2).ok
        except requests.RequestException:
            return False

    with subprocess.Popen(emulator_command(env.port(), VAR), cwd=env.BASE_DIR, env=os.environ) as process:
        wait_until(is_up)
        yield EmulatorControl(shop.emulator_url, shop.emulator_token)
        process.terminate()


@pytest.fixture
def control(running_emulator: EmulatorControl) -> EmulatorControl:
    """Give an emulator that remembers nothing."""
    running_emulator.run("reset")
    return running_emulator


@pytest.fixture(scope="session", autouse=True)
def blanks_of_libraries(_fail_for_invalid_template_variable: None) -> None:
    """Let a library's own templates (the desk's) use variables that nobody set; ours may not."""
    templates: Any = settings.TEMPLATES
    kind = type(templates[0]["OPTIONS"]["string_if_invalid"])
    strict = kind.__mod__

    def lenient(self: Any, name: Any) -> str:
        return "" if "site-packages" in _template_being_rendered() else str(strict(self, name))

    kind.__mod__ = lenient


def _template_being_rendered() -> str:
    frame = sys._getframe(1)
    while frame := frame.f_back:  # type: ignore[assignment]
        origin = getattr(frame.f_locals.get("self"), "origin", None) if frame.f_code.co_name == "render" else None
        if origin is not None:
            return str(origin)
    return ""


@pytest.fixture
def treasurer() -> User:
    """Return who proposes refunds and writes papers down."""
    return make.staff("treasurer", email="treasurer@example.org")


@pytest.fixture
def signer() -> User:
    """Return the second person."""
    return make.staff("signer", email="signer@example.org")
