"""Fixtures that every test may use; the services behind them are in tests/services.py and tests/stack.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def django_db_setup(migrated_database: None) -> None:
    """Put our own database in the place of pytest-django's."""


@pytest.fixture(scope="session")
def running_stack() -> Iterator[Stack]:
    """Start the whole fund once."""
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
