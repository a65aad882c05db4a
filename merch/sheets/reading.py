"""A file that was sent, as rows of cells: or a sentence why it is no table of ours."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merch.sheets.columns import COLUMNS, HEAD

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 10_000
DELIMITERS = ";\t,"
NO_TABLE = gettext_lazy("This is no table: save it as «CSV UTF-8» and send it again.")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class SheetError(Exception):
    """The file is no table of the catalogue; its text is a sentence for who sent it."""


@dataclass(frozen=True)
class Row:
    """One row: its number in the file (the head is 1), and its cells by column."""

    number: int
    cells: dict[str, str]


def decoded(content: bytes) -> str:
    """Return the file's text.

    :raises SheetError: if it is too large, or not in UTF-8.
    """
    if len(content) > MOST_BYTES:
        raise SheetError(_("The file is larger than 5 MB: split it into several."))
    if content.startswith(UTF_16):
        raise SheetError(_("The file is saved in UTF-16. Save it as «CSV UTF-8» and send it again."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if _is_cyrillic(content):
            raise SheetError(
                _("The file is saved in Windows-1251. Save it as «CSV UTF-8» and send it again: nothing is lost.")
            ) from error
        raise SheetError(str(NO_TABLE)) from error
    if "\x00" in text:
        raise SheetError(str(NO_TABLE))
    return text


def rows_of(text: str) -> list[Row]:
    """Return the table's rows; empty ones are left out.

    :raises SheetError: if its head names no columns of ours, or it is too long.
    """
    head_line = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=head_line.count)
    found = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        table = [(number, row) for number, row in enumerate(found, start=1) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise SheetError(
            _("A quotation mark is not closed, or stands where none can be: the table can't be read.")
        ) from error
    if not table:
        raise SheetError(_("The file is empty."))
    head = _head(table[0][1])
    if len(table) - 1 > MOST_ROWS:
        raise SheetError(_("The table has more than 10,000 rows: split it into several."))
    return [Row(number, dict(zip(head, row, strict=False)) | _rest(head, row)) for number, row in table[1:]]


def _head(cells: list[str]) -> list[str]:
    """Return the columns' names."""
    names = [cell.strip().lower() for cell in cells]
    strange = [name for name in names if name not in HEAD]
    if strange:
        shown = ", ".join(repr(name[:30]) for name in strange[:5])
        raise SheetError(_("The first row names columns that are not known: %(names)s.") % {"names": shown})
    if len(set(names)) < len(names):
        raise SheetError(_("The first row names a column twice."))
    if not {"product", "sku"} & set(names):
        raise SheetError(_("The table has neither the column product nor the column sku."))
    return [name if name in COLUMNS else "" for name in names]


def _rest(head: list[str], row: list[str]) -> dict[str, str]:
    """Return what stands right of the last column, under the name of none; a short row's missing cells are empty."""
    rest = "".join(row[len(head) :]).strip()
    missing = dict.fromkeys(head[len(row) :], "")
    return missing | ({"…": rest} if rest else {})


def _is_cyrillic(content: bytes) -> bool:
    """Return whether bytes read as Windows-1251 are mostly Russian letters where they are not Latin."""
    high = [byte for byte in content[:100_000] if byte > 127]  # noqa: PLR2004 - beyond ASCII
    russian = sum(byte >= 0xC0 or byte in {0xA8, 0xB8} for byte in high)  # noqa: PLR2004 - А to я, Ё and ё
    return bool(high) and b"\x00" not in content and russian * 10 > len(high) * 7
