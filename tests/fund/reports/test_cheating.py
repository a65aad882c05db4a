"""A superuser cheats in every known way, triggers off; an auditor who kept two checkpoints finds it with our script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from fund.ledger import log, notes, sealing
from fund.ledger.models import Operation
from tests.fund.ledger.test_log import gifts
from tests.fund.ledger.test_verify_books import verify_books

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from config.embedded.postgres import Cluster

KEY = notes.read_signing_key(settings.LOG_SIGNING_KEY)
LATER = "transaction_id >= (SELECT min(watermark) FROM ledger_checkpoint)"
LATER_ONES = f"operation_id IN (SELECT number FROM ledger_operation WHERE {LATER})"
# The seal of everything is made anew as if nothing had been: with the key, which a superuser may steal as well.
SEALED_ANEW = """
    DELETE FROM ledger_signedcheckpoint; DELETE FROM ledger_sealedsum; DELETE FROM ledger_turnover;
    DELETE FROM ledger_accounttotal; DELETE FROM ledger_lognode; DELETE FROM ledger_logentry;
    DELETE FROM ledger_checkpoint;
"""
CHEATS = {
    "a sum is changed": "UPDATE ledger_posting SET amount_kopecks = 7 WHERE operation_id = 2",
    "a memo is changed": "UPDATE ledger_operation SET memo = 'x' WHERE number = 3",
    "a date is changed": "UPDATE ledger_operation SET business_date = '2026-04-30' WHERE number = 5",
    "money moved to another account": (
        "UPDATE ledger_posting SET credit_id = (SELECT id FROM ledger_account WHERE code = '76.debts')"
        " WHERE operation_id = 4"
    ),
    "both sides are swapped": (
        "UPDATE ledger_posting SET debit_id = credit_id, credit_id = debit_id WHERE operation_id = 1"
    ),
    "a posting is added": (
        "INSERT INTO ledger_posting (operation_id, line, debit_id, credit_id, amount_kopecks, transaction_id)"
        " SELECT operation_id, 2, debit_id, credit_id, 1, transaction_id FROM ledger_posting WHERE operation_id = 1"
    ),
    "an operation is dropped with its place": (
        "DELETE FROM ledger_posting WHERE operation_id = 6; DELETE FROM ledger_logentry WHERE operation_id = 6;"
        " DELETE FROM ledger_operation WHERE number = 6"
    ),
    "the last operation is dropped with its place": (
        "DELETE FROM ledger_posting WHERE operation_id = 8; DELETE FROM ledger_logentry WHERE operation_id = 8;"
        " DELETE FROM ledger_operation WHERE number = 8"
    ),
    "two operations change places": (
        "UPDATE ledger_logentry SET place = 100 WHERE place = 1; UPDATE ledger_logentry SET place = 1 WHERE place = 2;"
        " UPDATE ledger_logentry SET place = 2 WHERE place = 100"
    ),
    "an operation is written into the past": (
        "UPDATE ledger_logentry SET place = place + 100 WHERE place >= 2;"
        " UPDATE ledger_logentry SET place = place - 99 WHERE place >= 100;"
        " INSERT INTO ledger_operation (number, kind, subject, business_date, memo, key, request_sha256, posted_at,"
        " document_hashes, transaction_id) SELECT 99, kind, subject, business_date, memo, 'k', '', posted_at, '{}',"
        " transaction_id FROM ledger_operation WHERE number = 1;"
        " INSERT INTO ledger_posting (operation_id, line, debit_id, credit_id, amount_kopecks, transaction_id)"
        " SELECT 99, line, debit_id, credit_id, amount_kopecks, transaction_id FROM ledger_posting"
        " WHERE operation_id = 1;"
        " INSERT INTO ledger_logentry (place, operation_id, leaf_hash) VALUES (2, 99, ledger_leaf_hash(99))"
    ),
    "everything is rolled back to the older checkpoint": (
        "DELETE FROM ledger_signedcheckpoint WHERE checkpoint_id > 1; DELETE FROM ledger_turnover"
        " WHERE checkpoint_id > 1; DELETE FROM ledger_accounttotal WHERE checkpoint_id > 1;"
        f" DELETE FROM ledger_logentry WHERE {LATER_ONES};"
        f" DELETE FROM ledger_sealedsum WHERE {LATER_ONES};"
        f" DELETE FROM ledger_posting WHERE {LATER}; DELETE FROM ledger_operation WHERE {LATER};"
        " DELETE FROM ledger_checkpoint WHERE id > 1"
    ),
    "the past is changed, all is sealed and signed anew": (
        f"UPDATE ledger_posting SET amount_kopecks = 7 WHERE operation_id = 2; {SEALED_ANEW}"
    ),
    "the youngest is changed, all is sealed and signed anew": (
        f"UPDATE ledger_posting SET amount_kopecks = 7 WHERE operation_id = 8; {SEALED_ANEW}"
    ),
    "an operation is dropped, all is sealed and signed anew": (
        "DELETE FROM ledger_posting WHERE operation_id = 3; DELETE FROM ledger_operation WHERE number = 3;"
        f" {SEALED_ANEW}"
    ),
}


# What the script names; by hashes alone it can't know which of the lines between two checkpoints it was.
NAMED = {
    "an operation is dropped with its place": "Строк в журнале 7, а подписано 8",
    "the last operation is dropped with its place": "Строк в журнале 7, а подписано 8",
    "everything is rolled back to the older checkpoint": "Строк в журнале 5, а подписано 8",
    "the youngest is changed, all is sealed and signed anew": "Строки 6–8 — не те, что подписаны",
}
IN_THE_OLDER = "Строки 1–5 — не те, что подписаны в старой сверке"


def _seal() -> str:
    sealing.seal_books(key=KEY)
    head = log.newest_head()
    assert head is not None
    return head.note


class Auditor:
    """Keeps two checkpoints, downloads the log anew and asks the script."""

    def __init__(self, place: Path, older: str, newer: str) -> None:
        self.place = place
        self.older, self.newer = self.keep("older", older.encode()), self.keep("newer", newer.encode())

    def keep(self, name: str, content: bytes) -> str:
        path = self.place / name
        path.write_bytes(content)
        return str(path)

    def check(self, client: Client) -> int:
        answer = client.get("/api/v1/ledger/export.jsonl")
        log_file = self.keep("log.jsonl", b"".join(answer))
        return int(verify_books.main([log_file, self.newer, self.older, "--key", settings.LOG_VERIFIER_KEY]))


@pytest.fixture
def auditor(committed: str, tmp_path: Path) -> Auditor:
    gifts(5)
    older = _seal()
    gifts(3)
    return Auditor(tmp_path, older, _seal())


def test_books_that_nobody_touched_are_proved(auditor: Auditor, client: Client) -> None:
    assert list(Operation.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 9))
    assert auditor.check(client) == 0


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_superuser_who_cheats_is_found_by_who_kept_the_checkpoints(
    auditor: Auditor, committed: str, cluster: Cluster, client: Client, capsys: pytest.CaptureFixture[str], cheat: str
) -> None:
    with cluster.connect(committed) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(CHEATS[cheat].encode())
    _seal()  # the sealer goes on as if nothing had been

    assert auditor.check(client) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"НАРУШЕНИЕ. {NAMED.get(cheat, IN_THE_OLDER)}")
