"""What came and went by day, and in all; from checkpoints and the few postings since, so flat in the ledger's size."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db import connection
from redis.exceptions import RedisError

from fund.ledger.models import Checkpoint, Operation
from fund.ledger.selectors import find_operation
from fund.money import Kopecks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from fund.ledger.selectors import OperationRow

NOTHING = Kopecks(0)
KEPT_SECONDS = 600  # what lies under a checkpoint never changes; the next checkpoint has a key of its own
SINCE = """
    SELECT a.code, {day} sum(s.debit)::bigint, sum(s.credit)::bigint
    FROM ledger_posting p
    JOIN ledger_operation o ON o.number = p.operation_id
    CROSS JOIN LATERAL (VALUES (p.debit_id, p.amount_kopecks, 0), (p.credit_id, 0, p.amount_kopecks))
        AS s (account_id, debit, credit)
    JOIN ledger_account a ON a.id = s.account_id
    WHERE p.transaction_id >= %s AND {where} GROUP BY a.code {group}
"""
DAYS = """
    SELECT a.code, d.day::date, t.debit_kopecks, t.credit_kopecks
    FROM ledger_account a
    CROSS JOIN LATERAL generate_series(
        greatest(%s::date, (SELECT x.start_date FROM ledger_turnover x WHERE x.scope = a.id AND NOT x.is_month
                            ORDER BY x.start_date LIMIT 1))::timestamp,
        least(%s::date, (SELECT x.start_date FROM ledger_turnover x WHERE x.scope = a.id AND NOT x.is_month
                         ORDER BY x.start_date DESC LIMIT 1))::timestamp,
        interval '1 day') d (day)
    CROSS JOIN LATERAL (
        SELECT x.debit_kopecks, x.credit_kopecks FROM ledger_turnover x
        WHERE x.scope = a.id AND NOT x.is_month AND x.start_date = d.day::date AND x.checkpoint_id <= %s
        ORDER BY x.checkpoint_id DESC LIMIT 1
    ) t
    WHERE a.code = ANY(%s) ORDER BY 2, 1
"""
HEADS = """
    SELECT lpad(h::text, 2, '0'), t.debit_kopecks, t.credit_kopecks
    FROM generate_series(0, 99) h CROSS JOIN LATERAL ledger_turned(-h::bigint, %s, NULL) t
    UNION ALL
    SELECT a.code, -t.debit_kopecks, -t.credit_kopecks
    FROM ledger_account a CROSS JOIN LATERAL ledger_turned(a.id, %s, NULL) t WHERE a.code = ANY(%s)
"""


@dataclass(frozen=True)
class Turnover:
    """What was debited and credited, in kopecks."""

    debit_kopecks: Kopecks = NOTHING
    credit_kopecks: Kopecks = NOTHING

    def plus(self, debit: int, credit: int) -> Turnover:
        """Return the turnover with more of it."""
        return Turnover(Kopecks(self.debit_kopecks + debit), Kopecks(self.credit_kopecks + credit))


@dataclass(frozen=True)
class DayTurnover:
    """What one account was debited and credited on one business day."""

    code: str
    day: date
    turnover: Turnover


def daily(*, codes: Sequence[str]) -> list[DayTurnover]:
    """Return accounts' turnovers by day, in order; two queries, three after a new checkpoint."""
    checkpoint, watermark = _newest()
    wanted = sorted(codes)
    name = sha256(",".join(wanted).encode()).hexdigest()  # a cache's key is short, slugs may be long
    known = _kept(f"ledger:days:{checkpoint}:{name}", lambda: _days(wanted, checkpoint, None, None))
    since = SINCE.format(day="o.business_date,", where="a.code = ANY(%s)", group=", o.business_date")
    found: dict[tuple[str, date], Turnover] = {}
    for code, day, debit, credit in [*known, *_rows(since, [watermark, wanted])]:
        found[code, day] = found.get((code, day), Turnover()).plus(debit, credit)
    return [DayTurnover(*key, found[key]) for key in sorted(found, key=lambda key: (key[1], key[0]))]


def daily_at(
    *, checkpoint: int, codes: Sequence[str], since: date | None = None, until: date | None = None
) -> list[DayTurnover]:
    """Return accounts' turnovers by day, in order, as a checkpoint counted them. One query."""
    rows = _days(sorted(codes), checkpoint, since, until)
    return [DayTurnover(code, day, Turnover().plus(debit, credit)) for code, day, debit, credit in rows]


def by_head(*, but: Sequence[str] = ()) -> dict[str, Turnover]:
    """Return what all accounts with the same first two digits were debited and credited; some codes left out.

    Two queries, three after a new checkpoint; flat in the number of accounts.
    """
    checkpoint, watermark = _newest()
    left_out = sorted(but)
    arguments = [checkpoint, checkpoint, left_out]
    known = _kept(f"ledger:heads:{checkpoint}:{','.join(left_out)}", lambda: _rows(HEADS, arguments))
    fresh = _rows(SINCE.format(day="", where="a.code <> ALL(%s)", group=""), [watermark, left_out])
    found: dict[str, Turnover] = {}
    for code, debit, credit in [*known, *fresh]:
        found[code[:2]] = found.get(code[:2], Turnover()).plus(debit, credit)
    return {head: turnover for head, turnover in found.items() if turnover != Turnover()}


def entries() -> int:
    """Return how many entries the books hold. Two queries, flat in the ledger's size."""
    checkpoint = Checkpoint.objects.order_by("-id").first()
    counted, watermark = (checkpoint.operations, checkpoint.watermark) if checkpoint else (0, 0)
    return counted + Operation.objects.filter(transaction_id__gte=watermark).count()


def newest_numbers(*, kinds: Sequence[str], limit: int) -> list[int]:
    """Return the newest entries of these kinds that nothing reverses. One query."""
    found = Operation.objects.filter(kind__in=kinds, reverses=None, reversed_by=None).order_by("-number")
    return list(found.values_list("number", flat=True)[:limit])


def newest_of(*, kinds: Sequence[str]) -> OperationRow | None:
    """Return the newest entry of these kinds, with its postings. Five queries."""
    numbers = newest_numbers(kinds=kinds, limit=1)
    return find_operation(number=numbers[0]) if numbers else None


def _days(codes: list[str], checkpoint: int, since: date | None, until: date | None) -> list[tuple[Any, ...]]:
    return _rows(DAYS, [since, until, checkpoint, codes])


def _newest() -> tuple[int, int]:
    return Checkpoint.objects.order_by("-id").values_list("pk", "watermark").first() or (0, 0)


def _kept(key: str, read: Callable[[], list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    """Return what was read before, or read it; the books are asked each time while Redis is gone."""
    with suppress(RedisError):
        known: list[tuple[Any, ...]] | None = cache.get(key)
        if known is not None:
            return known
    fresh = read()
    with suppress(RedisError):
        cache.set(key, fresh, KEPT_SECONDS)
    return fresh


def _rows(statement: str, arguments: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return list(cursor.fetchall())
