"""``manage.py export_ledger --format csv``: the books as a file, cut at a signed checkpoint."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from fund.reports.exports.cutting import cut_books
from fund.reports.exports.errors import NothingSealedError, UnknownCheckpointError
from fund.reports.exports.formats import FORMATS
from fund.reports.exports.forms import ExportForm
from fund.reports.exports.streams import Download

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from fund.reports.exports.cutting import Cut

STANDARD_OUTPUT = "-"


class Command(BaseCommand):
    """Write to the standard output, or to a file that is there only if it is whole."""

    help = "Writes the books as a file: the whole log up to a signed checkpoint, or a period of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the format and the part."""
        parser.add_argument("--format", required=True, choices=list(FORMATS))
        parser.add_argument("--since", default="", help="the first business date, such as 2026-01-01")
        parser.add_argument("--until", default="", help="the last business date")
        parser.add_argument("--checkpoint", default="", help="how many entries it counts; the newest without")
        parser.add_argument("--output", default=STANDARD_OUTPUT, help="a file; the standard output without")

    def handle(self, *_arguments: Any, output: str, **options: Any) -> None:
        """Write it.

        :raises CommandError: if there is no such export, or the file can't be written.
        """
        cut = _cut(options)
        download = Download(FORMATS[options["format"]], cut)
        try:
            if output == STANDARD_OUTPUT:
                sys.stdout.buffer.writelines(download)
            else:
                _write(Path(output), download)
        except OSError as error:
            raise CommandError(f"{output} can't be written: {error.strerror}.") from error
        finally:
            download.close()
        self.stderr.write(f"{options['format']}: {cut.head.size} entries in the log\n{cut.head.note}")


def _cut(options: dict[str, Any]) -> Cut:
    asked = ExportForm(options)
    if not asked.is_valid():
        raise CommandError(" ".join(f"{name}: {text}" for name, texts in asked.errors.items() for text in texts))
    try:
        return cut_books(**asked.cleaned_data)
    except UnknownCheckpointError as error:
        raise CommandError(f"There is no signed checkpoint of {options['checkpoint']} entries.") from error
    except NothingSealedError as error:
        raise CommandError("Nothing has been sealed yet.") from error


def _write(path: Path, download: Download) -> None:
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            file.writelines(download)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
