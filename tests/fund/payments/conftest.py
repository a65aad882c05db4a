"""Fixtures that several tests of payments begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import make

if TYPE_CHECKING:
    from people.models import User


@pytest.fixture
def treasurer() -> User:
    """Return who writes papers down."""
    return make.staff("treasurer", email="treasurer@example.org")


@pytest.fixture
def signer() -> User:
    """Return the second person."""
    return make.staff("signer", email="signer@example.org")
