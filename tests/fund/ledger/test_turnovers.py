"""Turnovers by day and in all: the same before and after a checkpoint, with Redis and without."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from redis.exceptions import RedisError

from fund.ledger import services, turnovers
from fund.ledger.turnovers import DayTurnover, Turnover
from fund.money import Kopecks

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from fund.ledger.models import Operation

FIRST, SECOND = date(2026, 5, 1), date(2026, 5, 2)


def post(event: str, kopecks: int, *, key: str, day: date = FIRST, name: str = "gross") -> Operation:
    return services.post_event(
        event=event, subject="fund", amounts={name: Kopecks(kopecks)}, key=key, business_date=day, reference=key
    )


def moved(debit: int, credit: int) -> Turnover:
    return Turnover(Kopecks(debit), Kopecks(credit))


def test_the_same_turnovers_before_and_after_a_checkpoint(committed: str) -> None:
    post("gift", 500, key="1")
    post("gift", 300, key="2", day=SECOND)
    post("refund", 100, key="3", day=SECOND)
    post("commission", 20, key="4", name="fee")
    days = [DayTurnover("86.fund", FIRST, moved(0, 500)), DayTurnover("86.fund", SECOND, moved(100, 300))]
    heads = {"57": moved(800, 120), "86": moved(100, 800), "26": moved(20, 0)}

    assert (turnovers.daily(codes=["86.fund"]), turnovers.by_head(), turnovers.entries()) == (days, heads, 4)
    services.seal_checkpoint()
    assert (turnovers.daily(codes=["86.fund"]), turnovers.by_head(), turnovers.entries()) == (days, heads, 4)
    post("gift", 7, key="5", day=SECOND)
    days[1] = DayTurnover("86.fund", SECOND, moved(100, 307))
    heads |= {"57": moved(807, 120), "86": moved(100, 807)}
    assert (turnovers.daily(codes=["86.fund"]), turnovers.by_head(), turnovers.entries()) == (days, heads, 5)


@pytest.mark.django_db
def test_accounts_named_are_left_out() -> None:
    post("gift", 500, key="1")
    post("refund_refused", 100, key="2")

    assert turnovers.by_head()["76"] == moved(0, 100)
    assert "76" not in turnovers.by_head(but=["76.debts"])


@pytest.mark.django_db
def test_the_books_answer_while_redis_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_named: object) -> None:
        raise RedisError

    post("gift", 500, key="1")
    monkeypatch.setattr(cache, "get", refuse)
    monkeypatch.setattr(cache, "set", refuse)

    assert turnovers.daily(codes=["86.fund"]) == [DayTurnover("86.fund", FIRST, moved(0, 500))]


@pytest.mark.django_db
def test_the_newest_gift_is_one_that_stands() -> None:
    assert turnovers.newest_of(kinds=["gift"]) is None
    first = post("gift", 500, key="1")
    wrong = post("gift", 900, key="2")
    services.reverse_operation(
        operation=wrong, reason="wrong_amount", approved_by_role="treasurer", key="back", business_date=FIRST
    )

    found = turnovers.newest_of(kinds=["gift"])
    assert found is not None
    assert (found.number, found.amount_kopecks) == (first.number, 500)
    assert turnovers.newest_numbers(kinds=["gift"], limit=5) == [first.number]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_cost_is_the_same_however_many(django_assert_num_queries: DjangoAssertNumQueries, count: int) -> None:
    for number in range(count):
        post("gift", 500, key=f"{number}", day=date(2026, 5, 1 + number))
    cache.clear()

    with django_assert_num_queries(3):
        turnovers.by_head()
    with django_assert_num_queries(3):
        turnovers.daily(codes=["86.fund"])
    with django_assert_num_queries(2):
        turnovers.daily(codes=["86.fund"])
    cache.clear()
