"""Fixtures that tests of several rooms of campaigns begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from tests import make

if TYPE_CHECKING:
    from people.models import User


@pytest.fixture
def own_files(settings: Any, tmp_path: Any) -> None:
    """Let files of each test lie in a place of their own."""
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }


@pytest.fixture
def person() -> User:
    """Return somebody with a password who may apply as an organiser."""
    return make.user("anna@example.org", password=make.PASSWORD)


@pytest.fixture
def browser(person: User) -> Client:
    """Return that person's browser, signed in."""
    return make.sign_in(Client(), person, second_factor=False)
