"""A campaign's address on the site, made from its title."""

from __future__ import annotations

import re

from campaigns.models import RESERVED_SLUGS, Campaign

LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
LONGEST = 50  # some places are left for a number
TAKEN = {*RESERVED_SLUGS, "new"}  # words of our own addresses


def slug_of(title: str) -> str:
    """Return a title in Latin letters, digits and dashes; «project» where it has none of them."""
    latin = "".join(LETTERS.get(letter, letter) for letter in title.lower())
    return re.sub(r"[^a-z0-9]+", "-", latin)[:LONGEST].strip("-") or "project"


def free_slug(title: str) -> str:
    """Return an address that no campaign has; the caller takes turns. One query."""
    stem = slug_of(title)
    taken = TAKEN | set(Campaign.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    number, found = 2, stem
    while found in taken:
        found, number = f"{stem}-{number}", number + 1
    return found
