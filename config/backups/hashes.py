"""The list of a backup's files with their hashes, as ``sha256sum`` writes and checks it."""

from __future__ import annotations

from hashlib import file_digest
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from config.backups.errors import BackupError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SUMS = "SHA256SUMS"


def sha256_of(path: Path) -> str:
    """Return a file's hash; constant memory."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def sum_line(digest: str, name: str) -> str:
    """Return one line of the list.

    :raises BackupError: if the name can't stand there.
    """
    if "\n" in name or "\\" in name:
        raise BackupError(f"a file's name can't stand in {SUMS}: {name!r}")
    return f"{digest}  {name}\n"


def sums(source: Path) -> Iterator[tuple[str, str]]:
    """Yield hash and name of each file that the list names.

    :raises BackupError: if a line is none, or leads out of the backup.
    """
    with (source / SUMS).open(encoding="utf-8") as stream:
        for line in stream:
            digest, _gap, name = line.rstrip("\n").partition("  ")
            parts = PurePosixPath(name)
            if not name or parts.is_absolute() or ".." in parts.parts:
                raise BackupError(f"{SUMS} holds a line that names no file of the backup: {line!r}")
            yield digest, name


def verify(source: Path) -> int:
    """Check each file against the list; return how many there are.

    :raises BackupError: naming the first that is missing or another.
    """
    count = 0
    for digest, name in sums(source):
        path = source / name
        if not path.is_file():
            raise BackupError(f"{name} is missing from the backup.")
        if sha256_of(path) != digest:
            raise BackupError(f"{name} is not the file that was backed up: its SHA-256 is another.")
        count += 1
    return count
