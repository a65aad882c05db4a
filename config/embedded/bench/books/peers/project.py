"""A small Django project around one of the others' ledgers, with a database of its own on the same PostgreSQL."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable


def configure(*apps: str, **more: Any) -> None:
    """Set Django up as its documentation has it, with a connection that is kept."""
    settings.configure(
        SECRET_KEY="no secret is kept here",  # noqa: S106
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", *apps],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": os.environ["BENCH_DATABASE"],
                "HOST": os.environ["BENCH_SOCKET"],
                "USER": "postgres",
                "CONN_MAX_AGE": None,
            }
        },
        **more,
    )
    django.setup()


def seconds_in_database(read: Callable[[], object]) -> float:
    """Read; return how long the questions to the database took."""
    from django.db import connection

    spent = 0.0

    def watch(execute: Any, *asked: Any) -> Any:
        nonlocal spent
        began = time.perf_counter()
        try:
            return execute(*asked)
        finally:
            spent += time.perf_counter() - began

    with connection.execute_wrapper(watch):
        read()
    return spent


def run(*statements: tuple[str, list[Any]]) -> None:
    """Run statements in one transaction, without the rules of the tables: for filling alone."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement, values in statements:
            cursor.execute(statement, values)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
