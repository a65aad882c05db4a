"""What the council looks at before it says yes, kept as data in ``checklist.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Item:
    """One thing to look at."""

    key: str
    text: str
    hint: str


def _read() -> tuple[Item, ...]:
    found = tomllib.loads((Path(__file__).resolve().parent / "checklist.toml").read_text(encoding="utf-8"))
    return tuple(Item(key, row["text"], row["hint"]) for key, row in found.items())


CHECKLIST = _read()
KEYS = frozenset(item.key for item in CHECKLIST)
