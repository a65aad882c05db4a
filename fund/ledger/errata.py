"""Entries that put others right: what, why, and by whose decision."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fund.ledger.models import Operation
from fund.ledger.selectors import with_postings

if TYPE_CHECKING:
    from datetime import date

    from fund.ledger.selectors import OperationRow

FILE = Path(__file__).resolve().parent / "corrections.toml"
MEMO = "Исправление записи № {number}: {reason}. Решение: {approver}"
WRITTEN = re.compile(r"Исправление записи № \d+: (?P<reason>.+?)(?:\. Решение: (?P<approver>.+))?")


@dataclass(frozen=True)
class Erratum:
    """A reversal beside what it reverses; the approver is empty where the books were not told of one."""

    correction: OperationRow
    wrong_number: int
    wrong_memo: str
    wrong_date: date
    reason: str
    approver: str


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def reasons() -> dict[str, str]:
    """Return why an entry may be put right, in words, by name."""
    return _words()["reasons"]


def approvers() -> dict[str, str]:
    """Return whose decision it may be, in words, by role."""
    return _words()["approvers"]


def memo(*, number: int, reason: str, approver: str) -> str:
    """Return the memo of the reversal of an entry."""
    return MEMO.format(number=number, reason=reasons()[reason], approver=approvers()[approver])


def errata_page(*, before: int | None = None, limit: int = 25) -> list[Erratum]:
    """Return reversals, the newest first, those below ``before``. Four queries."""
    found = Operation.objects.filter(reverses__isnull=False).select_related("reverses", "reversed_by")
    found = found.filter(number__lt=before) if before is not None else found
    corrections = list(found.order_by("-number")[:limit])
    rows = with_postings(corrections)
    return [
        _erratum(row, wrong) for row, wrong in zip(rows, (one.reverses for one in corrections), strict=True) if wrong
    ]


def _erratum(row: OperationRow, wrong: Operation) -> Erratum:
    said = WRITTEN.fullmatch(row.memo)
    reason, approver = (said["reason"], said["approver"] or "") if said else (row.memo, "")
    return Erratum(row, wrong.number, wrong.memo, wrong.business_date, reason, approver)
