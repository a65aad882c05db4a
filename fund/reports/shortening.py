"""What of long tables a report prints: rows that say something, the rest added up. The data in the file is whole."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Generic, TypeVar

from fund.ledger.statements import StatementRow
from fund.money import Kopecks
from fund.reports.figures import PurposeRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_ACCOUNTS = 300
MOST_PURPOSES = 200


Row = TypeVar("Row", StatementRow, PurposeRow)


@dataclass(frozen=True)
class Shortened(Generic[Row]):
    """Rows to print, and how many are added up in those without a name."""

    rows: tuple[Row, ...]
    left_out: int


def shortened_accounts(rows: Sequence[StatementRow]) -> Shortened[StatementRow]:
    """Return accounts that hold or held something or moved; beyond so many, the rest by the chart's two digits."""
    saying = [row for row in rows if not row.is_empty]
    most = sorted(saying, key=lambda row: -(row.turnover_debit_kopecks + row.turnover_credit_kopecks))[:MOST_ACCOUNTS]
    shown = {row.code for row in most}
    rest = [row for row in saying if row.code not in shown]
    added = [
        StatementRow(f"{head}.…", "", "", *_sums(row.sums() for row in group))
        for head, group in groupby(rest, key=lambda row: row.code[:2])
    ]
    return Shortened(tuple(sorted([*most, *added], key=lambda row: row.code)), len(rest))


def shortened_purposes(rows: Sequence[PurposeRow]) -> Shortened[PurposeRow]:
    """Return purposes that say something, those to which most came first; beyond so many, the rest in one row."""
    saying = sorted((row for row in rows if any(row.sums)), key=lambda row: (-row.came_kopecks, row.name))
    rest = saying[MOST_PURPOSES:]
    added = [PurposeRow("", "", *_sums(row.sums for row in rest))] if rest else []
    return Shortened((*saying[:MOST_PURPOSES], *added), len(rest))


def _sums(rows: Iterable[Sequence[int]]) -> list[Kopecks]:
    return [Kopecks(sum(column)) for column in zip(*rows, strict=True)]
