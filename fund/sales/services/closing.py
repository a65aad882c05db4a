"""The shop's year: its result, for each whom goods fed, becomes money with that purpose."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from fund.ledger import services as ledger
from fund.ledger import turnovers
from fund.ledger.models import Account, Operation
from fund.money import Kopecks
from fund.sales.selectors import FAMILIES
from people.turns import take_turns

CLOSED_FROM = (2, 1)  # month and day of the year after: what December's papers say is entered by then


class YearNotOverError(Exception):
    """The year still goes on."""


def close_last_year(*, today: date) -> list[Operation]:
    """Post the result of the year that is over, once its papers had time to come; repeat-safe, and cheap to repeat."""
    if (today.month, today.day) < CLOSED_FROM:
        return []
    return close_year(year=today.year - 1, today=today)


@transaction.atomic
def close_year(*, year: int, today: date) -> list[Operation]:
    """Post the year's result of the shop, one operation for each whom goods fed; repeat-safe.

    A profit goes to what it was promised to; a loss stays on account 84, where everybody sees it. What is dated into
    the year after it was closed is part of the next.

    :raises YearNotOverError: if the year is not over.
    """
    if today.year <= year:
        raise YearNotOverError(year)
    take_turns(f"shop year {year}")
    return [operation for subject in _subjects() if (operation := _close(subject, year))]


def _subjects() -> list[str]:
    """Return all whom goods ever fed."""
    family = f"{FAMILIES[0]}."
    codes = Account.objects.filter(code__startswith=family).order_by("code").values_list("code", flat=True)
    return [code.removeprefix(family) for code in codes]


def _held(subject: str, *, until: date) -> list[int]:
    """Return what a subject's accounts hold after a day: revenue, cost, other income, other costs, in kopecks."""
    codes = [f"{family}.{subject}" for family in FAMILIES]
    sums = dict.fromkeys(codes, 0)
    for row in turnovers.daily(codes=codes):
        if row.day <= until:
            sums[row.code] += row.turnover.credit_kopecks - row.turnover.debit_kopecks
    return [sums[codes[0]], -sums[codes[1]], sums[codes[2]], -sums[codes[3]]]


def _close(subject: str, year: int) -> Operation | None:
    key = f"shop_year:{year}:{subject}"
    if Operation.objects.filter(key=key).exists():
        return None
    revenue, cost, other_income, other_costs = _held(subject, until=date(year, 12, 31))
    trading, other = revenue - cost, other_income - other_costs
    result = trading + other
    amounts = {
        "revenue": revenue,
        "cost": cost,
        "other_income": other_income,
        "other_costs": other_costs,
        "trading_profit": max(trading, 0),
        "trading_loss": max(-trading, 0),
        "other_profit": max(other, 0),
        "other_loss": max(-other, 0),
        "profit": max(result, 0),
        "loss": max(-result, 0),
    }
    if not any(amounts.values()):
        return None
    return ledger.post_event(
        event="shop_year_closed",
        subject=subject,
        amounts={name: Kopecks(amount) for name, amount in amounts.items()},
        key=key,
        business_date=date(year, 12, 31),
        reference=str(year),
    )
