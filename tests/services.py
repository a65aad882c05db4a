"""Real PostgreSQL and Redis for the tests: a pytest plugin, loaded before Django's settings are read."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from config.catalogues import compile_catalogues
from config.embedded import ports
from config.embedded.copy import FOREIGN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.plugin import DjangoDbBlocker

    from config.embedded.postgres import Cluster

TEMPLATE = "template_fund"
MEMORY = Path("/dev/shm")
MEMORY_BYTES = 8 * 1024**3  # what all processes of a run may fill, twice over


if os.environ.get("FUND_TEST_PROCESS") != str(os.getpid()):  # each xdist worker gets data and ports of its own
    os.environ["FUND_TEST_PROCESS"] = str(os.getpid())
    for _name in FOREIGN:
        os.environ.pop(_name, None)
    # A disk takes a second for each database that a test is given, memory 30 ms.
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the browser driver keeps an event loop in this thread
    os.environ["VAR"] = tempfile.mkdtemp(prefix="fund-test-")
    os.environ["PORT"] = str(ports.free_pair())
    Path(os.environ["VAR"]).chmod(0o755)
VAR = Path(os.environ["VAR"])
(VAR / "static").mkdir(exist_ok=True)
compile_catalogues()  # before the first text: Django looks for a catalogue once


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(VAR, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Run a PostgreSQL cluster of our own, migrated."""
    from config import env
    from config.embedded.postgres import Cluster
    from tests import seed

    found = Cluster(VAR / "postgres", env.socket_dir(), durable=False)
    seed.put(found.data_dir)
    found.create()
    with found.running():
        yield found


@pytest.fixture(scope="session", autouse=True)
def redis_server() -> Iterator[None]:
    """Run a Redis of our own."""
    from config import env
    from config.embedded import redis
    from config.embedded.postgres import own_directory

    own_directory(env.socket_dir())
    command = redis.server_command(data_dir=VAR / "redis", socket=env.redis_socket())
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        deadline = time.monotonic() + 10
        while not env.redis_socket().exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        yield
        server.terminate()


@pytest.fixture(scope="session")
def migrated_database(cluster: Cluster, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Keep a database as it was migrated by the owner; tests work with its copies, as the site's own role."""
    from django.db import connections

    with cluster.connect() as connection:
        connection.execute(f"ALTER DATABASE fund RENAME TO {TEMPLATE}")
    with django_db_blocker.unblock():
        _clone(cluster, "fund")
        _point("fund")
        yield
        connections.close_all()


@pytest.fixture
def committed(cluster: Cluster, migrated_database: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Give a database whose commits are real, thrown away afterwards; its name."""
    with committed_database(cluster) as name, django_db_blocker.unblock():
        yield name


@pytest.fixture
def books_alone(cluster: Cluster, migrated_database: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Give a database with the ledger's tables and no others: its migrations go back and forth quickly; its name."""
    with committed_database(cluster, template="template0") as name, django_db_blocker.unblock():
        migrate_books()
        yield name


def migrate_books(name: str = "") -> None:
    """Take the ledger's migrations to one of them, or to the last."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["owner"])
    last = [node for node in executor.loader.graph.leaf_nodes() if node[0] == "ledger"]
    executor.migrate([("ledger", name)] if name else last)


@contextmanager
def committed_database(cluster: Cluster, *, template: str = TEMPLATE) -> Iterator[str]:
    """Point every address at a fresh clone for the length of the block."""
    from django.db import connections

    name = f"clone_{uuid4().hex[:12]}"
    _clone(cluster, name, template)
    _point(name)
    try:
        yield name
    finally:
        connections.close_all()
        _point("fund")
        with cluster.connect() as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _clone(cluster: Cluster, name: str, template: str = TEMPLATE) -> None:
    with cluster.connect() as connection:
        statement = f'CREATE DATABASE "{name}" TEMPLATE {template} OWNER fund_owner STRATEGY FILE_COPY'
        connection.execute(statement)


def _point(name: str) -> None:
    from django.db import connections

    for alias in connections:
        connections[alias].close()
        connections.settings[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name


@pytest.fixture(autouse=True)
def empty_redis(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let no test see what another left in the cache."""
    yield
    if "settings" in request.fixturenames or "client" in request.fixturenames or "committed" in request.fixturenames:
        from django.core.cache import cache

        cache.clear()
