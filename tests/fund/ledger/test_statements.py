"""The trial balance: any period, any checkpoint, backdated entries too; equal to a plain sum of the postings."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connections, transaction

from fund.ledger import services, statements, turnovers
from fund.ledger.chart import read_synthetic
from fund.ledger.errors import ChartError
from fund.ledger.models import Account, Checkpoint, Posting, Turnover
from fund.ledger.statements import StatementRow
from fund.ledger.turnovers import DayTurnover
from fund.money import Kopecks
from tests.services import migrate_books

if TYPE_CHECKING:
    from pathlib import Path

JANUARY, MARCH, MARCH_END = date(2026, 1, 15), date(2026, 3, 1), date(2026, 3, 31)


def post(event: str, kopecks: int, *, day: date, subject: str = "fund", name: str = "gross") -> None:
    key = f"{event}:{Posting.objects.count()}"
    services.post_event(
        event=event, subject=subject, amounts={name: Kopecks(kopecks)}, key=key, business_date=day, reference="1"
    )


def seal() -> int:
    made = services.seal_checkpoint()
    assert made is not None
    return made


def line(code: str, *sums: int) -> StatementRow:
    account = Account.objects.filter(code=code).first()
    name, side = (account.name, account.side) if account else (read_synthetic()[code], "")
    return StatementRow(code, name, side, *(Kopecks(one) for one in sums))


@pytest.mark.usefixtures("committed")
def test_a_period_shows_what_was_there_what_came_and_what_is_there() -> None:
    post("gift", 500, day=JANUARY)
    post("gift", 300, day=MARCH)
    post("commission", 20, day=MARCH_END, name="fee")
    post("refund", 100, day=date(2026, 4, 1))
    checkpoint = seal()

    found = statements.trial_balance(checkpoint=checkpoint, since=MARCH, until=MARCH_END)

    assert found.rows == (
        line("26", 0, 0, 20, 0, 20, 0), line("57", 500, 0, 300, 20, 780, 0), line("86", 0, 500, 0, 300, 0, 800),
    )  # fmt: skip
    assert found.totals.sums() == (500, 500, 320, 320, 800, 800)
    assert found.is_balanced
    of_head = statements.trial_balance(checkpoint=checkpoint, since=MARCH, until=MARCH_END, head="86")
    assert of_head.rows == (line("86.fund", 0, 500, 0, 300, 0, 800),)
    assert of_head.totals == line("86", 0, 500, 0, 300, 0, 800)
    every = statements.trial_balance(checkpoint=checkpoint)
    assert [row.sums() for row in every.rows] == [
        (0, 0, 20, 0, 20, 0),
        (0, 0, 800, 120, 680, 0),
        (0, 0, 100, 800, 0, 700),
    ]
    assert statements.trial_balance(checkpoint=0).rows == ()
    assert statements.trial_balance(checkpoint=0).totals.sums() == (0,) * 6


@pytest.mark.usefixtures("committed")
def test_every_figure_is_read_at_a_named_checkpoint_and_a_backdated_entry_comes_out_right() -> None:
    post("gift", 500, day=MARCH)
    first = seal()
    post("gift", 70, day=JANUARY)  # written later, belongs earlier
    post("gift", 5, day=MARCH)
    second = seal()
    post("gift", 1000, day=MARCH)  # not sealed

    def fund(checkpoint: int) -> tuple[int, ...]:
        found = statements.turnovers_at(checkpoint=checkpoint, codes=["86.fund", "nobody"], since=MARCH, until=MARCH)
        assert set(found) == {"86.fund"}
        return found["86.fund"].sums()

    assert fund(first) == (0, 0, 0, 500, 0, 500)
    assert fund(second) == (0, 70, 0, 505, 0, 575)
    assert turnovers.daily_at(checkpoint=first, codes=["86.fund"]) == [
        DayTurnover("86.fund", MARCH, turnovers.Turnover().plus(0, 500))
    ]
    assert [(row.day, row.turnover.credit_kopecks) for row in turnovers.daily_at(
        checkpoint=second, codes=["86.fund"], since=date(2026, 1, 1), until=JANUARY)] == [(JANUARY, 70)]  # fmt: skip


@pytest.mark.usefixtures("committed")
def test_any_period_at_any_checkpoint_equals_a_plain_sum() -> None:
    chance = random.Random(7)
    for subject in ("a", "b"):
        services.open_account(code=f"86.{subject}", name=subject)
    marks = []
    for _checkpoint in range(6):
        with transaction.atomic():
            for _entry in range(12):
                day = date(2025, 11, 20) + timedelta(days=chance.randrange(120))
                post("gift", chance.randrange(1, 999), day=day, subject=chance.choice(["a", "b", "fund"]))
        marks.append(seal())
    days = [*(date(2025, 11, 1) + timedelta(days=step) for step in range(0, 170, 13)), date(2026, 1, 1)]

    for _question in range(60):
        checkpoint, (first, last) = chance.choice(marks), sorted(chance.sample(days, 2))
        since, until = chance.choice([(first, last), (None, last), (first, None), (None, date.max)])
        rows = statements.trial_balance(checkpoint=checkpoint, since=since, until=until, head="86").rows
        assert {row.code: row.sums() for row in rows} == plain(checkpoint, since, until)
        assert statements.trial_balance(checkpoint=checkpoint, since=since, until=until).is_balanced


def plain(checkpoint: int, since: date | None, until: date | None) -> dict[str, tuple[int, ...]]:
    """Add up the gifts to each fund, one by one."""
    watermark = Checkpoint.objects.get(pk=checkpoint).watermark
    found = {code: [0, 0] for code in ("86.a", "86.b", "86.fund")}
    for posting in Posting.objects.filter(transaction_id__lt=watermark).select_related("operation", "credit"):
        day = posting.operation.business_date
        if day <= (until or date.max):
            found[posting.credit.code][day >= (since or date.min)] += posting.amount_kopecks
    return {code: (0, before, 0, came, 0, before + came) for code, (before, came) in found.items()}


@pytest.mark.usefixtures("committed")
def test_accounts_of_a_head_are_paged_in_the_order_of_their_codes() -> None:
    for subject in ("a", "b", "c"):
        services.open_account(code=f"86.{subject}", name=subject)
    post("gift", 5, day=MARCH, subject="b")
    checkpoint = seal()

    def page(after: str) -> list[str]:
        return [
            row.code for row in statements.trial_balance(checkpoint=checkpoint, head="86", after=after, limit=2).rows
        ]

    assert (page(""), page("86.b"), page("86.fund")) == (["86.a", "86.b"], ["86.c", "86.fund"], [])
    assert statements.trial_balance(checkpoint=checkpoint, head="02").rows == ()


def test_a_chart_with_an_account_of_no_synthetic_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "chart.toml"
    path.write_text('[[account]]\ncode = "51"\nname = "Счёт"\nside = "active"\n', encoding="utf-8")

    with pytest.raises(ChartError, match=r"chart.toml: \[synthetic\] does not name \['51'\]"):
        read_synthetic(path)


@pytest.mark.usefixtures("books_alone")
def test_the_migration_goes_back_and_forth_and_loses_nothing() -> None:
    for kopecks, day in ((5, MARCH), (7, MARCH), (9, JANUARY)):
        post("gift", kopecks, day=day)
        seal()
    before = sorted(Turnover.objects.values_list())

    migrate_books("0007_what_fits_the_log")
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT account_id, business_date, checkpoint_id, credit_kopecks FROM ledger_dailyturnover"
                       " WHERE credit_kopecks > 0 ORDER BY 3")  # fmt: skip
        assert [row[1:] for row in cursor.fetchall()] == [(MARCH, 1, 5), (MARCH, 2, 7), (JANUARY, 3, 9)]
    migrate_books()

    assert sorted(Turnover.objects.values_list()) == before
