"""PostgreSQL and the sealer are killed while they write: what was answered is kept, nothing is counted twice."""

from __future__ import annotations

import random
import signal
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connections

from config import env
from config.embedded.copy import Copy
from config.embedded.postgres import Cluster
from fund.ledger import log, merkle, sealing
from fund.ledger.models import Checkpoint, LogEntry, Operation, SignedCheckpoint
from tests import seed
from tests.fund.ledger.test_log import KEY, gifts, leaves
from tests.fund.ledger.test_verify_books import verify_books

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POST = (
    "SELECT post_operation('gift', 'fund', '2026-05-01', 'Пожертвование', %s, NULL, '{}', '{57.yookassa}',"
    " '{86.fund}', ARRAY[100::bigint], '{}')"
)
ROUNDS = 3


@pytest.fixture(scope="module")
def durable() -> Iterator[Copy]:
    """Give a database of one's own that keeps what it answered, and nothing else of the fund."""
    found = Copy()
    try:
        found.prepare(_books_alone)
        found.start("postgres")
        _wait(found)
        yield found
    finally:
        found.stop()


def _books_alone(var: Path) -> Cluster:
    cluster = Cluster(var / "postgres", env.socket_dir())
    seed.put(cluster.data_dir)
    cluster.create()
    return cluster


def _wait(fund: Copy) -> None:
    """Wait until it answers; its own children may outlive a killed server for a moment and keep the next one out."""
    for _try in range(200):
        if fund.running["postgres"].poll() is not None:
            fund.start("postgres")
        with suppress(psycopg.OperationalError):
            fund.connect().close()
            return
        time.sleep(0.05)
    raise AssertionError("PostgreSQL did not come back")


class Writers:
    """Four that post and one that seals, each anew after every broken connection, until told to stop."""

    def __init__(self, fund: Copy) -> None:
        self.fund, self.answered, self.is_over = fund, set[str](), threading.Event()
        self.threads = [threading.Thread(target=self.post) for _ in range(4)] + [threading.Thread(target=self.seal)]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def post(self) -> None:
        while not self.is_over.is_set():
            with suppress(psycopg.Error), self.fund.cluster.connect("fund", user="fund_app") as connection:
                while not self.is_over.is_set():
                    key = str(uuid4())
                    connection.execute(POST, [key])
                    self.answered.add(key)

    def seal(self) -> None:
        while not self.is_over.is_set():
            with suppress(psycopg.Error), self.fund.cluster.connect("fund", user="fund_sealer") as connection:
                while not self.is_over.is_set():
                    connection.execute("SELECT seal()")


def test_postgres_killed_while_posting_and_sealing_loses_nothing(durable: Copy, tmp_path: Path) -> None:
    chance = random.Random(5)
    with Writers(durable) as writers:
        for _round in range(ROUNDS):
            time.sleep(0.4 + chance.random() / 2)
            durable.kill("postgres", signal.SIGKILL)
            durable.start("postgres")
            _wait(durable)
    sealed = durable.manage("seal_books")
    checked = durable.manage("check_books")

    assert sealed.stdout.startswith("signed: "), sealed.stderr
    assert checked.returncode == 0, checked.stderr
    with durable.connect() as connection:
        kept = {key for (key,) in connection.execute("SELECT key FROM ledger_operation")}
        notes = [
            note for (note,) in connection.execute("SELECT note FROM ledger_signedcheckpoint ORDER BY checkpoint_id")
        ]
    assert len(writers.answered) > ROUNDS
    assert writers.answered <= kept
    assert notes[-1].split("\n")[1] == str(len(kept))
    log_file, older, newest = tmp_path / "log.jsonl", tmp_path / "older", tmp_path / "newest"
    assert durable.manage("export_ledger", "--format", "jsonl", "--output", str(log_file)).returncode == 0
    older.write_text(notes[0], encoding="utf-8")
    newest.write_text(notes[-1], encoding="utf-8")
    key = durable.manage(
        "shell", "--verbosity=0", "-c", "from django.conf import settings; print(settings.LOG_VERIFIER_KEY)"
    )
    called = [str(log_file), str(newest), str(older), "--key", key.stdout.strip()]
    assert verify_books.main(called) == 0, key.stderr


def test_a_sealer_killed_at_any_point_is_continued_by_the_next(committed: str, cluster: Cluster) -> None:
    chance = random.Random(9)
    gifts(600)
    for _round in range(12):
        gifts(20)
        sealer = threading.Thread(target=_seal_and_close)
        sealer.start()
        time.sleep(chance.random() * 0.02)
        _kill_sealers(cluster, committed)
        sealer.join()
    sealing.seal_books(key=KEY)

    head = log.newest_head()
    assert head is not None
    assert head.size == Operation.objects.count() == LogEntry.objects.count() == 840
    assert head.root == merkle.tree_hash([merkle.leaf_hash(leaf) for leaf in leaves()])
    assert SignedCheckpoint.objects.count() == Checkpoint.objects.count()


def _seal_and_close() -> None:
    with suppress(DatabaseError):
        sealing.seal_books(key=KEY)
    connections.close_all()


def _kill_sealers(cluster: Cluster, database: str) -> None:
    """End the sealer's sessions of this database alone."""
    with cluster.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'fund_sealer' AND datname = %s",
            [database],
        )
