"""What `make bench` measures with, at a tiny size: rounds of bare SQL, of the door and of the service, and the page."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from django.db import connections

from config import env
from config.embedded.bench.books import clients, export, fund, reasons, told
from config.embedded.bench.books.measuring import SEALED, Found
from config.embedded.bench.machine import machine, write
from fund.ledger.audit import audit
from fund.ledger.models import Operation
from fund.ledger.services import open_account

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from config.embedded.postgres import Cluster


@pytest.fixture
def books(committed: str, cluster: Cluster) -> Iterator[str]:
    """Open the accounts and make the tables for bare SQL; the name of the books' database."""
    for number in range(3):
        open_account(code=f"86.bench-{number}", name="Проект")
    connections.close_all()
    fund.clone_for_raw(cluster, committed)
    yield committed
    with cluster.connect() as connection:
        connection.execute(f"DROP DATABASE {fund.RAW_DATABASE} WITH (FORCE)")


def rows(cluster: Cluster, database: str) -> list[tuple[int, ...]]:
    with cluster.connect(database) as connection:
        return connection.execute(
            "SELECT count(*), sum(line), count(DISTINCT transaction_id), count(DISTINCT credit_id) FROM ledger_posting"
        ).fetchall()


def test_bare_sql_the_door_and_the_service_write_the_same_rows(books: str, cluster: Cluster, tmp_path: Path) -> None:
    address = f"postgresql://fund_app@/{books}?host={cluster.socket_dir}"
    command, environ = (
        fund.OURS,
        {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings.dev"},
    )
    ours = clients.Clients(command, environ, tmp_path / "log", env.BASE_DIR)
    scripts = fund.scripts(cluster, books)
    try:
        spread = [who.post(clients=2, campaigns=3, seconds=1) for who in (scripts.raw, scripts.door, ours)]
        read = ours.ask({"do": "read", "times": 1})
    finally:
        ours.stop()

    assert all(one.a_second > 0 for one in spread)
    assert set(read[0]) == {"money", "campaign", "money, plain sum", "campaign, plain sum"}
    for database in (books, fund.RAW_DATABASE):
        [(postings, lines, transactions, campaigns)] = rows(cluster, database)
        assert postings == lines == transactions > 0
        assert campaigns == 3
    assert Operation.objects.count() > 10  # what warmed up too
    assert audit().fault == ""


def test_a_client_that_fails_is_told_of(tmp_path: Path) -> None:
    broken = clients.Clients([*fund.OURS[:1], "-c", "raise SystemExit('no books here')"], os.environ, tmp_path / "log")

    with pytest.raises(clients.ClientError, match="no books here"):
        broken.post(clients=1, campaigns=1, seconds=0)
    broken.stop()


@pytest.mark.parametrize("words", ["connection to server failed", "tps = 12.5\nclient 3 aborted"])
def test_what_is_no_whole_answer_of_pgbench_is_refused(words: str) -> None:
    assert clients.parse("tps = 12.5 (without initial connection time)") == 12.5
    with pytest.raises(clients.ClientError, match=r"failed|aborted"):
        clients.parse(words)


def found() -> Found:
    """Return rounds as they might have been: the door half as quick as bare SQL, the service a third."""
    made = Found(sealed=[(6000, 1.0), (4000, 1.0)])
    speeds = {
        fund.RAW: 9000,
        fund.DOOR: 4500,
        fund.SERVICE: 3000,
        SEALED: 2700,
        "django-hordak": 600,
        "django-ledger": 60,
    }
    for name, kind, count in [
        (name, kind, count) for name in speeds for kind in ("spread", "hot") for count in (1, 4, 8)
    ]:
        made.rounds[(name, kind, count)] = [clients.Round(speeds[name] * part, 90.0) for part in (0.5, 1, 2)]
    made.balances = {10: {"ours": {"money": 0.2, "campaign": 0.3}}}
    return made


def test_the_page_says_medians_ratios_and_what_was_missed(tmp_path: Path) -> None:
    csv = export.Exported([2.0, 2.2, 9.0], [1.0, 1.1, 1.2], 150, 90.0, 80.0).figures()
    setup = {"machine": machine() | {"cores": 2}, "minutes": 1.0, "versions": {"PostgreSQL": "18.4"},
             "durability": "fsync on", "postings": 10, "rounds": 3, "seconds_a_round": 1}  # fmt: skip
    result = told.result(found(), setup, 10, csv)
    write("books", result, told.told(result), out=tmp_path)

    assert json.loads((tmp_path / "books.json").read_text(encoding="utf-8"))["ratios"] == {
        "sql_door_over_raw_8": 0.5, "django_over_raw_8": 0.333, "django_over_hordak_8": 5.0,
        "django_over_django_ledger_8": 50.0, "hot_over_spread_8": 1.0, "door_hot_over_spread_8": 1.0,
        "sealing_over_alone_8": 0.9, "csv_over_copy": 0.5,
    }  # fmt: skip
    assert result["figures"] == {"balance_ms_1m": 0.3, "sealed_per_s": 5000, "csv_peak_mb_1m": 90.0}
    assert result["missed"] == ["sql_door_over_raw_8", "django_over_raw_8", "csv_over_copy"]
    page = (tmp_path / "books.md").read_text(encoding="utf-8")
    assert "| raw SQL by pgbench | 9000 (4500–18000) | 9000 (4500–18000) | 9000 (4500–18000) |" in page
    assert "| `sql_door_over_raw_8` | 0.5 | ≥ 0.65 | missed |" in page
    assert "- `csv_over_copy` missed its target by 44%. The export took 1.10 s more than psql" in page
    assert "takes 222 µs in all; by the service it takes 667 µs, of which the client itself uses 90 µs" in page


def test_every_target_has_a_reason_for_where_it_is_missed() -> None:
    assert set(reasons.WHY) == set(told.AT_LEAST) | set(told.AT_MOST)
