"""Which part of the books is taken: up to a signed checkpoint, whole or of a period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fund.ledger.log import find_head, newest_head
from fund.reports.exports.errors import NothingSealedError, UnknownCheckpointError

if TYPE_CHECKING:
    from datetime import date

    from fund.ledger.log import LogHead


@dataclass(frozen=True)
class Cut:
    """The books up to a signed checkpoint; of the business dates ``since`` to ``until``, both included, where given.

    What lies under a checkpoint never changes, so the same cut gives the same bytes, whatever is written meanwhile.
    """

    head: LogHead
    since: date | None = None
    until: date | None = None

    @property
    def is_whole(self) -> bool:
        """Return whether no period was asked for."""
        return self.since is None and self.until is None

    @property
    def name(self) -> str:
        """Return the name of its file, without the ending."""
        period = "" if self.is_whole else f"-{self.since or 'start'}-{self.until or 'now'}"
        return f"penza-books-{self.head.size}{period}"


def cut_books(*, checkpoint: int | None, since: date | None, until: date | None) -> Cut:
    """Return the part of the books up to the checkpoint of that many entries, the newest if None. One query.

    :raises UnknownCheckpointError: if no signed checkpoint counts so many.
    :raises NothingSealedError: if there is none at all.
    """
    head = newest_head() if checkpoint is None else find_head(size=checkpoint)
    if head is None:
        raise NothingSealedError if checkpoint is None else UnknownCheckpointError
    return Cut(head, since, until)
