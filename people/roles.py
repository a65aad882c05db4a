"""The roles of ``roles.toml``: who may do what."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext

if TYPE_CHECKING:
    from collections.abc import Iterable

ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Role:
    """One role: its name in the table, its title and what it finds at the desk before translation, what it may do."""

    name: str
    msgid: str
    desk_msgid: str
    may: frozenset[str]

    @property
    def title(self) -> str:
        """Return the title in the reader's language."""
        return gettext(self.msgid)

    @property
    def desk(self) -> str:
        """Return what there is at the desk for who holds it, in the reader's language."""
        return gettext(self.desk_msgid)


def _read() -> tuple[dict[str, Role], tuple[frozenset[str], ...]]:
    found = tomllib.loads((Path(__file__).resolve().parent / "roles.toml").read_text(encoding="utf-8"))
    apart = tuple(frozenset(pair) for pair in found.pop("apart"))
    return {name: Role(name, row["title"], row["desk"], frozenset(row["may"])) for name, row in found.items()}, apart


ROLES, APART = _read()


def permissions(names: Iterable[str]) -> frozenset[str]:
    """Return what the roles may do together; a role that is no longer in the table may do nothing."""
    return frozenset(chain.from_iterable(ROLES[name].may for name in names if name in ROLES))


def title(name: str) -> str:
    """Return a role's title in the reader's language; a role that is no longer in the table keeps its bare name."""
    return ROLES[name].title if name in ROLES else name
