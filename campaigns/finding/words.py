"""What somebody typed, as questions to the index: what it says, then what it may have meant."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_WORDS = 12
SHORTEST_BEGINNING = 3  # of a word that is looked for by how it begins
LIKELY_RIGHT = 4  # letters at least that a mistyped word has right at its beginning
EXACTLY = re.compile(r'"|(^|\s)-\w')  # «"these words together"», «but -this»: who asks so wants nothing else
WORD = re.compile(r"\w+", re.UNICODE)
LETTERS = str.maketrans("Ёё<>&", "Ее   ")
SIGNS = re.compile(
    "[\u0080-\u00bf\u00d7\u00f7\u2000-\u2bff\u3000-\u303f\ue000-\uf8ff\ufe00-\ufe0f\U0001f000-\U0001faff]"
)


@dataclass(frozen=True)
class Question:
    """A tsquery: SQL without words of the reader's in it, and those words. ``is_exact``: it is what was typed."""

    sql: str
    words: tuple[str, ...]
    is_exact: bool = False


def questions(query: str) -> list[Question]:
    """Return how to look for what was typed; each only where the one before finds nothing at all.

    PostgreSQL's ``pg_trgm`` is no part of core, so a mistyped word is looked for by its beginning.
    """
    folded = fold(query)
    words = [] if EXACTLY.search(folded) else WORD.findall(folded)[:MOST_WORDS]
    found = [Question("websearch_to_tsquery('russian', %s)", (folded,), is_exact=True)]
    if words and len(words[-1]) >= SHORTEST_BEGINNING:
        last = "(plainto_tsquery('russian', %s) || to_tsquery('simple', %s))"
        rest = "plainto_tsquery('russian', %s) && "
        found.append(Question(rest + last, (" ".join(words[:-1]), words[-1], f"{_quoted(words[-1])}:*")))
    beginnings = [_quoted(_beginning(word)) for word in words if len(word) >= SHORTEST_BEGINNING]
    if beginnings:
        found.append(Question("to_tsquery('simple', %s)", (" | ".join(f"{word}:*" for word in beginnings),)))
    return found


def fold(text: str) -> str:
    """Return a text as the index has it, sign for sign: ``campaigns_folded`` in ``migrations/0046_listing.sql``."""
    return SIGNS.sub(" ", text.translate(LETTERS))


def _beginning(word: str) -> str:
    """Return the part of a word that is probably right: its first third, and four letters at least."""
    return word[: max(LIKELY_RIGHT, len(word) // 3)]


def _quoted(word: str) -> str:
    """Return a word as tsquery's text has it. ``WORD`` leaves neither quotes nor backslashes in it."""
    return f"'{word.lower()}'"
