"""``python -m peers.django_ledger_gifts [prepare]``: django-ledger; a gift is `commit_txs` of two lines, posted."""

from __future__ import annotations

import sys
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from .loop import CAMPAIGNS, serve
from .project import configure, run, seconds_in_database

if TYPE_CHECKING:
    from collections.abc import Callable

configure("django.contrib.sessions", "django.contrib.messages", "django_ledger")

from django.contrib.auth import get_user_model  # noqa: E402 - after the project is set up
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402
from django_ledger.models import EntityModel, TransactionModel  # noqa: E402

LINES_A_GIFT = 2
# Entries and lines like one that was posted; numbers go on from it.
FILL = """
    WITH given AS (
        INSERT INTO django_ledger_journalentrymodel ({entry})
            SELECT {entry_like} FROM generate_series(1, %s) n,
                (SELECT * FROM django_ledger_journalentrymodel WHERE posted ORDER BY created LIMIT 1) e
            RETURNING uuid, timestamp
    ), placed AS (SELECT uuid, timestamp, row_number() OVER (ORDER BY uuid) AS n FROM given)
    INSERT INTO django_ledger_transactionmodel ({line})
        SELECT {line_like} FROM placed p CROSS JOIN LATERAL (VALUES
            ('debit', (SELECT uuid FROM django_ledger_accountmodel WHERE code = '1010')),
            ('credit', (SELECT uuid FROM django_ledger_accountmodel WHERE code = (4100 + p.n %% 64)::text))
        ) AS side (tx_type, account)
        CROSS JOIN (SELECT * FROM django_ledger_transactionmodel LIMIT 1) t
"""
ENTRY = {
    "uuid": "gen_random_uuid()",
    "je_number": "'FILL-' || left(md5(random()::text || n), 16)",
    "timestamp": "now() - (n %% 300) * interval '1 day'",
}
LINE = {"uuid": "gen_random_uuid()", "journal_entry_id": "p.uuid", "account_id": "side.account",
        "tx_type": "side.tx_type", "amount": "1 + p.n %% 5000", "timestamp": "p.timestamp"}  # fmt: skip


class DjangoLedger:
    """The ledger of django-ledger."""

    def __init__(self) -> None:
        self.entity = EntityModel.objects.get()
        self.ledger = self.entity.ledgermodel_set.get()
        accounts = {account.code: account for account in self.entity.get_coa_accounts()}
        self.money = accounts["1010"]
        self.campaigns = [accounts[str(4100 + number)] for number in range(CAMPAIGNS)]
        self.seconds_in_database = seconds_in_database

    def give(self, campaign: int, kopecks: int, key: str) -> None:
        """Commit one posted journal entry."""
        amount = Decimal(kopecks) / 100
        self.ledger.commit_txs(
            je_timestamp=timezone.now(),
            je_txs=[
                {"account": self.money, "amount": amount, "tx_type": "debit", "description": key},
                {"account": self.campaigns[campaign], "amount": amount, "tx_type": "credit", "description": key},
            ],
            je_posted=True,
        )

    def fill(self, rows: int) -> None:
        """Add what is missing to as many lines."""
        missing = max(0, rows - TransactionModel.objects.count()) // LINES_A_GIFT
        entry, entry_like = _columns("django_ledger_journalentrymodel", "e", ENTRY)
        line, line_like = _columns("django_ledger_transactionmodel", "t", LINE)
        run((FILL.format(entry=entry, entry_like=entry_like, line=line, line_like=line_like), [missing]))

    def read(self) -> dict[str, Callable[[], object]]:
        """Return both kinds of account, read by its digest."""
        found = {"money": self.money, "campaign": self.campaigns[1]}
        return {name: partial(self._digest, account.code) for name, account in found.items()}

    def _digest(self, code: str) -> object:
        return self.entity.digest(accounts=[code], to_date=timezone.now()).get_io_data()


def _columns(table: str, like: str, other: dict[str, str]) -> tuple[str, str]:
    from django.db import connection

    with connection.cursor() as cursor:
        names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
    return ", ".join(names), ", ".join(other.get(name, f"{like}.{name}") for name in names)


def prepare() -> None:
    """Make the tables and open the accounts."""
    call_command("migrate", verbosity=0)
    admin = get_user_model().objects.create_user("bench")
    entity = EntityModel.create_entity(name="Fund", use_accrual_method=True, admin=admin, fy_start_month=1)
    entity.create_chart_of_accounts(assign_as_default=True, commit=True, coa_name="Fund")
    entity.create_account(code="1010", role="asset_ca_cash", name="money", balance_type="debit", active=True)
    for number in range(CAMPAIGNS):
        entity.create_account(
            code=str(4100 + number),
            role="in_operational",
            name=f"campaign {number}",
            balance_type="credit",
            active=True,
        )
    entity.create_ledger(name="gifts", posted=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["prepare"]:
        prepare()
    else:
        serve(DjangoLedger())
