"""Whole kopecks: their type, how they are split, read and shown. Pure Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NewType

from num2words import num2words

if TYPE_CHECKING:
    from collections.abc import Sequence

Kopecks = NewType("Kopecks", int)

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
KOPECKS_IN_ROUBLE = 100
_ROUBLES = re.compile(r"(?P<roubles>\d{1,13})(?:[.,](?P<kopecks>\d{1,2}))?", re.ASCII)


class NotMoneyError(ValueError):
    """A text is not a sum in roubles and whole kopecks."""


def split(amount_kopecks: Kopecks, weights: Sequence[int]) -> list[Kopecks]:
    """Return shares in proportion to whole weights that add up to the amount exactly.

    The kopecks left over by rounding down go to the largest remainders, the earlier first.

    :raises ValueError: if a weight is negative, all are nought, or the amount is negative.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0 or amount_kopecks < 0:
        message = "a split needs an amount and weights of nought or more, one of them more"
        raise ValueError(message)
    shares = [amount_kopecks * weight // total for weight in weights]
    remainders = [amount_kopecks * weight % total for weight in weights]
    left = amount_kopecks - sum(shares)
    for index in sorted(range(len(weights)), key=lambda place: (-remainders[place], place))[:left]:
        shares[index] += 1
    return [Kopecks(share) for share in shares]


def format_roubles(amount_kopecks: int) -> str:
    """Return «1 234,50 ₽» with non-breaking spaces; whole roubles show no kopecks."""
    sign = "−" if amount_kopecks < 0 else ""
    roubles, kopecks = divmod(abs(amount_kopecks), KOPECKS_IN_ROUBLE)
    fraction = f",{kopecks:02}" if kopecks else ""
    return f"{sign}{format_whole(roubles)}{fraction}{NO_BREAK_SPACE}₽"


def format_columns(amount_kopecks: int) -> str:
    """Return «1 234,50» with non-breaking spaces: always with kopecks, so that they stand under one another."""
    roubles, kopecks = divmod(abs(amount_kopecks), KOPECKS_IN_ROUBLE)
    return f"{'−' if amount_kopecks < 0 else ''}{format_whole(roubles)},{kopecks:02}"


def format_whole(number: int) -> str:
    """Return «23 340», thousands apart by a non-breaking space."""
    return f"{number:,}".replace(",", NO_BREAK_SPACE)


def parse_roubles(text: str) -> Kopecks:
    """Return the sum that a person typed: «1 234,5», «1234.50», «500 ₽».

    :raises NotMoneyError: if it is no such sum, or names parts of a kopeck.
    """
    bare = re.sub(r"[\s₽]", "", text)
    found = _ROUBLES.fullmatch(bare)
    if not found:
        raise NotMoneyError(text)
    return Kopecks(int(found["roubles"]) * KOPECKS_IN_ROUBLE + int((found["kopecks"] or "0").ljust(2, "0")))


def to_decimal_text(amount_kopecks: int) -> str:
    """Return «1234.50», as ЮKassa writes sums."""
    roubles, kopecks = divmod(amount_kopecks, KOPECKS_IN_ROUBLE)
    return f"{roubles}.{kopecks:02}"


def from_decimal_text(text: str) -> Kopecks:
    """Return the kopecks of «1234.50».

    :raises NotMoneyError: if the text is anything else.
    """
    found = re.fullmatch(r"(\d{1,13})\.(\d{2})", text, re.ASCII)
    if not found:
        raise NotMoneyError(text)
    return Kopecks(int(found[1]) * KOPECKS_IN_ROUBLE + int(found[2]))


def in_words(amount_kopecks: int) -> str:
    """Return «Одна тысяча двести рублей 50 копеек», as Russian receipts write sums."""
    roubles, kopecks = divmod(amount_kopecks, KOPECKS_IN_ROUBLE)
    words = num2words(roubles, lang="ru")
    rouble = _plural(roubles, "рубль", "рубля", "рублей")
    kopeck = _plural(kopecks, "копейка", "копейки", "копеек")
    return f"{words[:1].upper()}{words[1:]} {rouble} {kopecks:02} {kopeck}"


def _plural(number: int, one: str, few: str, many: str) -> str:
    last, last_two = number % 10, number % 100
    if last == 1 and last_two != 11:  # noqa: PLR2004 - Russian grammar
        return one
    if last in {2, 3, 4} and last_two not in {12, 13, 14}:
        return few
    return many
