"""PostgreSQL's own programs, called as the owner."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from django.db import connections

from config.backups.errors import BackupError
from config.embedded.postgres import BIN_DIR

if TYPE_CHECKING:
    from pathlib import Path

OWNER = "owner"
VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
CLIENT_SETTINGS = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "NAME": "PGDATABASE"}


def require_owner() -> None:
    """Check that this process has the owner's address.

    :raises BackupError: if it has not.
    """
    if OWNER not in connections:
        raise BackupError("OWNER_DATABASE_URL is not set: backup and restore work as the database's owner.")


def server_version() -> tuple[int, str]:
    """Return the server's major version, and its version in full. One query."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000, current_setting('server_version')")
        major, full = cursor.fetchone()
    return int(major), str(full)


def dump(*, target: Path, snapshot: str) -> None:
    """Write the database as one snapshot sees it; who reads and writes meanwhile is not stopped.

    :raises BackupError: if PostgreSQL refuses.
    """
    _run("pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}")


def restore(*, source: Path) -> None:
    """Bring a dump into the owner's database, whole or not at all. Rights of the other roles come with it.

    :raises BackupError: if PostgreSQL refuses.
    """
    name = str(connections[OWNER].settings_dict["NAME"])
    flags = ["--exit-on-error", "--single-transaction", "--no-owner", f"--dbname={name}"]
    _run("pg_restore", *flags, str(source))


def _run(program: str, *arguments: str) -> None:
    found = {name: str(connections[OWNER].settings_dict[key]) for key, name in CLIENT_SETTINGS.items()}
    address = {name: value for name, value in found.items() if value}
    command = [_path_of(program), *arguments]
    done = subprocess.run(command, env=os.environ | address, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise BackupError(f"{program} ended with {done.returncode}: {lines[-1]}")


def _path_of(program: str) -> str:
    """Return the program that is no older than the server: an older one refuses, or would leave something out."""
    major, full = server_version()
    beside = BIN_DIR / program  # the embedded wheel's
    for path in (shutil.which(program), str(beside) if beside.exists() else None):
        if path and _major(path) >= major:
            return path
    raise BackupError(f"{program} {major} or newer is missing; the server is PostgreSQL {full}: install its client.")


def _major(path: str) -> int:
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    match = VERSION.search(told)
    return int(match[1]) if match else 0
