"""`check_books` names each corruption that it claims to catch; a superuser makes them, triggers off."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from campaigns.models import Campaign
from fund.ledger import sealing, services
from fund.ledger.audit import _functions
from fund.ledger.models import Operation
from fund.ledger.notes import read_signing_key
from fund.money import Kopecks
from fund.payments.models import Payment
from tests import make

if TYPE_CHECKING:
    from config.embedded.postgres import Cluster

DAY = date(2026, 5, 1)
KEY = read_signing_key(settings.LOG_SIGNING_KEY)
DIGEST = "ledger_request_sha256(key, kind, subject, business_date, memo, {}, document_hashes, ledger_lines(number))"
CORRUPTIONS = {
    "has no postings": "DELETE FROM ledger_posting WHERE operation_id = 1",
    "has no operation": "DELETE FROM ledger_operation WHERE number = 1",
    "has no account": "DELETE FROM ledger_account WHERE code = '86.fund'",
    "nought or less": (
        "ALTER TABLE ledger_posting DROP CONSTRAINT posting_amount_positive;"
        " UPDATE ledger_posting SET amount_kopecks = -1 WHERE operation_id = 1"
    ),
    "another transaction": "UPDATE ledger_posting SET transaction_id = 1 WHERE operation_id = 1",
    "operation 1 is not what its request was": "UPDATE ledger_posting SET amount_kopecks = 1 WHERE operation_id = 1",
    "operation 2 is not what its request was": "UPDATE ledger_operation SET memo = 'x' WHERE number = 2",
    "operation 3 is not what its request was": (
        "UPDATE ledger_posting SET debit_id = credit_id, credit_id = debit_id WHERE operation_id = 3"
    ),
    "operation 4 is not what its request was": "UPDATE ledger_operation SET key = 'other' WHERE number = 4",
    "stands twice": (
        "ALTER TABLE ledger_operation DROP CONSTRAINT ledger_operation_key_key;"
        " UPDATE ledger_operation SET key = 'same' WHERE number < 3;"
        f" UPDATE ledger_operation SET request_sha256 = {DIGEST.format('reverses_id')}"
    ),
    "checkpoint 1 counts other": "UPDATE ledger_checkpoint SET postings = postings + 1",
    "checkpoint 2 counts other": "UPDATE ledger_checkpoint SET operations = operations - 1 WHERE id = 2",
    "checkpointed total of account 57.yookassa": (
        "UPDATE ledger_accounttotal SET debit_kopecks = debit_kopecks + 1 WHERE account_id ="
        " (SELECT id FROM ledger_account WHERE code = '57.yookassa')"
    ),
    "checkpointed total of account 86.fund": (  # an older checkpoint's
        "UPDATE ledger_accounttotal SET credit_kopecks = credit_kopecks + 1 WHERE checkpoint_id = 1"
        " AND account_id = (SELECT id FROM ledger_account WHERE code = '86.fund')"
    ),
    "the turnovers of account 57.\\*": "UPDATE ledger_turnover SET credit_kopecks = 1 WHERE scope = -57",
    "the turnovers of account 57.yookassa": (  # moved between checkpoints
        "UPDATE ledger_turnover SET debit_kopecks = debit_kopecks + 1 WHERE NOT is_month AND checkpoint_id = 1"
        " AND scope = (SELECT id FROM ledger_account WHERE code = '57.yookassa')"
    ),
    "operation 5 lies under a checkpoint and has no place": (  # written back into the past
        "INSERT INTO ledger_operation (number, kind, subject, business_date, memo, key, request_sha256, posted_at,"
        " document_hashes, transaction_id) SELECT 5, kind, subject, business_date, memo, 'k5', '', posted_at, '{}',"
        " transaction_id FROM ledger_operation WHERE number = 1;"
        " INSERT INTO ledger_posting (operation_id, line, debit_id, credit_id, amount_kopecks, transaction_id)"
        " SELECT 5, line, debit_id, credit_id, amount_kopecks, transaction_id FROM ledger_posting"
        " WHERE operation_id = 1;"
        f" UPDATE ledger_operation SET request_sha256 = {DIGEST.format('reverses_id')} WHERE number = 5;"
        " UPDATE ledger_checkpoint SET operations = operations + 1, postings = postings + 1"
    ),
    "gap before place 4": "UPDATE ledger_logentry SET place = 4 WHERE place = 3",
    "operation 3 is another than when it was sealed": (
        "UPDATE ledger_posting SET amount_kopecks = 1 WHERE operation_id = 3;"
        f" UPDATE ledger_operation SET request_sha256 = {DIGEST.format('reverses_id')} WHERE number = 3"
    ),
    "operation 2 is another than when it was sealed": "UPDATE ledger_operation SET posted_at = now() WHERE number = 2",
    "node 1/0 of the log": "INSERT INTO ledger_lognode (level, place, hash) VALUES (1, 0, 'x')",
    "root of checkpoint 1": "UPDATE ledger_checkpoint SET root_hash = sha256('x') WHERE id = 1",
    "signed of checkpoint 2 is another": (
        "UPDATE ledger_signedcheckpoint SET note = (SELECT note FROM ledger_signedcheckpoint WHERE checkpoint_id = 1)"
        " WHERE checkpoint_id = 2"
    ),
    "signature of checkpoint 2 is none of the log's: the signature is false": (
        "UPDATE ledger_signedcheckpoint SET note = regexp_replace(note, '(— \\S+ .{12}).{4}', '\\1AAAA')"
        " WHERE checkpoint_id = 2"
    ),
    "the turnovers of account 86.fund": (
        "DELETE FROM ledger_turnover WHERE is_month AND checkpoint_id = 2"
        " AND scope = (SELECT id FROM ledger_account WHERE code = '86.fund')"
    ),
    "operation 2 is searched by": "UPDATE ledger_sealedsum SET subject = 'other' WHERE operation_id = 2",
    "operation 3 is searched by": "DELETE FROM ledger_sealedsum WHERE operation_id = 3",
    "rule posting_append_only": "ALTER TABLE ledger_posting DISABLE TRIGGER posting_append_only",
    "rule operation_append_only": "DROP TRIGGER operation_append_only ON ledger_operation",
    "function ledger_refuse_change": (
        "CREATE OR REPLACE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RETURN NULL; END $$"
    ),
    "role fund_app, ledger_posting may write": "GRANT INSERT ON ledger_posting TO fund_app",
    "role fund_app, ledger_operation may write": "GRANT UPDATE (memo) ON ledger_operation TO fund_app",
    "role fund_sealer, ledger_account may write": "GRANT DELETE ON ledger_account TO fund_sealer",
    "role fund_app, seal may call": "GRANT EXECUTE ON FUNCTION seal TO fund_app",
    "role fund_sealer, post_operation may call": "GRANT EXECUTE ON FUNCTION post_operation TO fund_sealer",
    "account 02 is not in the chart": (
        "INSERT INTO ledger_account (code, name, side, opened_at) VALUES ('02', 'x', 'active', now())"
    ),
    "account 86.fund has another side": "UPDATE ledger_account SET side = 'active' WHERE code = '86.fund'",
    "is reversed twice": (
        "ALTER TABLE ledger_operation DROP CONSTRAINT ledger_operation_reverses_id_key;"
        f" UPDATE ledger_operation SET reverses_id = 1, request_sha256 = {DIGEST.format(1)} WHERE number IN (2, 3)"
    ),
    "not the mirror": (
        f"UPDATE ledger_operation SET reverses_id = 2, request_sha256 = {DIGEST.format(2)} WHERE number = 3"
    ),
}


def gift(kopecks: int) -> Operation:
    return services.post_event(
        event="gift", subject="fund", amounts={"gross": Kopecks(kopecks)}, key=f"gift:{kopecks}", business_date=DAY
    )


@pytest.fixture
def books(committed: str) -> str:
    """Write four operations under two checkpoints."""
    for kopecks in (100, 200):
        gift(kopecks)
    sealing.seal_books(key=KEY)
    for kopecks in (300, 400):
        gift(kopecks)
    sealing.seal_books(key=KEY)
    call_command("check_books")
    return committed


def corrupt(cluster: Cluster, database: str, statement: str) -> None:
    with cluster.connect(database) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(statement)


@pytest.mark.parametrize("fault", CORRUPTIONS)
def test_each_kind_of_corruption_is_named(books: str, cluster: Cluster, fault: str) -> None:
    corrupt(cluster, books, CORRUPTIONS[fault])

    with pytest.raises(CommandError, match=fault):
        call_command("check_books")


def test_a_role_that_may_become_another_is_named(books: str, cluster: Cluster) -> None:
    with cluster.connect(books) as superuser:
        superuser.execute("GRANT fund_owner TO fund_app WITH INHERIT FALSE")
        try:
            with pytest.raises(CommandError, match="role fund_app, fund_owner may become another"):
                call_command("check_books")
        finally:
            superuser.execute("REVOKE fund_owner FROM fund_app")


def test_a_whole_operation_that_was_taken_away_is_missed_by_who_points_at_it(committed: str, cluster: Cluster) -> None:
    operation = gift(100)
    payment = make.payment(state=Payment.State.SUCCEEDED, yookassa_id="x", operation=operation)
    assert Campaign.objects.count() == 0
    corrupt(cluster, committed, "DELETE FROM ledger_posting; DELETE FROM ledger_operation")

    with pytest.raises(
        CommandError, match=f"payments_payment points at ledger_operation {payment.operation_id}, which"
    ):
        call_command("check_books")


def test_every_function_of_the_books_is_held_against_its_migration() -> None:
    assert {row["name"] for row in _functions()} == {
        "ledger_continue", "ledger_current_transaction", "ledger_lines", "ledger_refuse_change",
        "ledger_refuse_empty_operation", "ledger_refuse_late_posting", "ledger_refuse_lower_epoch",
        "ledger_request_sha256", "ledger_totals", "open_account", "post_operation", "seal", "sign_checkpoint",
        "ledger_leaf", "ledger_leaf_hash", "ledger_leaf_text", "ledger_month", "ledger_place", "ledger_posting_text",
        "ledger_root", "ledger_scopes", "ledger_sum_up", "ledger_tree_hash", "ledger_turned",
    }  # fmt: skip


@pytest.mark.parametrize(
    "arrays",
    ["'{57.yookassa,nobody}', '{86.fund}', '{100}'", "'{57.yookassa}', '{86.fund,x}', '{100}'", "'{}', '{}', '{}'",
     "'{57.yookassa}', '{86.fund}', '{NULL}'", "'{57.yookassa}', '{86.fund}', '{100,200}'",
     "'[0:0]={57.yookassa}', '[0:0]={86.fund}', '[0:0]={100}'", "'{{57.yookassa}}', '{{86.fund}}', '{{100}}'",
     "'{57.yookassa}', '[0:0]={86.fund}', '{100}'", "NULL, NULL, NULL"],
)  # fmt: skip
def test_the_door_takes_no_posting_without_its_parts(committed: str, cluster: Cluster, arrays: str) -> None:
    with cluster.connect(committed, user="fund_app") as site, pytest.raises(psycopg.Error) as refusal:
        site.execute(f"SELECT post_operation('gift', 'fund', '2026-05-01', '', 'k', NULL, '{{}}', {arrays}, '{{}}')")

    assert refusal.value.sqlstate == "FL001"
    assert Operation.objects.count() == 0
    call_command("check_books")
