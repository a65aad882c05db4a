"""``python -m peers.naive_gifts [prepare]``: what one writes first: rows, and balances kept under select_for_update."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from .loop import CAMPAIGNS, serve
from .project import configure, run, seconds_in_database

if TYPE_CHECKING:
    from collections.abc import Callable

configure()

from django.db import connection, models, transaction  # noqa: E402 - after the project is set up


class Account(models.Model):
    """An account with its balance."""

    code = models.CharField(max_length=80, unique=True)
    balance_kopecks = models.BigIntegerField(default=0)

    objects: ClassVar[models.Manager[Account]] = models.Manager()

    class Meta:
        app_label = "naive"

    def __str__(self) -> str:
        return self.code


class Gift(models.Model):
    """Money that moved from one account to another."""

    key = models.CharField(max_length=80, unique=True)
    debit = models.ForeignKey(Account, models.PROTECT, related_name="+")
    credit = models.ForeignKey(Account, models.PROTECT, related_name="+")
    amount_kopecks = models.BigIntegerField()
    memo = models.CharField(max_length=200)
    posted_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Gift]] = models.Manager()

    class Meta:
        app_label = "naive"

    def __str__(self) -> str:
        return self.key


FILL = """
    INSERT INTO naive_gift (key, debit_id, credit_id, amount_kopecks, memo, posted_at)
    SELECT 'fill:' || gen_random_uuid(), 1, 2 + n %% 64, 1 + n %% 500000, 'gift', now() FROM generate_series(1, %s) n
"""


class Naive:
    """Two rows locked in the order of their keys, one written."""

    def __init__(self) -> None:
        self.money = Account.objects.get(code="money").pk
        self.campaigns = [Account.objects.get(code=f"campaign-{number}").pk for number in range(CAMPAIGNS)]
        self.seconds_in_database = seconds_in_database

    @transaction.atomic
    def give(self, campaign: int, kopecks: int, key: str) -> None:
        """Lock both, write the gift, keep both balances."""
        wanted = [self.money, self.campaigns[campaign]]
        debit, credit = Account.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
        Gift.objects.create(key=key, debit=debit, credit=credit, amount_kopecks=kopecks, memo="gift")
        for account in (debit, credit):
            account.balance_kopecks += kopecks
            account.save(update_fields=["balance_kopecks"])

    def fill(self, rows: int) -> None:
        """Add what is missing to as many gifts; the balances are not measured."""
        run((FILL, [max(0, rows - Gift.objects.count())]))

    def read(self) -> dict[str, Callable[[], object]]:
        """Return both kinds of account."""
        return {
            name: partial(_balance, pk) for name, pk in {"money": self.money, "campaign": self.campaigns[1]}.items()
        }


def _balance(pk: int) -> int:
    return Account.objects.get(pk=pk).balance_kopecks


def prepare() -> None:
    """Make the tables and open the accounts."""
    with connection.schema_editor() as editor:
        editor.create_model(Account)
        editor.create_model(Gift)
    Account.objects.create(code="money")
    for number in range(CAMPAIGNS):
        Account.objects.create(code=f"campaign-{number}")


if __name__ == "__main__":
    if sys.argv[1:] == ["prepare"]:
        prepare()
    else:
        serve(Naive())
