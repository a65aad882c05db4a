"""What of names and texts can be seen by everybody who reads them."""

from __future__ import annotations

import unicodedata

INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn"}  # control, format (also what turns text around), private, surrogates, none
BLANKS = dict.fromkeys(map(ord, "\N{HANGUL FILLER}\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}"
                                "\N{HALFWIDTH HANGUL FILLER}\N{BRAILLE PATTERN BLANK}"), " ")  # fmt: skip


def visible(text: str) -> str:
    """Return the text without what can't be seen or turns its neighbours around; empty if nothing is left."""
    kept = (" " if char.isspace() else char for char in text)
    seen = "".join(char for char in kept if unicodedata.category(char) not in INVISIBLE)
    return " ".join(seen.translate(BLANKS).split())


def visible_lines(text: str) -> str:
    """Return a text without what can't be seen or turns its neighbours around; its lines stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").translate(BLANKS).split("\n")
    kept = ("".join(char for char in line if unicodedata.category(char) not in INVISIBLE) for line in lines)
    return "\n".join(line.rstrip() for line in kept).strip()
