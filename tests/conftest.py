"""Fixtures that every test may use; the services behind them are in tests/services.py."""

import pytest


@pytest.fixture(scope="session")
def django_db_setup(migrated_database: None) -> None:
    """Put our own database in the place of pytest-django's."""
