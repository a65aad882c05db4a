"""What the books hold at a checkpoint, before and within a period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from fund.money import Kopecks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from fund.ledger.models import Checkpoint

BALANCE = """
    SELECT a.code, a.name, a.side,
        coalesce(sum(t.debit_kopecks) FILTER (WHERE t.business_date < %(since)s), 0)::bigint,
        coalesce(sum(t.credit_kopecks) FILTER (WHERE t.business_date < %(since)s), 0)::bigint,
        coalesce(sum(t.debit_kopecks) FILTER (WHERE t.business_date >= %(since)s), 0)::bigint,
        coalesce(sum(t.credit_kopecks) FILTER (WHERE t.business_date >= %(since)s), 0)::bigint
    FROM ledger_account a JOIN ledger_dailyturnover t ON t.account_id = a.id
    WHERE t.checkpoint_id <= %(checkpoint)s AND t.business_date <= %(until)s AND (%(all)s OR a.code = ANY(%(codes)s))
    GROUP BY a.id ORDER BY a.code
"""


@dataclass(frozen=True)
class BalanceRow:
    code: str
    name: str
    side: str
    before_debit_kopecks: Kopecks
    before_credit_kopecks: Kopecks
    debit_kopecks: Kopecks
    credit_kopecks: Kopecks


def trial_balance(
    *, checkpoint: Checkpoint, since: date, until: date, codes: Sequence[str] | None = None
) -> list[BalanceRow]:
    named: dict[str, Any] = {
        "checkpoint": checkpoint.pk, "since": since, "until": until, "all": codes is None, "codes": list(codes or [])
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(BALANCE, named)
        return [BalanceRow(*row) for row in cursor.fetchall()]
