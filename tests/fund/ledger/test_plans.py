"""No page of the books reads a table from end to end."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from fund.ledger import card, errata, selectors, services, statements, turnovers
from fund.ledger.models import Checkpoint
from fund.ledger.search import OperationFilter
from fund.money import Kopecks

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.embedded.postgres import Cluster

DAY, LATER = date(2026, 5, 3), date(2026, 5, 20)
LARGE = "posting|operation|turnover|accounttotal|sealedsum|logentry|checkpoint|account"
SEARCHES = (
    OperationFilter(),
    OperationFilter(number=500),
    OperationFilter(subject="c7"),
    OperationFilter(since=DAY, until=LATER),
    OperationFilter(subject="c7", since=DAY, until=LATER),
    OperationFilter(amount_kopecks=Kopecks(700)),
    OperationFilter(amount_kopecks=Kopecks(700), subject="c7", since=DAY, until=LATER),
)
PAGES: dict[str, Callable[[int], object]] = {
    "trial balance": lambda at: statements.trial_balance(checkpoint=at, since=DAY, until=LATER),
    "a head's accounts": lambda at: statements.trial_balance(checkpoint=at, since=DAY, until=LATER, head="86"),
    "card": lambda at: card.card(code="57.yookassa", checkpoint=at, since=DAY, until=LATER),
    "card further on": lambda at: card.card(code="57.yookassa", checkpoint=at, after=card.Place(900, 1)),
    "errata": lambda _at: errata.errata_page(before=2000),
    "turnovers by head": lambda _at: turnovers.by_head(but=["76.debts"]),
    "turnovers by day": lambda at: turnovers.daily_at(checkpoint=at, codes=["57.yookassa", "86.c7"]),
} | {
    f"search {place}": lambda _at, wanted=wanted: selectors.operations_page(wanted=wanted, before=900)  # type: ignore[misc]
    for place, wanted in enumerate(SEARCHES)
}


def write_books() -> None:
    for number in range(20):
        services.open_account(code=f"86.c{number}", name="x")
    for batch in range(30):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT post_operation('gift', 'c' || n %% 20, date '2026-05-01' + n %% 30, 'x', 'k' || %s || '.' || n,"
                " NULL, '{}', '{57.yookassa}', ARRAY['86.c' || n %% 20], ARRAY[(n %% 9 + 1) * 100], '{}')"
                " FROM generate_series(1, 50) n",
                [batch],
            )
        services.seal_checkpoint()


def test_no_query_of_a_page_reads_a_table_from_end_to_end(committed: str, cluster: Cluster) -> None:
    write_books()
    with cluster.connect(committed) as superuser:
        superuser.execute("ANALYZE")
    at = Checkpoint.objects.latest("id").pk
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")  # so few rows are read from end to end, if they may be
    for name, read in PAGES.items():
        with CaptureQueriesContext(connection) as queries:
            read(at)
        found[name] = [plan for query in queries for plan in whole_reads(query["sql"])]

    assert found == {name: [] for name in PAGES}


def whole_reads(statement: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + statement)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    return re.findall(rf"Seq Scan on ledger_(?:{LARGE})\b", plan)


@pytest.mark.usefixtures("committed")
def test_a_plan_that_reads_a_table_from_end_to_end_would_be_seen() -> None:
    assert whole_reads("SELECT sum(amount_kopecks) FROM ledger_posting WHERE line > 0") == [
        "Seq Scan on ledger_posting"
    ]
