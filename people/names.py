"""What a name may hold that is shown to everybody."""

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
