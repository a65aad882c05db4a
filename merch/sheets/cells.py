"""Single cells of the catalogue's table: text to value and back. Knows no rows and no database.

What a spreadsheet would take for a formula is written with an apostrophe before it, and so is what begins with an
apostrophe itself; both are read back as they were.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from fund.money import NotMoneyError, parse_roubles
from fund.reports.exports.cells import FORMULA, safe_cell
from merch.models import Product
from merch.models.catalogue import HIGHEST_PRICE_KOPECKS, MOST_TAGS, SLUG
from people.names import visible, visible_lines

if TYPE_CHECKING:
    from collections.abc import Callable

KEEP: Any = object()  # an empty cell that leaves things as they are
SKU = re.compile(r"[0-9A-Z][0-9A-Z-]{0,39}")
YES, NO = "yes", "no"
ANSWERS = {YES: True, "1": True, "да": True, "true": True, NO: False, "0": False, "нет": False, "false": False}
LONGEST_TAG = 30
APOSTROPHE = "'"


class CellError(Exception):
    """A cell can't be so; its text is a sentence for who wrote it."""


def escaped(text: str) -> str:
    """Return a text as a cell that no spreadsheet runs."""
    return f"'{text}" if text.startswith(APOSTROPHE) else safe_cell(text)


def bare(text: str) -> str:
    """Return what a cell says.

    :raises CellError: if it begins as a formula does.
    """
    if text[:1] in FORMULA:
        raise CellError(_("a cell begins as a formula does; write an apostrophe before it if it is meant"))
    if text[:1] == APOSTROPHE and text[1:2] in {*FORMULA, APOSTROPHE} - {""}:
        return text[1:]
    return text


def line(most: int) -> Callable[[str], str]:
    """Return how words of one line are read."""

    def read(text: str) -> str:
        return _short(visible(text), most)

    return read


def lines(most: int) -> Callable[[str], str]:
    """Return how words of several lines are read."""

    def read(text: str) -> str:
        return _short(visible_lines(text), most)

    return read


def slug(text: str) -> str:
    """Return an address, or nothing.

    :raises CellError: if it is none.
    """
    found = text.strip()
    if found and (len(found) > 80 or not re.fullmatch(SLUG, found)):  # noqa: PLR2004 - as long as the longest address
        raise CellError(_("an address has small Latin letters, digits and single dashes only"))
    return found


def sku(text: str) -> str:
    """Return an article number in capital letters, or nothing.

    :raises CellError: if it is none.
    """
    found = text.strip().upper()
    if found and not SKU.fullmatch(found):
        raise CellError(_("an article number has at most 40 Latin letters, digits and dashes"))
    return found


def tags(text: str) -> list[str]:
    """Return small words, each once.

    :raises CellError: if they are too many or too long.
    """
    found = list(dict.fromkeys(word for word in (visible(one).lower() for one in text.split(",")) if word))
    if len(found) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in found):
        raise CellError(_("at most ten tags, each of thirty letters at most"))
    return found


def roubles(text: str) -> Any:
    """Return a sum in kopecks; an empty cell leaves it as it is.

    :raises CellError: if it is no sum, or more than a souvenir costs.
    """
    if not text.strip():
        return KEEP
    try:
        found = parse_roubles(text)
    except NotMoneyError as error:
        raise CellError(_("write the sum in roubles, for example 500 or 1250,50")) from error
    if found > HIGHEST_PRICE_KOPECKS:
        raise CellError(_("the sum is more than a souvenir costs"))
    return found


def whole(least: int, most: int) -> Callable[[str], Any]:
    """Return how a whole number is read; an empty cell leaves it as it is."""

    def read(text: str) -> Any:
        found = text.strip()
        if not found:
            return KEEP
        if not re.fullmatch(r"[0-9]{1,9}", found) or not least <= int(found) <= most:
            raise CellError(_("a whole number from %(least)d to %(most)d is wanted") % {"least": least, "most": most})
        return int(found)

    return read


def answer(text: str) -> Any:
    """Return yes or no; an empty cell leaves it as it is.

    :raises CellError: if it is neither.
    """
    found = text.strip().lower()
    if not found:
        return KEEP
    if found not in ANSWERS:
        raise CellError(_("write yes or no"))
    return ANSWERS[found]


def state(text: str) -> Any:
    """Return a product's state; an empty cell leaves it as it is.

    :raises CellError: if it is none.
    """
    found = text.strip().lower()
    if not found:
        return KEEP
    if found not in Product.State.values:
        raise CellError(_("a state is draft, listed or withdrawn"))
    return found


def written_roubles(kopecks: int) -> str:
    """Return a sum as a Russian spreadsheet reads it as a number."""
    whole_roubles, rest = divmod(kopecks, 100)
    return f"{whole_roubles},{rest:02}" if rest else str(whole_roubles)


def _short(text: str, most: int) -> str:
    if len(text) > most:
        raise CellError(_("at most %(most)d letters fit") % {"most": most})
    return text
