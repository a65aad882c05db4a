"""Nothing on the site is left in English."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from config.env import BASE_DIR
from people.roles import ROLES

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages import Catalog

ROOMS = ("config", "people", "fund", "communities", "campaigns", "merch", "pages", "api", "templates")
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2)}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\}|<a href='\{\}' [^>]*>|</a>")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with (BASE_DIR / "locale/ru/LC_MESSAGES/django.po").open("rb") as stream:
        return read_po(stream, locale="ru", abort_invalid=True)


def texts_of(path: Path) -> set[str | tuple[str, ...]]:
    """Return what a Python file or a template has to say."""
    source = path.read_text(encoding="utf-8")
    code = source if path.suffix == ".py" else templatize(source)
    return {message for _line, message, _comments, _context in extract("python", BytesIO(code.encode()), KEYWORDS)}


def test_the_catalogue_holds_every_text_and_no_other(catalogue: Catalog) -> None:
    files = [
        path for room in ROOMS for path in (BASE_DIR / room).rglob("*.*") if path.suffix in {".py", ".html", ".txt"}
    ]
    said = set().union(*(texts_of(path) for path in files if not {"migrations", "legal"} & set(path.parts)))
    said |= {role.msgid for role in ROLES.values()} | {role.desk_msgid for role in ROLES.values()}
    known = {message.id for message in catalogue if message.id}

    assert said - known == set()
    assert known - said == set()


def test_every_text_has_its_russian(catalogue: Catalog) -> None:
    empty = [
        message.id
        for message in catalogue
        if message.id and not all(message.string if isinstance(message.string, tuple) else [message.string])
    ]

    assert empty == []
    assert not any(message.fuzzy for message in catalogue if message.id)


def test_a_translation_keeps_what_is_filled_in(catalogue: Catalog) -> None:
    for message in catalogue:
        if isinstance(message.id, str) and message.id:
            assert sorted(PLACEHOLDER.findall(message.id)) == sorted(PLACEHOLDER.findall(str(message.string)))
