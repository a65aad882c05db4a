"""Who looks after the shop in tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from celery import current_app

from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

    from people.models import User


@pytest.fixture
def manager(client: Client) -> User:
    """Return the brand manager, signed in with a second factor."""
    person = make.staff("brand_manager", email="brand@example.org")
    make.sign_in(client, person)
    return person


@pytest.fixture
def stored(tmp_path: Path, settings: Any) -> Path:
    """Keep files in a folder of the test's own."""
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }
    return tmp_path


@pytest.fixture
def press(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> Callable[[str], Any]:
    """Return how a button is pressed: what is handed to the worker is done at once, by its task of that name."""

    class Worker:
        def send_task(self, name: str, kwargs: dict[str, int]) -> None:
            current_app.tasks[name].apply(kwargs=kwargs, throw=True)

    monkeypatch.setattr("campaigns.handing.current_app", Worker())

    def pressed(address: str) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(address)

    return pressed
