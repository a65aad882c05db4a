"""The forms in which the books are taken away, and how each is written."""

from __future__ import annotations

from codecs import BOM_UTF8
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fund.reports.exports import plain_text, statements
from fund.reports.exports.beancount import Beancount
from fund.reports.exports.hledger import Hledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from psycopg import Connection, sql
    from psycopg.abc import Buffer

    from fund.reports.exports.cutting import Cut

BLOCK_BYTES = 64 * 1024


@dataclass(frozen=True)
class Format:
    """One form: the ending of its files, what it is to a browser, what writes it."""

    extension: str
    media_type: str
    write: Callable[[Connection, Cut], Iterator[bytes]]


def _csv(connection: Connection, cut: Cut) -> Iterator[bytes]:
    """Write a table; Excel reads its letters rightly if a byte order mark stands first."""
    yield BOM_UTF8
    yield from _copied(connection, statements.csv(cut))


def _jsonl(connection: Connection, cut: Cut) -> Iterator[bytes]:
    yield from _copied(connection, statements.leaves(cut))


def _journal(connection: Connection, cut: Cut) -> Iterator[bytes]:
    yield from _gathered(piece.encode() for piece in plain_text.write(connection, cut, Hledger()))


def _beancount(connection: Connection, cut: Cut) -> Iterator[bytes]:
    yield from _gathered(piece.encode() for piece in plain_text.write(connection, cut, Beancount()))


def _copied(connection: Connection, statement: sql.Composed) -> Iterator[bytes]:
    """Write what a COPY gives, as it comes."""
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        yield from _gathered(copy)


def _gathered(pieces: Iterable[Buffer]) -> Iterator[bytes]:
    """Give the pieces in blocks that are worth a call of the network."""
    block = bytearray()
    for piece in pieces:
        block += piece
        if len(block) >= BLOCK_BYTES:
            yield bytes(block)
            block.clear()
    yield bytes(block)


FORMATS = {
    form.extension: form
    for form in (
        Format("csv", "text/csv; charset=utf-8; header=present", _csv),
        Format("jsonl", "application/jsonl", _jsonl),
        Format("journal", "text/plain; charset=utf-8", _journal),
        Format("beancount", "text/plain; charset=utf-8", _beancount),
    )
}
