"""What changed between two texts, line by line, as the public and the council read it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_LINES = 600  # above it the old and the new stand whole, one after the other: comparing costs the square of it
SAME, GONE, NEW = "same", "gone", "new"
KEPT_AROUND = 1  # lines shown before and after a change


@dataclass(frozen=True)
class Piece:
    """Some lines that stayed, went or came."""

    kind: str
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """Return what stayed, went and came, in order; of what stayed, the lines beside a change alone."""
    old, new = before.splitlines(), after.splitlines()
    if max(len(old), len(new)) > MOST_LINES:
        return _pieces((GONE, old), (NEW, new))
    found: list[Piece] = []
    for tag, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += _pieces((SAME, _beside(old[first:last], is_first=first == 0, is_last=last == len(old))))
        else:
            found += _pieces((GONE, old[first:last]), (NEW, new[start:end]))
    return found


def _beside(lines: list[str], *, is_first: bool, is_last: bool) -> list[str]:
    if len(lines) <= 2 * KEPT_AROUND + 1:
        return lines
    head = [] if is_first else lines[:KEPT_AROUND]
    tail = [] if is_last else lines[-KEPT_AROUND:]
    return [*head, "…", *tail] if head or tail else []


def _pieces(*groups: tuple[str, list[str]]) -> list[Piece]:
    return [Piece(kind, "\n".join(lines)) for kind, lines in groups if lines]
