"""Entries are found by number, sum, day and project, sealed or not; pages join into one list."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from django.db import DatabaseError, connection

from fund.ledger import errata, services
from fund.ledger.models import Operation
from fund.ledger.search import OperationFilter, find_numbers
from fund.money import Kopecks

DAY = date(2026, 5, 1)


def gift(kopecks: int, *, day: date = DAY, subject: str = "fund") -> Operation:
    key = f"gift:{Operation.objects.count()}"
    return services.post_event(
        event="gift", subject=subject, amounts={"gross": Kopecks(kopecks)}, key=key, business_date=day, reference="1"
    )


@pytest.mark.usefixtures("committed")
def test_every_filter_and_all_together_find_what_a_plain_look_finds_on_pages_that_join() -> None:
    services.open_account(code="86.jazz", name="jazz")
    written: list[tuple[date, int, str, int]] = []
    for place in range(24):
        day, subject, given = DAY + timedelta(place * 5 % 7), ("fund", "jazz")[place % 2], (500, 700)[place % 3 % 2]
        written.append((day, gift(given, day=day, subject=subject).number, subject, given))
        if place in {7, 15}:
            services.seal_checkpoint()

    for subject, since, until, kopecks in product(
        ("", "jazz"), (None, DAY + timedelta(2)), (None, DAY + timedelta(4)), (None, 500)
    ):
        wanted = OperationFilter(subject, since, until, None, Kopecks(kopecks) if kopecks else None)
        plain = [
            row[1]
            for row in sorted(written, reverse=True)
            if (not subject or row[2] == subject)
            and (since or DAY) <= row[0] <= (until or date.max)
            and (not kopecks or row[3] == kopecks)
        ]
        assert find_numbers(wanted=wanted, before=None, after=None, limit=100) == plain
        down: list[int] = []
        while page := find_numbers(wanted=wanted, before=down[-1] if down else None, after=None, limit=3):
            down += page
        assert down == plain
        assert find_numbers(wanted=wanted, before=None, after=plain[-1], limit=2) == plain[:-1][-2:]
    number = written[3][1]
    assert find_numbers(wanted=OperationFilter(number=number), before=None, after=None, limit=5) == [number]
    assert find_numbers(wanted=OperationFilter(number=number, subject="fund"), before=None, after=None, limit=5) == []
    assert find_numbers(wanted=OperationFilter(), before=10**9, after=None, limit=5) == []


@pytest.mark.usefixtures("committed")
def test_a_sum_is_that_of_all_postings_before_a_checkpoint_and_after() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT post_operation('gift', 'fund', '2026-05-01', 'x', 'k', NULL, '{}', '{57.yookassa,57.yookassa}',"
            " '{86.fund,76.debts}', '{300,200}', '{}')"
        )
    for _moment in ("before", "after"):
        assert find_numbers(wanted=OperationFilter(amount_kopecks=Kopecks(500)), before=None, after=None, limit=9) == [
            1
        ]
        for part in (300, 200):
            wanted = OperationFilter(amount_kopecks=Kopecks(part))
            assert find_numbers(wanted=wanted, before=None, after=None, limit=9) == []
        services.seal_checkpoint()


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("day", ["infinity", "1989-12-31", "2200-01-01"])
def test_no_entry_has_a_date_that_reports_could_never_reach(day: str) -> None:
    with pytest.raises(DatabaseError, match="operation_day_sensible"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT post_operation('gift', 'fund', %s, 'x', 'k', NULL, '{}', '{51}', '{86.fund}', '{1}', '{}')",
            [day],
        )

    assert Operation.objects.count() == 0


@pytest.mark.usefixtures("committed")
def test_the_errata_log_says_what_why_and_by_whose_decision() -> None:
    first, second, third = gift(100), gift(200), gift(300)
    for wrong, reason, approver in ((first, "wrong_amount", "treasurer_and_signer"), (second, "duplicate", "provider")):
        services.reverse_operation(
            operation=wrong, reason=reason, approved_by_role=approver, key=f"r{wrong.number}", business_date=DAY
        )

    rows = errata.errata_page()

    assert [
        (
            row.correction.number,
            row.wrong_number,
            row.wrong_memo,
            row.correction.amount_kopecks,
            row.reason,
            row.approver,
        )
        for row in rows
    ] == [
        (5, 2, second.memo, 200, "запись повторяет другую", "по данным платёжного сервиса, без решения человека"),
        (4, 1, first.memo, 100, "ошибка в сумме", "казначей и второй подписант"),
    ]
    assert [row.wrong_number for row in errata.errata_page(before=5)] == [1]
    assert errata.errata_page(before=4) == []
    assert Operation.objects.get(number=4).memo == (
        "Исправление записи № 1: ошибка в сумме. Решение: казначей и второй подписант"
    )
    with pytest.raises(KeyError):
        services.reverse_operation(
            operation=third, reason="duplicate", approved_by_role="Иванов", key="x", business_date=DAY
        )
    assert Operation.objects.count() == 5


def test_an_older_reversal_tells_its_reason_and_no_approver() -> None:
    said = errata.WRITTEN.fullmatch("Исправление записи № 7: ошибка в счёте")

    assert said is not None
    assert (said["reason"], said["approver"]) == ("ошибка в счёте", None)
    assert max(
        len(errata.memo(number=10**18, reason=reason, approver=approver))
        for reason in errata.reasons() for approver in errata.approvers()
    ) <= 200  # fmt: skip
