"""A throwaway PostgreSQL with the fund's books on it, the same books for bare SQL, and the others' ledgers."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg

from config import env
from config.embedded.bench.books.clients import HERE, Clients, Pgbench
from config.embedded.copy import Copy, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from config.embedded.postgres import Cluster

PEERS = {
    "django-hordak": ("peers.hordak_gifts", "bench_hordak"),
    "django-ledger": ("peers.django_ledger_gifts", "bench_django_ledger"),
    "naive ORM": ("peers.naive_gifts", "bench_naive"),
}
PEERS_PYTHON = env.BASE_DIR / "var" / "bench" / "venv" / "bin" / "python"
SERVICE, DOOR, RAW = "our service", "post_operation by pgbench", "raw SQL by pgbench"
RAW_DATABASE = "bench_raw"
OURS = [sys.executable, "-m", "config.embedded.bench.books.ours"]


def start() -> Copy:
    """Return a copy of the fund of which PostgreSQL alone runs, as durable as in `make run`."""
    fund = Copy({"DEMO": "0", "EXPORTS_PER_ADDRESS": "100000"})
    fund.prepare()
    fund.start("postgres")
    wait_until(lambda: _answers(fund))
    return fund


def _answers(fund: Copy) -> bool:
    try:
        fund.connect().close()
    except psycopg.OperationalError:
        return False
    return True


def tidy(fund: Copy) -> None:
    """Do at once what autovacuum does in time."""
    with fund.connect() as connection:
        connection.execute("VACUUM ANALYZE")


def service(fund: Copy) -> Clients:
    """Return our service's clients, with the accounts open."""
    found = Clients(OURS, fund.environ, fund.var / "ours.log", env.BASE_DIR)
    found.run("prepare")
    return found


def peers(fund: Copy, *, python: Path = PEERS_PYTHON) -> dict[str, Clients]:
    """Return the others' clients, each on a database of its own with its accounts open."""
    return {name: _peer(fund, python, *how) for name, how in PEERS.items()}


def _peer(fund: Copy, python: Path, module: str, database: str) -> Clients:
    with fund.cluster.connect() as connection:
        connection.execute(f"CREATE DATABASE {database} TEMPLATE template0")
    environ = {"PATH": os.environ["PATH"], "BENCH_DATABASE": database, "BENCH_SOCKET": str(fund.cluster.socket_dir)}
    command = [str(python), "-W", "ignore", "-m", module]
    found = Clients(command, environ, fund.var / f"{database}.log")
    found.run("prepare")
    return found


def clone_for_raw(cluster: Cluster, source: str = "fund") -> None:
    """Make the same tables, rows, indexes and constraints again, without our triggers. Nobody may be connected."""
    with cluster.connect() as connection:
        connection.execute(f"CREATE DATABASE {RAW_DATABASE} TEMPLATE {source} STRATEGY file_copy")
    with cluster.connect(RAW_DATABASE) as connection:
        for table in ("ledger_operation", "ledger_posting"):
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


@dataclass(frozen=True)
class Scripts:
    """What pgbench runs."""

    door: Pgbench
    raw: Pgbench


def scripts(cluster: Cluster, source: str = "fund") -> Scripts:
    """Return pgbench's two contenders: through the door as the site's role, and past it into the clone."""
    with cluster.connect(source) as connection:
        codes: dict[str, int] = dict(connection.execute("SELECT code, id FROM ledger_account").fetchall())
    where: dict[str, Any] = {
        "socket": cluster.socket_dir,
        "first_campaign": codes["86.bench-0"],
        "money": codes["57.yookassa"],
    }
    return Scripts(
        door=Pgbench(HERE / "door.sql", source, "fund_app", **where),
        raw=Pgbench(HERE / "raw.sql", RAW_DATABASE, "postgres", **where),
    )


@dataclass(frozen=True)
class Sizes:
    """How much room the books take."""

    operations: int
    postings: int
    megabytes: int


def sizes(cluster: Cluster) -> Sizes:
    """Return what the books hold in the end."""
    with cluster.connect("fund") as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM ledger_operation), (SELECT count(*) FROM ledger_posting),"
            " pg_database_size('fund') / 1048576"
        ).fetchone()
    return Sizes(*(int(one) for one in row or (0, 0, 0)))
