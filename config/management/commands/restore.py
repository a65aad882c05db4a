"""``manage.py restore BACKUP``: into an empty database, then a recount of the books."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from config.backups.errors import BackupError
from config.backups.restoring import restore_backup

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Say what came back, or exit 1 with a sentence."""

    help = "Restores a backup into an empty database; needs OWNER_DATABASE_URL."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take which."""
        parser.add_argument("backup", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Restore it."""
        try:
            found = restore_backup(source=options["backup"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        books = found.books
        counted = f"{books.operations} operations, {books.postings} postings, {found.files} files"
        if books.fault:
            raise CommandError(f"restored {counted}, but the books are not whole: {books.fault}")
        self.stdout.write(f"restored {counted}: balanced")
