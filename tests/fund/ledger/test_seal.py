"""Checkpoints: nothing is missed, balances stay exact and flat."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from threading import Event
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from fund.ledger import sealing, selectors, services
from fund.ledger.models import Checkpoint, LogEntry, Operation, SignedCheckpoint
from fund.ledger.notes import read_signing_key
from fund.money import Kopecks

DAY = date(2026, 5, 1)
KEY = read_signing_key(settings.LOG_SIGNING_KEY)


def gift(kopecks: int, *, subject: str = "fund", key: str = "") -> Operation:
    return services.post_event(
        event="gift", subject=subject, amounts={"gross": Kopecks(kopecks)}, key=key or str(uuid4()), business_date=DAY
    )


@pytest.mark.usefixtures("committed")
def test_a_checkpoint_counts_what_is_new_and_balances_stay() -> None:
    gift(100)
    gift(200)
    before = selectors.balances_kopecks(codes=["86.fund", "57.yookassa"])

    first = services.seal_checkpoint()
    assert services.seal_checkpoint() is None
    gift(300)
    second = services.seal_checkpoint()

    assert before == {"86.fund": 300, "57.yookassa": 300}
    assert selectors.balances_kopecks(codes=["86.fund", "57.yookassa"]) == {"86.fund": 600, "57.yookassa": 600}
    assert list(Checkpoint.objects.order_by("id").values_list("id", "operations", "postings")) == [
        (first, 2, 2),
        (second, 3, 3),
    ]


@pytest.mark.usefixtures("committed")
def test_an_operation_that_commits_late_is_not_lost() -> None:
    with transaction.atomic():
        gift(100)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_gift_and_close, 200).result()
        assert services.seal_checkpoint() is None  # the later one waits for the earlier transaction
    services.seal_checkpoint()

    assert Checkpoint.objects.get().operations == 2


def _gift_and_close(kopecks: int) -> None:
    try:
        gift(kopecks)
    finally:
        connections.close_all()


class ChangedMindError(Exception):
    """A writer rolls back."""


def _write_some(seed: int) -> int:
    chance = random.Random(seed)
    total = 0
    for _ in range(15):
        kopecks = chance.randrange(1, 1000)
        with suppress(ChangedMindError):
            _write_or_not(kopecks, is_kept=chance.random() < 0.7)
            total += kopecks
    connections.close_all()
    return total


def _write_out_of_turn(pool: ThreadPoolExecutor) -> int:
    """Let the lower number commit last, after the higher one was sealed; return the sum."""
    begun, numbered = Event(), Event()

    def write_the_higher() -> None:
        with transaction.atomic():
            _begin()
            begun.set()
            assert numbered.wait(30)
            gift(200)
        sealing.seal_books(key=KEY)
        connections.close_all()

    higher = pool.submit(write_the_higher)
    assert begun.wait(30)
    with transaction.atomic():
        gift(100)
        numbered.set()
        higher.result()
    return 300


def _begin() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")


def _write_or_not(kopecks: int, *, is_kept: bool) -> None:
    with transaction.atomic():
        _begin()  # transactions begin, number and commit in different orders
        time.sleep((1000 - kopecks) / 100_000)
        gift(kopecks)
        time.sleep(kopecks / 100_000)
        if not is_kept:
            raise ChangedMindError


def _seal_often() -> None:
    for _turn in range(20):
        sealing.seal_books(key=KEY)
        time.sleep(0.01)
    connections.close_all()


@pytest.mark.usefixtures("committed")
def test_eight_writers_and_two_sealers_agree_with_a_plain_sum() -> None:
    with ThreadPoolExecutor(10) as pool:
        total = _write_out_of_turn(pool)
        sealers = [pool.submit(_seal_often) for one in range(2)]
        total += sum(pool.map(_write_some, range(8)))
        assert [one.result() for one in sealers] == [None, None]
    sealing.seal_books(key=KEY)

    assert selectors.balances_kopecks(codes=["86.fund"]) == {"86.fund": total}
    newest = Checkpoint.objects.order_by("-id").first()
    assert newest is not None
    assert newest.operations == Operation.objects.count() == LogEntry.objects.count()
    assert Checkpoint.objects.count() == SignedCheckpoint.objects.count() > 1
    numbers = list(LogEntry.objects.order_by("place").values_list("operation", flat=True))
    assert numbers[0] > numbers[1]  # one committed late, and was sealed later
    call_command("check_books")


@pytest.mark.usefixtures("committed")
def test_eight_at_once_with_one_key_write_one_operation() -> None:
    def write(_: int) -> int:
        try:
            return gift(100, key="same").number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        numbers = set(pool.map(write, range(8)))

    assert len(numbers) == 1
    assert Operation.objects.count() == 1


@pytest.mark.usefixtures("committed")
def test_a_balance_reads_no_table_from_end_to_end() -> None:
    with connection.cursor() as cursor:
        for _ in range(300):
            gift(100)
        services.seal_checkpoint()
        cursor.execute("SET enable_seqscan = off")
        cursor.execute("EXPLAIN " + selectors.TOTALS.format(where="a.code = '86.fund'", limit=""))
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan on ledger_posting" not in plan
    assert "Seq Scan on ledger_accounttotal" not in plan


class TestBalances(TestCase):
    """Hypothesis needs its own kind of test case: rows would leak between examples."""

    @hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.tuples(st.sampled_from(["alpha", "beta", "fund"]), st.integers(1, 10**9), st.booleans()), max_size=8
        )
    )
    def test_balances_equal_a_plain_sum(self, moves: list[tuple[str, int, bool]]) -> None:
        for subject in ("alpha", "beta"):
            services.open_account(code=f"86.{subject}", name=subject)
        wanted = {"86.alpha": 0, "86.beta": 0, "86.fund": 0}
        for place, (subject, kopecks, is_refunded) in enumerate(moves):
            operation = gift(kopecks, subject=subject)
            wanted[f"86.{subject}"] += kopecks
            if is_refunded:
                services.reverse_operation(
                    operation=operation,
                    reason="duplicate",
                    approved_by_role="treasurer",
                    key=f"r{place}",
                    business_date=DAY,
                )
                wanted[f"86.{subject}"] -= kopecks
        assert selectors.balances_kopecks(codes=wanted) == wanted
        assert selectors.balances_kopecks(codes=["57.yookassa"]) == {"57.yookassa": sum(wanted.values())}
