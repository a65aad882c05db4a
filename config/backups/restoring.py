"""Brings a backup back to life in an empty database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from config.backups import postgres
from config.backups.errors import BackupError
from config.backups.hashes import SUMS, sha256_of, sums, verify
from config.backups.making import DUMP, FILES, FORMAT, MANIFEST, PIECE
from fund.ledger.audit import Audit, audit
from fund.ledger.services import continue_books

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROLES = ("fund_app", "fund_sealer")
RELATIONS = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' ORDER BY 1 LIMIT 1
"""
MISSING_ROLES = "SELECT role FROM unnest(%s::text[]) role WHERE role NOT IN (SELECT rolname FROM pg_roles)"


@dataclass(frozen=True)
class Restored:
    """What came back, and what a recount of the books says of it."""

    files: int
    books: Audit
    checkpoint: dict[str, Any] | None


def restore_backup(*, source: Path) -> Restored:
    """Restore database and files, bring them to this code's state, let the books go on, sign all out, recount them.

    Files come first: they may be copied twice. Then the database, whole or not at all.

    :raises BackupError: if the backup is not whole, or the database or the files are not empty.
    """
    postgres.require_owner()
    manifest = read_manifest(source)
    files = verify(source) - 1
    _require_place(source)
    for _digest, name in _files(source):
        _bring(source, name)
    postgres.restore(source=source / DUMP)
    connections.close_all()
    call_command("migrate", database=postgres.OWNER, verbosity=0)
    continue_books()
    _end_sessions()
    return Restored(files, audit(), manifest["checkpoint"])


def read_manifest(source: Path) -> dict[str, Any]:
    """Return what the backup says of itself.

    :raises BackupError: if it is none, was changed, or is newer than this code.
    """
    try:
        manifest: dict[str, Any] = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
        is_ours = manifest["format"] == FORMAT and manifest["sums_sha256"] == sha256_of(source / SUMS)
        migrations = dict(manifest["migrations"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{source} is no whole backup: its {MANIFEST} or {SUMS} is missing or broken.") from error
    if not is_ours:
        raise BackupError(f"{source} is no backup of this format, or its {SUMS} was changed.")
    known = MigrationLoader(None).disk_migrations
    newer = [f"{app} {name}" for app, name in migrations.items() if (app, name) not in known]
    if newer:
        raise BackupError(f"the backup is newer than this code, which does not know {newer[0]}: take that version.")
    return manifest


def _end_sessions() -> None:
    """Sign everybody out: who left, lost a role or used a link up since the backup would be in again."""
    with connections[postgres.OWNER].cursor() as cursor:
        cursor.execute("DELETE FROM people_session")
        cursor.execute("UPDATE people_visit SET ends_at = now() WHERE ends_at > now()")


def _require_place(source: Path) -> None:
    """Check that nothing would be overwritten, and that the roles are there to be given their rights."""
    with connections[postgres.OWNER].cursor() as cursor:
        cursor.execute(RELATIONS)
        row = cursor.fetchone()
        if row:
            raise BackupError(f"the database is not empty, it holds {row[0]}: restore into a new one.")
        cursor.execute(MISSING_ROLES, [list(ROLES)])
        missing = [name for (name,) in cursor.fetchall()]
    if missing:
        raise BackupError(f"the role {missing[0]} is missing: create the three roles first (README.md, Settings).")
    for digest, name in _files(source):
        if default_storage.exists(name) and _stored_sha256(name) != digest:
            raise BackupError(f"another file named {name} is stored already: restore into an empty storage.")


def _files(source: Path) -> Iterator[tuple[str, str]]:
    return ((digest, name.removeprefix(f"{FILES}/")) for digest, name in sums(source) if name != DUMP)


def _stored_sha256(name: str) -> str:
    digest = sha256()
    with default_storage.open(name) as stored:
        for piece in stored.chunks(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _bring(source: Path, name: str) -> None:
    if default_storage.exists(name):
        return
    with (source / FILES / name).open("rb") as kept:
        default_storage.save(name, File(kept))
