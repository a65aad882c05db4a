"""Books that were restored into another cluster, whose transaction ids begin anew below theirs."""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from fund.ledger import selectors, services
from fund.ledger.models import Checkpoint, Operation
from fund.money import Kopecks
from tests.services import migrate_books

if TYPE_CHECKING:
    from config.embedded.postgres import Cluster

DAY = date(2026, 5, 1)
FAR = 10**9
LIFT = (
    "UPDATE ledger_posting SET transaction_id = transaction_id + {far};"
    "UPDATE ledger_operation SET transaction_id = transaction_id + {far};"
    "UPDATE ledger_checkpoint SET watermark = watermark + {far}"
)


def gift(kopecks: int) -> Operation:
    return services.post_event(
        event="gift", subject="fund", amounts={"gross": Kopecks(kopecks)}, key=f"gift:{kopecks}", business_date=DAY
    )


def epoch(cluster: Cluster, database: str) -> int:
    with cluster.connect(database) as superuser:
        (found,) = superuser.execute("SELECT transactions_before FROM ledger_epoch").fetchone() or (0,)
    return int(found)


@pytest.fixture
def restored(committed: str, cluster: Cluster) -> str:
    """Give books from a cluster that had counted far more transactions than this one: two sealed, one not."""
    write_and_move(cluster, committed)
    return committed


def write_and_move(cluster: Cluster, database: str) -> None:
    gift(100)
    gift(200)
    services.seal_checkpoint()
    gift(300)
    with cluster.connect(database) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(LIFT.format(far=FAR))


def test_they_are_named_and_take_no_posting_that_would_be_lost(restored: str) -> None:
    with pytest.raises(CommandError, match="transactions begin under number"):
        call_command("check_books")
    with pytest.raises(DatabaseError, match="after a restore, run continue_books"):
        gift(400)

    assert Operation.objects.count() == 3
    assert services.seal_checkpoint() is None


def test_they_go_on_above_all_that_was_seen(restored: str, cluster: Cluster) -> None:
    lifted = services.continue_books()
    gift(400)
    before_the_seal = selectors.balances_kopecks(codes=["86.fund"])
    services.seal_checkpoint()

    assert 0 < lifted <= FAR
    assert before_the_seal == {"86.fund": 1000}
    assert selectors.balances_kopecks(codes=["86.fund"]) == {"86.fund": 1000}
    newest = Checkpoint.objects.order_by("-id")[0]
    assert (newest.operations, newest.postings) == (4, 4)
    assert Operation.objects.filter(transaction_id__gte=newest.watermark).count() == 0
    call_command("check_books")
    assert services.continue_books() == lifted


def test_books_that_never_moved_keep_their_epoch(committed: str, cluster: Cluster) -> None:
    gift(100)
    services.seal_checkpoint()

    told = StringIO()
    call_command("continue_books", stdout=told)
    assert told.getvalue() == "0 transactions before this cluster's own\n"
    call_command("check_books")


@pytest.mark.parametrize("user", ["fund_owner", "postgres"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_epoch SET transactions_before = 0",
        "DELETE FROM ledger_epoch",
        "TRUNCATE ledger_epoch",
        "INSERT INTO ledger_epoch (transactions_before) VALUES (1)",
    ],
)
def test_the_epoch_is_never_lowered(restored: str, cluster: Cluster, user: str, statement: str) -> None:
    lifted = services.continue_books()
    with cluster.connect(restored, user=user) as connection, pytest.raises(psycopg.Error, match="ledger_epoch"):
        connection.execute(statement)

    assert epoch(cluster, restored) == lifted


@pytest.mark.parametrize("user", ["fund_app", "fund_sealer"])
@pytest.mark.parametrize("statement", ["SELECT ledger_continue()", "UPDATE ledger_epoch SET transactions_before = 9"])
def test_nobody_but_the_owner_moves_the_epoch(committed: str, cluster: Cluster, user: str, statement: str) -> None:
    with cluster.connect(committed, user=user) as connection, pytest.raises(psycopg.Error, match="permission denied"):
        connection.execute(statement)

    assert epoch(cluster, committed) == 0


def test_the_migration_is_not_taken_back_where_the_epoch_is_needed(books_alone: str, cluster: Cluster) -> None:
    write_and_move(cluster, books_alone)
    services.continue_books()
    with pytest.raises(DatabaseError, match="without the epoch they would lose operations"):
        migrate_books("0003_standing_accounts")

    migrate_books()
    gift(400)
    assert selectors.balances_kopecks(codes=["86.fund"]) == {"86.fund": 1000}


def test_nothing_is_lifted_while_somebody_posts(restored: str, cluster: Cluster) -> None:
    services.continue_books()
    with cluster.connect(restored, user="fund_owner") as poster, cluster.connect(restored, user="fund_owner") as lifter:
        lifter.execute("SET lock_timeout = '200ms'")
        with poster.transaction():
            poster.execute(
                "SELECT post_operation('gift', 'fund', '2026-05-01', '', 'k', NULL, '{}', '{57.yookassa}',"
                " '{86.fund}', '{100}', '{}')"
            )
            with pytest.raises(psycopg.errors.LockNotAvailable):
                lifter.execute("SELECT ledger_continue()")
    call_command("check_books")
