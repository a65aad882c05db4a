"""Compiles message catalogues, on machines that have no gettext."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from config.env import BASE_DIR

if TYPE_CHECKING:
    from pathlib import Path


def compile_catalogues() -> None:
    """Compile every catalogue of the site that is older than its source; safe for many processes at once."""
    for pattern in ("locale/*/LC_MESSAGES/*.po", "*/locale/*/LC_MESSAGES/*.po"):
        for source in BASE_DIR.glob(pattern):
            compile_catalogue(source)


def compile_catalogue(source: Path) -> Path:
    """Write the ``.mo`` beside a ``.po`` where it is missing or older; return its path."""
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return target
    with source.open("rb") as stream:
        catalogue = read_po(stream, locale=source.parent.parent.name, abort_invalid=True)
    fresh = target.with_suffix(f".{os.getpid()}.new")
    with fresh.open("wb") as stream:
        write_mo(stream, catalogue)
    fresh.rename(target)
    return target
