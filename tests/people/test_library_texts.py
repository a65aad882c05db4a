"""What we say in the place of libraries is what they ask for, and is said."""

from __future__ import annotations

from pathlib import Path

import allauth
import unfold
from babel.messages.pofile import read_po

from config.env import BASE_DIR

SUFFIXES = {".py", ".html", ".txt"}


def source() -> str:
    rooms = [Path(library.__file__ or "").parent for library in (allauth, unfold)]
    files = [path for room in rooms for path in room.rglob("*") if path.suffix in SUFFIXES]
    return " ".join(" ".join(path.read_text(encoding="utf-8") for path in files).split())


def test_every_text_of_theirs_is_one_that_they_show() -> None:
    with (BASE_DIR / "people/locale/ru/LC_MESSAGES/django.po").open("rb") as stream:
        ours = [message for message in read_po(stream, locale="ru", abort_invalid=True) if message.id]
    shown = source()
    firsts = [message.id if isinstance(message.id, str) else message.id[0] for message in ours]
    heads = [" ".join(first.split("%(")[0].replace('"', "").split())[:40] for first in firsts]

    assert [head for head in heads if head not in shown.replace('"', "")] == []
    assert all(all(message.string if isinstance(message.string, tuple) else [message.string]) for message in ours)
