"""The Beancount file (https://beancount.github.io/docs/beancount_language_syntax.html): ``bean-check`` takes it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from fund.reports.exports.plain_text import plain, roubles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fund.reports.exports.plain_text import Account, Entry

EARLY = date(1970, 1, 1)  # before whatever the fund has booked


class Beancount:
    """Metadata: number, place in the log, kind, subject. A link joins an operation and its reversal."""

    def comment(self, line: str) -> str:
        """Return a line for people."""
        return f";; {line}\n".replace(";; \n", ";;\n")

    def heading(self) -> str:
        """Say what is counted."""
        return f'\noption "operating_currency" "RUB"\n{EARLY} commodity RUB\n\n'

    def account(self, account: Account) -> str:
        """Return the directive that opens an account."""
        return f"{EARLY} open {account.name} RUB\n  code: {_quoted(account.code)}\n  name: {_quoted(account.title)}\n"

    def opening(self, title: str, day: date, balances: Iterable[tuple[str, int]]) -> Iterator[str]:
        """Give the balances that a period begins with."""
        yield f"\n{day} * {_quoted(title)}\n"
        for name, kopecks in balances:
            yield _side(name, kopecks)

    def entry(self, entry: Entry) -> str:
        """Return an operation."""
        links = f"^entry-{entry.number}"
        if entry.reverses is not None:
            links += f" ^entry-{entry.reverses}"
        sides = "".join(_side(*side) for side in entry.sides)
        return (
            f"\n{entry.day} * {_quoted(entry.memo)} {links}\n  number: {entry.number}\n  place: {entry.place}\n"
            f"  kind: {_quoted(entry.kind)}\n  subject: {_quoted(entry.subject)}\n{sides}"
        )

    def closing(self, title: str, day: date, balances: Iterable[tuple[str, int]]) -> Iterator[str]:
        """Give balance assertions. They hold at the beginning of a day; without a tolerance one kopeck would pass."""
        yield f"\n;; {title}\n"
        for name, kopecks in balances:
            number, currency = roubles(kopecks).split()
            yield f"{day + timedelta(days=1)} balance {name}  {number} ~ 0.00 {currency}\n"


def _side(name: str, kopecks: int) -> str:
    return f"  {name}  {roubles(kopecks)}\n"


def _quoted(text: str) -> str:
    return '"' + plain(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
