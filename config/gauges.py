"""What the fund tells of itself in numbers, read from the database at a cost that does not grow with it.

Every query reads the few rows of a partial index, or a fixed number of newest rows. Another room adds its own here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import redis
from django.conf import settings
from django.db import DatabaseError, connection

from fund.payments.models import Alarm, Payment, Refund
from fund.reports.models import UNFINISHED as UNFINISHED_REPORTS

if TYPE_CHECKING:
    from collections.abc import Iterator

UNFINISHED = "next_check_at IS NOT NULL AND state IN ('creating', 'pending')"
NEWEST = 10_000
QUEUES = {"waiting": ("celery", "papers", "sealing"), "running": ("unacked",)}
QUEUE_SECONDS = 2


@dataclass(frozen=True)
class Gauge:
    """One number, or one for each value of a label. The query gives rows of label and value, or one value."""

    name: str
    meaning: str
    query: str
    label: str = ""
    known: tuple[str, ...] = ()  # values of the label that stand at nought where the query has none


def _age(column: str, table: str, where: str) -> str:
    return f"SELECT greatest(0, extract(epoch FROM now() - min({column})))::float FROM {table} WHERE {where}"  # noqa: S608 - our own words


def _newest(table: str) -> str:
    return f"SELECT state, count(*) FROM {table} WHERE id > (SELECT max(id) - {NEWEST} FROM {table}) GROUP BY state"  # noqa: S608 - our own words


UNSEALED = f"""
    FROM (SELECT posted_at FROM ledger_operation
          WHERE transaction_id >= coalesce((SELECT c.watermark FROM ledger_signedcheckpoint s
                                            JOIN ledger_checkpoint c ON c.id = s.checkpoint_id
                                            ORDER BY s.checkpoint_id DESC LIMIT 1), 0)
          ORDER BY transaction_id LIMIT {NEWEST}) unsealed
"""  # noqa: S608 - our own words
LETTERS = "people_letter WHERE sent_at IS NULL AND given_up_at IS NULL"
OPEN_STATES = ("creating", "pending")
GAUGES = (
    Gauge(
        "fund_payments",
        "Payments that are not final yet, by state.",
        f"SELECT state, count(*) FROM payments_payment WHERE {UNFINISHED} GROUP BY state",  # noqa: S608 - our own words
        "state",
        OPEN_STATES,
    ),
    Gauge(
        "fund_payments_newest",
        f"The newest {NEWEST} payments, by state.",
        _newest("payments_payment"),
        "state",
        tuple(Payment.State.values),
    ),
    Gauge(
        "fund_refunds",
        "Refunds that are not final yet, by state.",
        f"SELECT state, count(*) FROM payments_refund WHERE {UNFINISHED} GROUP BY state",  # noqa: S608 - our own words
        "state",
        OPEN_STATES,
    ),
    Gauge(
        "fund_refunds_newest",
        f"The newest {NEWEST} refunds, by state.",
        _newest("payments_refund"),
        "state",
        tuple(Refund.State.values),
    ),
    Gauge(
        "fund_open_alarms",
        "What about money a person must look at, by kind.",
        "SELECT kind, count(*) FROM payments_alarm WHERE closed_at IS NULL GROUP BY kind",
        "kind",
        tuple(Alarm.Kind.values),
    ),
    Gauge(
        "fund_reconciler_lag_seconds",
        "For how long the next look at a payment is overdue.",
        _age("next_check_at", "payments_payment", "next_check_at IS NOT NULL"),
    ),
    Gauge(
        "fund_refund_lag_seconds",
        "For how long the next look at a refund is overdue.",
        _age("next_check_at", "payments_refund", "next_check_at IS NOT NULL"),
    ),
    Gauge(
        "fund_unsealed_operations",
        f"Operations that no signed checkpoint counts yet; {NEWEST} stands for that many or more.",
        f"SELECT count(*) {UNSEALED}",
    ),
    Gauge(
        "fund_sealing_lag_seconds",
        "Age of the oldest operation that no signed checkpoint counts yet.",
        f"SELECT extract(epoch FROM now() - min(posted_at))::float {UNSEALED}",  # noqa: S608 - our own words
    ),
    Gauge(
        "fund_reports",
        "Public reports that are not published, by state.",
        "SELECT state, count(*) FROM reports_report WHERE state <> 'published' GROUP BY state",
        "state",
        UNFINISHED_REPORTS,
    ),
    Gauge("fund_letters_waiting", "Letters that are not sent yet.", f"SELECT count(*) FROM {LETTERS}"),  # noqa: S608 - our own words
    Gauge(
        "fund_letters_lag_seconds",
        "For how long the next letter is overdue.",
        _age("due_at", *LETTERS.split(" WHERE ")),
    ),
)


def readings() -> Iterator[tuple[Gauge, dict[str, float]]]:
    """Yield each gauge with its values by label. One query each; ends where the database does not answer."""
    with connection.cursor() as cursor:
        for gauge in GAUGES:
            cursor.execute(gauge.query)
            rows = cursor.fetchall()
            if gauge.label:
                yield gauge, dict.fromkeys(gauge.known, 0.0) | dict(rows)
            else:
                yield gauge, {"": rows[0][0] or 0}


def is_database_up() -> bool:
    """Return whether the database answers. One query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return False
    return True


def queue_lengths() -> dict[str, float]:
    """Return how many tasks wait and how many are handed out; empty where Redis does not answer."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=QUEUE_SECONDS) as client:
            waiting = sum(int(client.llen(name)) for name in QUEUES["waiting"])
            running = sum(int(client.hlen(name)) for name in QUEUES["running"])
            return {"waiting": float(waiting), "running": float(running)}
    except redis.RedisError:
        return {}
