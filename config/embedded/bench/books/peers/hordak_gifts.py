"""``python -m peers.hordak_gifts [prepare]``: django-hordak; a gift is its documents' `Account.transfer_to`."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from .loop import CAMPAIGNS, serve
from .project import configure, run, seconds_in_database

if TYPE_CHECKING:
    from collections.abc import Callable

configure("mptt", "djmoney", "hordak", HORDAK_CURRENCIES=["RUB"], HORDAK_DEFAULT_CURRENCY="RUB", DEFAULT_CURRENCY="RUB",
          CURRENCIES=["RUB"], HORDAK_DECIMAL_PLACES=2)  # fmt: skip

from django.core.management import call_command  # noqa: E402 - after the project is set up
from hordak.models import Account, Leg  # noqa: E402
from moneyed import Money  # noqa: E402

LEGS_A_GIFT = 2
FILL = """
    WITH given AS (
        INSERT INTO hordak_transaction (uuid, timestamp, date, description)
            SELECT gen_random_uuid(), now(), current_date - (n %% 365)::int, 'gift ' || n FROM generate_series(1, %s) n
            RETURNING id
    ), placed AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM given)
    INSERT INTO hordak_leg (uuid, transaction_id, account_id, currency, debit, credit, description)
        SELECT gen_random_uuid(), p.id, side.account, 'RUB', side.debit, side.credit, ''
        FROM placed p CROSS JOIN LATERAL (VALUES
            ((SELECT id FROM hordak_account WHERE name = 'money'), 1 + p.n %% 5000, NULL),
            ((SELECT id FROM hordak_account WHERE name = 'campaign ' || p.n %% 64), NULL, 1 + p.n %% 5000)
        ) AS side (account, debit, credit)
"""


class Hordak:
    """The ledger of django-hordak."""

    def __init__(self) -> None:
        self.money = Account.objects.get(name="money")
        self.campaigns = [Account.objects.get(name=f"campaign {number}") for number in range(CAMPAIGNS)]
        self.seconds_in_database = seconds_in_database

    def give(self, campaign: int, kopecks: int, key: str) -> None:
        """Transfer."""
        self.campaigns[campaign].transfer_to(self.money, Money(kopecks, "RUB") / 100, description=key)

    def fill(self, rows: int) -> None:
        """Add what is missing to as many legs."""
        run((FILL, [max(0, rows - Leg.objects.count()) // LEGS_A_GIFT]))

    def read(self) -> dict[str, Callable[[], object]]:
        """Return both kinds of account."""
        found = {"money": self.money, "campaign": self.campaigns[1]}
        return {name: partial(_balance, account.pk) for name, account in found.items()}


def _balance(pk: int) -> object:
    return Account.objects.with_balances().get(pk=pk).balance


def prepare() -> None:
    """Make the tables and open the accounts."""
    call_command("migrate", verbosity=0)
    Account.objects.create(name="money", code="1", type="AS", currencies=["RUB"])
    for number in range(CAMPAIGNS):
        Account.objects.create(name=f"campaign {number}", code=str(100 + number), type="LI", currencies=["RUB"])


if __name__ == "__main__":
    if sys.argv[1:] == ["prepare"]:
        prepare()
    else:
        serve(Hordak())
