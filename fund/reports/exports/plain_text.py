"""The books as plain-text accounting: what an hledger journal and a Beancount file have in common."""

from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from fund.reports.exports import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from psycopg import Connection

    from fund.reports.exports.cutting import Cut

ROOTS_FILE = Path(__file__).resolve().parent / "roots.toml"
ROWS_AT_ONCE = 2000
DAY = timedelta(days=1)
CONTROLS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


class Account(NamedTuple):
    """An account, by the name that both programs take."""

    name: str
    code: str
    title: str


class Entry(NamedTuple):
    """One operation; its sides by account name, a debit above nought."""

    place: int
    number: int
    day: date
    kind: str
    subject: str
    memo: str
    reverses: int | None
    sides: list[tuple[str, int]]


class Dialect(Protocol):
    """How one program writes it; each piece ends with a new line."""

    def comment(self, line: str) -> str:
        """Return a line for people."""

    def heading(self) -> str:
        """Return what must stand before all else."""

    def account(self, account: Account) -> str:
        """Return the line that opens an account."""

    def opening(self, title: str, day: date, balances: Iterable[tuple[str, int]]) -> Iterator[str]:
        """Give the balances that a period begins with."""

    def entry(self, entry: Entry) -> str:
        """Return an operation."""

    def closing(self, title: str, day: date, balances: Iterable[tuple[str, int]]) -> Iterator[str]:
        """Give the balances that the program must come to by itself, or complain."""


class Words(NamedTuple):
    """What the file says to people, in the language of the books: the same for every reader."""

    head: list[str]
    opening: str
    closing: str


def write(connection: Connection, cut: Cut, dialect: Dialect) -> Iterator[str]:
    """Give the file piece by piece: heading, accounts, what a period begins with, operations, what they come to."""
    words = _words(cut)
    yield from (dialect.comment(line) for line in words.head)
    yield dialect.heading()
    with connection.cursor() as cursor:
        accounts = cursor.execute(statements.accounts(cut))
        for code, title in accounts:
            yield dialect.account(Account(account_name(code), code, title))
    last = cut.since - DAY if cut.since and cut.since > date.min else None
    if last:
        yield from dialect.opening(words.opening, last, _held(connection, cut, cut.since))
    for entry in entries(connection, cut):
        last = max(last or entry.day, entry.day)
        yield dialect.entry(entry)
    if last:
        beyond = cut.until + DAY if cut.until and cut.until < date.max else None
        yield from dialect.closing(words.closing, last, _balances(connection, cut, beyond))


def entries(connection: Connection, cut: Cut) -> Iterator[Entry]:
    """Give operations in the log's order; no more than some thousand lie in memory."""
    with connection.cursor("entries") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(statements.entries(cut))
        for _place, rows in groupby(cursor, key=lambda row: row[0]):
            lines = list(rows)
            sides = [
                side
                for *_operation, debit, credit, kopecks in lines
                for side in ((account_name(debit), kopecks), (account_name(credit), -kopecks))
            ]
            place, number, day, kind, subject, memo, reverses = lines[0][:7]
            yield Entry(place, number, day, kind, subject, memo, reverses, sides)


def plain(text: str) -> str:
    """Return a text on one line."""
    return CONTROLS.sub(" ", text).strip()


def roubles(kopecks: int) -> str:
    """Return «-1234.50 RUB»."""
    whole, part = divmod(abs(kopecks), 100)
    return f"{'-' if kopecks < 0 else ''}{whole}.{part:02} RUB"


@lru_cache(maxsize=65_536)
def account_name(code: str) -> str:
    """Return «Equity:86:Jazz-may» for «86.jazz-may»; what no table names is equity.

    No two codes have one name: codes are in small letters, and a part that begins with none gets its letter back.
    """
    section, *parts = code.split(".")
    named = [part[:1].upper() + part[1:] if part[:1].isalnum() else f"XX{part}" for part in parts]
    return ":".join([roots().get(section, "Equity"), section, *named])


@cache
def roots() -> dict[str, str]:
    """Return which kind of account each section of the chart is."""
    found = tomllib.loads(ROOTS_FILE.read_text(encoding="utf-8"))
    return {section: root for root, sections in found.items() for section in sections}


def _held(connection: Connection, cut: Cut, before: date | None) -> Iterator[tuple[str, int]]:
    """Give the accounts that hold anything before a day."""
    return ((name, kopecks) for name, kopecks in _balances(connection, cut, before) if kopecks)


def _balances(connection: Connection, cut: Cut, before: date | None) -> Iterator[tuple[str, int]]:
    """Give accounts with what they hold before a day, as the checkpoint counts it: not summed up from what is shown."""
    with connection.cursor() as cursor:
        for code, kopecks in cursor.execute(statements.balances(cut, before)):
            yield account_name(code), kopecks


def _words(cut: Cut) -> Words:
    with override(settings.LANGUAGE_CODE):
        since, until = cut.since or _("the beginning"), cut.until or _("the end")
        period = _("Period: from %(since)s to %(until)s.") % {"since": since, "until": until}
        head = [
            plain(settings.FUND["name"]),
            _("Open books up to the signed checkpoint of %(size)d entries.") % {"size": cut.head.size},
            _("Period: all.") if cut.is_whole else period,
            _("The checkpoint (C2SP tlog-checkpoint):"),
            "",
            *(f"  {line}".rstrip() for line in cut.head.note.splitlines()),
            "",
            _("A debit is positive, a credit negative. The balances at the end are the books' own."),
        ]
        return Words(head, _("Balances at the beginning of the period"), _("Balances by the checkpoint"))
