"""An export on its way out: a connection of its own, blocks of bytes, bounds in time."""

from __future__ import annotations

import errno
import logging
import time
from typing import TYPE_CHECKING

from django.conf import settings

from fund.reports.exports.connections import reading
from fund.reports.exports.errors import SlowReaderError
from fund.reports.exports.statements import IN_LOG_ORDER

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from socket import socket

    from fund.reports.exports.cutting import Cut
    from fund.reports.exports.formats import Format

told = logging.getLogger("fund.exports")


class Download:
    """The bytes of an export, in order. Its connection is taken at once and given back by the end or by ``close``."""

    def __init__(self, form: Format, cut: Cut, *, seconds: int = 0, reader: socket | None = None) -> None:
        """Read the first block.

        :param seconds: how long it may take in all; nought is as long as it likes.
        :param reader: where the bytes go, if that is known; who takes no block within the time is hung up on.
        :raises ExportsBusyError: if no connection is free.
        """
        self._seconds = seconds
        self._blocks = _blocks(form, cut, seconds)
        self._first = next(self._blocks)
        if reader is not None:
            reader.settimeout(settings.EXPORT_BLOCK_SECONDS)

    def __iter__(self) -> Iterator[bytes]:
        """Give the blocks.

        :raises SlowReaderError: if all have taken longer than they may.
        """
        deadline = time.monotonic() + self._seconds
        yield self._first
        for block in self._blocks:
            if self._seconds and time.monotonic() > deadline:
                told.warning("an export was cut off: its reader took too long")
                raise SlowReaderError(errno.ECONNRESET, "an export took too long")
            yield block

    def close(self) -> None:
        """Give the connection back, wherever the export stands."""
        self._blocks.close()


def _blocks(form: Format, cut: Cut, seconds: int) -> Generator[bytes]:
    with reading() as connection:
        connection.execute("SELECT set_config('statement_timeout', %s, true)", [f"{seconds}s"])
        if cut.is_whole:
            connection.execute(IN_LOG_ORDER)
        yield from form.write(connection, cut)
