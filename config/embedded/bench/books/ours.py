"""``python -m config.embedded.bench.books.ours [prepare]``: the fund's own books, through its public services."""

from __future__ import annotations

import os
import sys
import time
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import django

from config.embedded.bench.books.peers.loop import CAMPAIGNS, serve
from config.embedded.bench.books.peers.project import seconds_in_database

if TYPE_CHECKING:
    from collections.abc import Callable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
django.setup()

from django.conf import settings  # noqa: E402 - after Django is set up
from django.db import connection  # noqa: E402

from fund.ledger import selectors  # noqa: E402
from fund.ledger.notes import read_signing_key  # noqa: E402
from fund.ledger.sealing import sign_checkpoints  # noqa: E402
from fund.ledger.services import open_account, post_event, seal_checkpoint  # noqa: E402
from fund.money import Kopecks  # noqa: E402
from fund.reports.exports import statements  # noqa: E402
from fund.reports.exports.cutting import cut_books  # noqa: E402

DAY = date(2026, 11, 25)
BATCH = 10_000
IDLE_SECONDS = 0.05
# A year of gifts, each through the door.
FILL = """
    SELECT count(post_operation('gift', 'bench-' || n %% 64, %s::date - (n %% 365)::int, 'Пожертвование № 000001',
        'fill:' || n, NULL, '{}', '{57.yookassa}', ARRAY['86.bench-' || n %% 64], ARRAY[1 + n %% 500000], '{}'))
    FROM generate_series(%s::bigint, %s::bigint) n
"""
PLAIN_SUM = """
    SELECT sum(CASE WHEN p.debit_id = a.id THEN p.amount_kopecks ELSE -p.amount_kopecks END)
    FROM ledger_account a JOIN ledger_posting p ON p.debit_id = a.id OR p.credit_id = a.id WHERE a.code = %s
"""


class Ours:
    """The fund's books."""

    def __init__(self) -> None:
        self.seconds_in_database = seconds_in_database

    def give(self, campaign: int, kopecks: int, key: str) -> None:
        """Post one gift."""
        post_event(
            event="gift",
            subject=f"bench-{campaign}",
            amounts={"gross": Kopecks(kopecks)},
            key=key,
            business_date=DAY,
            reference="000001",
        )

    def fill(self, rows: int) -> None:
        """Add what is missing to as many postings."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ledger_posting")
            have: int = cursor.fetchone()[0]
            for first in range(have + 1, rows + 1, BATCH):
                cursor.execute(FILL, [DAY, first, min(first + BATCH - 1, rows)])

    def read(self) -> dict[str, Callable[[], object]]:
        """Return both kinds of account, and the same by a plain sum over all postings."""
        codes = {"money": "57.yookassa", "campaign": "86.bench-1"}
        kept = {name: partial(selectors.balances_kopecks, codes=[code]) for name, code in codes.items()}
        return {**kept, **{f"{name}, plain sum": partial(_plain_sum, code) for name, code in codes.items()}}


def _plain_sum(code: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN_SUM, [code])
        return cursor.fetchone()


def seal(_contender: object, *, seconds: float = 0) -> dict[str, Any]:
    """Seal and sign until nothing is new; or for so many seconds, whatever comes. Time the work."""
    key = read_signing_key(settings.LOG_SIGNING_KEY)
    before, began = _sealed(), time.monotonic()
    while True:
        made = seal_checkpoint()
        if made:
            sign_checkpoints(key=key)
        elif seconds:
            time.sleep(IDLE_SECONDS)
        if time.monotonic() - began >= seconds and not (made and not seconds):
            return {"operations": _sealed() - before, "seconds": time.monotonic() - began}


def copy_statement(_contender: object) -> dict[str, Any]:
    """Return what the CSV export asks the database for the whole books."""
    whole = statements.csv(cut_books(checkpoint=None, since=None, until=None))
    connection.ensure_connection()
    return {"statement": f"SET enable_sort = off; {whole.as_string(connection.connection)}"}


def _sealed() -> int:
    newest = selectors.newest_checkpoint()
    return newest.operations if newest else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["prepare"]:
        for number in range(CAMPAIGNS):
            open_account(code=f"86.bench-{number}", name=f"Проект № {number}")
    else:
        serve(Ours(), seal=seal, copy_statement=copy_statement)
