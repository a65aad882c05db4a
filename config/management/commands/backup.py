"""``manage.py backup DIRECTORY``: the whole fund, while it lives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.backups.errors import BackupError
from config.backups.making import make_backup

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Print the new backup's path, or exit 1 with a sentence."""

    help = "Backs up database and files into a new directory inside DIRECTORY; needs OWNER_DATABASE_URL."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to."""
        parser.add_argument("directory", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make it."""
        try:
            made = make_backup(directory=options["directory"], now=timezone.now())
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(made))
