"""The database connections of exports: a few of their own, so that no download takes one from the pages."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connections
from psycopg_pool import NullConnectionPool, PoolTimeout

from fund.reports.exports.errors import ExportsBusyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

PATIENCE_SECONDS = 1.0
# One snapshot for all that an export reads; the role may not write the books anyway.
READING = r"-c default_transaction_read_only=on -c default_transaction_isolation=repeatable\ read"


def _address() -> dict[str, Any]:
    """Return where the site's own role finds the database, and what an export may do there."""
    found = connections["default"].settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    address = {name: found[setting] for name, setting in names.items() if found[setting]}
    return address | {
        "connect_timeout": found["OPTIONS"]["connect_timeout"],
        "application_name": "fund_export",
        "options": READING,
    }


# Exports are rare and long: a connection is made for each and closed after it; the pool holds how many there are.
POOL = NullConnectionPool(kwargs=_address, max_size=settings.EXPORT_PLACES, open=False, num_workers=1, name="exports")


@contextmanager
def reading() -> Iterator[Connection]:
    """Give a connection for the length of the block.

    :raises ExportsBusyError: if none is free within a second.
    :raises OperationalError: Django's, if the database is away.
    """
    POOL.open()
    with connections["default"].wrap_database_errors:
        try:
            with POOL.connection(timeout=PATIENCE_SECONDS) as connection:
                yield connection
        except PoolTimeout as error:
            raise ExportsBusyError from error
