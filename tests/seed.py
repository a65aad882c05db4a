"""A migrated PostgreSQL, made once for all processes of all runs: to migrate from nothing takes a minute each time."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING

from config import env
from config.embedded.copy import Copy
from config.embedded.postgres import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLACE = env.BASE_DIR / ".venv" / "migrated"
# What a migrated database is made of: the migrations, the texts that they read, the cluster's own making, Django.
SOURCES = ("*/migrations/*", "*/*/migrations/*", "*/legal/*", "*/*/legal/*", "config/embedded/postgres.py", "*.lock")


def put(data_dir: Path) -> None:
    """Copy the migrated cluster to where one is to run; its database is ``fund``, as ``make run`` makes it."""
    with _alone():
        found = PLACE / _mark()
        if not found.exists():
            _make(found)
    subprocess.run(["cp", "-a", str(found), str(data_dir)], check=True)


@contextmanager
def _alone() -> Iterator[None]:
    PLACE.mkdir(parents=True, exist_ok=True)
    with (PLACE / "lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _mark() -> str:
    found = sha256()
    for pattern in SOURCES:
        for path in sorted(env.BASE_DIR.glob(pattern)):
            if path.is_file():
                found.update(f"{path.relative_to(env.BASE_DIR)} {sha256(path.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()


def _make(place: Path) -> None:
    for old in PLACE.iterdir():  # of other migrations, or half made
        if old.is_dir():
            shutil.rmtree(old)
    copy = Copy()
    try:
        copy.prepare(_migrated)
        subprocess.run(["cp", "-a", str(copy.var / "postgres"), f"{place}.fresh"], check=True)
    finally:
        copy.stop()
    (place.parent / f"{place.name}.fresh").rename(place)


def _migrated(var: Path) -> Cluster:
    cluster = Cluster(var / "postgres", env.socket_dir(), durable=False)
    cluster.create()
    with cluster.running():
        cluster.ensure_database("fund")
        command = [sys.executable, "manage.py", "migrate", "--database=owner", "--verbosity=0"]
        subprocess.run(command, cwd=env.BASE_DIR, check=True)
    return cluster
