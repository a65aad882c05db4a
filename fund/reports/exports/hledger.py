"""The journal of hledger (https://hledger.org/hledger.html#journal), so that ``hledger check --strict`` holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fund.reports.exports.plain_text import plain, roubles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from fund.reports.exports.plain_text import Account, Entry

NO_WORD = re.compile(r"[^\w.-]+")


class Hledger:
    """Code: the operation's number. Tags: place in the log, kind, subject, which entry it reverses."""

    def comment(self, line: str) -> str:
        """Return a line for people."""
        return f"; {line}\n".replace("; \n", ";\n")

    def heading(self) -> str:
        """Say how sums are written."""
        return "\ndecimal-mark .\ncommodity 1000.00 RUB\n\n"

    def account(self, account: Account) -> str:
        """Return the line that opens an account. A colon would make a tag of its comment, and some tags rule."""
        return f"account {account.name}  ; {plain(account.title).replace(':', ' —')}\n"

    def opening(self, title: str, day: date, balances: Iterable[tuple[str, int]]) -> Iterator[str]:
        """Give the balances that a period begins with."""
        yield f"\n{day} * {title}\n"
        for name, kopecks in balances:
            yield _side(name, kopecks)

    def entry(self, entry: Entry) -> str:
        """Return an operation. A semicolon would begin a comment."""
        memo = plain(entry.memo).replace(";", ",")
        tags = f"place:{entry.place}, kind:{_word(entry.kind)}, subject:{_word(entry.subject)}"
        if entry.reverses is not None:
            tags += f", reverses:{entry.reverses}"
        sides = "".join(_side(*side) for side in entry.sides)
        return f"\n{entry.day} * ({entry.number}) {memo}  ; {tags}\n{sides}"

    def closing(self, title: str, day: date, balances: Iterable[tuple[str, int]]) -> Iterator[str]:
        """Give balance assertions."""
        yield f"\n{day} * {title}\n"
        for name, kopecks in balances:
            yield f"    {name}  0.00 RUB = {roubles(kopecks)}\n"


def _side(name: str, kopecks: int) -> str:
    return f"    {name}  {roubles(kopecks)}\n"


def _word(text: str) -> str:
    return NO_WORD.sub("_", text)
