"""Makes a backup of the living fund."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage
from django.db import connections, transaction

from config.backups import postgres
from config.backups.errors import BackupError
from config.backups.hashes import SUMS, sha256_of, sum_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

FORMAT = 1
DUMP = "database.dump"
FILES = "files"
MANIFEST = "manifest.json"
PIECE = 1024 * 1024
TO_RESTORE = "Check: sha256sum -c SHA256SUMS. Restore into an empty database: manage.py restore DIRECTORY."
MIGRATIONS = "SELECT app, max(name) FROM django_migrations GROUP BY app ORDER BY app"
CHECKPOINT = "SELECT id, watermark, operations, postings FROM ledger_checkpoint ORDER BY watermark DESC LIMIT 1"


def make_backup(*, directory: Path, now: datetime) -> Path:
    """Write a backup into a directory of its own, which gets its name when all of it is on disk; return that.

    The site goes on: the database is read in one snapshot, and files are copied after it, so each file that the
    snapshot names is there. It holds personal data: only its owner may read it.

    :raises BackupError: if it can't be made; nothing with a backup's name is left then.
    """
    postgres.require_owner()
    name = f"fund-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    if (directory / name).exists():
        raise BackupError(f"{directory / name} exists already: a backup was made in this very second.")
    fresh = directory / f".{name}.{os.getpid()}.partial"
    try:
        fresh.mkdir(mode=0o700, parents=True)
        manifest = _fill(fresh, now)
        _write(fresh / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
        _sync(fresh)
        return fresh.rename(directory / name)
    except OSError as error:
        raise BackupError(f"the backup can't be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _fill(fresh: Path, now: datetime) -> dict[str, Any]:
    with _snapshot() as (snapshot, told):
        postgres.dump(target=fresh / DUMP, snapshot=snapshot)
    with (fresh / SUMS).open("x", encoding="utf-8") as listed:
        listed.write(sum_line(sha256_of(fresh / DUMP), DUMP))
        count = sum(1 for name in _stored() if _keep(name, fresh, listed))
    for name in (DUMP, SUMS):
        (fresh / name).chmod(0o600)
    return {
        "format": FORMAT,
        "made_at": now.astimezone(UTC).isoformat(),
        **told,
        "files": count,
        "sums_sha256": sha256_of(fresh / SUMS),
        "to_restore": TO_RESTORE,
    }


@contextmanager
def _snapshot() -> Iterator[tuple[str, dict[str, Any]]]:
    """Hold one moment of the database; give its name, and what stands in it."""
    _major, full = postgres.server_version()
    with transaction.atomic(using=postgres.OWNER), connections[postgres.OWNER].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        cursor.execute(MIGRATIONS)
        migrations = dict(cursor.fetchall())
        cursor.execute(CHECKPOINT)
        row = cursor.fetchone()
        checkpoint = dict(zip(("id", "watermark", "operations", "postings"), row, strict=True)) if row else None
        yield snapshot, {"postgresql": full, "migrations": migrations, "checkpoint": checkpoint}


def _stored(folder: str = "") -> Iterator[str]:
    """Yield the name of every stored file, whatever the storage."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored
        return
    yield from (f"{folder}{name}" for name in sorted(names))
    for inner in sorted(folders):
        yield from _stored(f"{folder}{inner}/")


def _keep(name: str, fresh: Path, listed: Any) -> bool:
    """Copy one file and list it; False where it was taken away meanwhile, as a half-made receipt is."""
    target = fresh / FILES / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = sha256()
    try:
        with default_storage.open(name) as source, target.open("xb") as copy:
            for piece in source.chunks(PIECE):
                digest.update(piece)
                copy.write(piece)
    except FileNotFoundError:
        return False
    target.chmod(0o600)
    listed.write(sum_line(digest.hexdigest(), f"{FILES}/{name}"))
    return True


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def _sync(directory: Path) -> None:
    """Let everything reach the disk before the backup gets its name."""
    for path in (*directory.rglob("*"), directory):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
