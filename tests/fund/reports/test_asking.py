"""Who may ask for which report, and when there is another version of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from fund.reports import selectors
from fund.reports.errors import MonthNotOverError, NotSealedError, ReportError, TooManyReportsError, UnknownProjectError
from fund.reports.models import Asking, Report
from fund.reports.services import asking, rendering
from tests.fund.reports import books
from tests.fund.reports.books import JUNE_FIRST, MAY, MOSCOW, post

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.usefixtures("committed")
HOME = "203.0.113.7"


def ask(*, now: datetime = JUNE_FIRST, **what: Any) -> asking.Asked:
    return asking.ask_for_report(wanted=Report(**(what or {"kind": "month", "month": MAY})), address=HOME, now=now)


def make() -> Report:
    report = rendering.render_next(clock=lambda: JUNE_FIRST)
    assert report is not None
    return report


def test_asking_twice_is_one_report() -> None:
    books.may()
    books.seal()
    first, second = ask(), ask()

    assert (first.is_new, second.is_new, second.report) == (True, False, first.report)
    assert make() == first.report
    assert ask() == asking.Asked(first.report, is_new=False)
    assert Report.objects.count() == 1


def test_a_correction_is_a_new_version_and_the_first_stays_as_it_is() -> None:
    books.may()
    books.seal()
    ask()
    first = make()
    kept = Report.objects.filter(pk=first.pk).values().get()
    post("gift", "sad", date(2026, 6, 2), gross=500_00)
    books.seal()
    assert not ask().is_new, "June's gift is not May's"
    post("gift", "sad", date(2026, 4, 2), gross=400_00)
    books.seal()
    assert ask().is_new, "a late entry of April changes what May began with"
    second = make()

    assert (second.version, second.month) == (2, MAY)
    assert second.file_sha256 != first.file_sha256
    assert Report.objects.filter(pk=first.pk).values().get() == kept


def test_a_projects_report_has_one_version_a_day_at_most() -> None:
    books.may()
    books.seal()
    what: dict[str, Any] = {"kind": "project", "subject": "sad"}
    ask(**what)
    make()
    post("gift", "sad", date(2026, 6, 2), gross=500_00)
    books.seal()

    assert not ask(now=JUNE_FIRST + timedelta(hours=23), **what).is_new
    assert ask(now=JUNE_FIRST + timedelta(days=1), **what).is_new
    make()
    post("gift", "hor", date(2026, 6, 2), gross=500_00)
    books.seal()
    assert not ask(now=JUNE_FIRST + timedelta(days=9), **what).is_new, "another project's gift is none of its own"
    assert Report.objects.count() == 2


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ({"kind": "month", "month": date(2026, 6, 1)}, MonthNotOverError),
        ({"kind": "month", "month": date(2027, 1, 1)}, MonthNotOverError),
        ({"kind": "month", "month": date(2026, 3, 1)}, MonthNotOverError),
        ({"kind": "project", "subject": "nowhere"}, UnknownProjectError),
        ({"kind": "project", "subject": "debts"}, UnknownProjectError),
    ],
)
def test_what_has_no_report_is_refused(what: dict[str, Any], error: type[ReportError]) -> None:
    books.may()
    books.seal()
    with pytest.raises(error):
        ask(**what)

    assert not Report.objects.exists()


def test_nothing_is_asked_for_before_it_is_sealed() -> None:
    with pytest.raises(MonthNotOverError):
        ask()
    books.may()
    with pytest.raises(NotSealedError):
        ask()
    assert not Report.objects.exists()


def test_a_month_waits_for_the_checkpoint_that_counts_its_last_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    books.may()
    books.seal()
    post("gift", "sad", date(2026, 5, 31), gross=500_00)
    future = datetime(2035, 2, 1, tzinfo=MOSCOW)
    monkeypatch.setattr(selectors, "end_of", lambda _month: future)  # as if the checkpoint were made within the month
    with pytest.raises(NotSealedError):
        ask()
    assert not Report.objects.exists()
    books.seal()

    assert ask().is_new


def test_beat_asks_once_a_month_from_the_first_at_three_in_moscow() -> None:
    books.may()
    books.seal()
    asked = [
        asking.ask_for_month_before(now=datetime(2026, month, day, hour, minute, tzinfo=MOSCOW))
        for month, day, hour, minute in ((6, 1, 2, 59), (6, 1, 3, 0), (6, 1, 3, 10), (6, 30, 0, 0), (7, 1, 2, 0))
    ]

    assert [report.month if report else None for report in asked] == [date(2026, 4, 1), MAY, None, None, None]
    assert Report.objects.count() == 2


def test_beat_asks_for_nothing_before_the_books_begin_or_are_sealed() -> None:
    assert asking.ask_for_month_before(now=JUNE_FIRST) is None
    books.may()
    assert asking.ask_for_month_before(now=JUNE_FIRST) is None
    assert asking.ask_for_month_before(now=datetime(2026, 4, 30, tzinfo=MOSCOW)) is None
    assert not Report.objects.exists()


def test_wishes_are_counted_by_address_and_forgotten(settings: Settings) -> None:
    settings.REPORTS_PER_ADDRESS = 2
    books.may()
    books.seal()
    ask()
    ask()
    with pytest.raises(TooManyReportsError):
        ask(kind="project", subject="sad")
    assert Report.objects.count() == 1
    assert ask(now=JUNE_FIRST + timedelta(minutes=10), kind="project", subject="sad").is_new

    asking.forget_askings(now=JUNE_FIRST + timedelta(minutes=15))
    assert Asking.objects.count() == 1
    assert HOME not in str(list(Asking.objects.values()))


def test_strangers_do_not_fill_the_queue_but_beat_gets_its_month(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_WAITING", 1)
    books.may()
    books.seal()
    ask(kind="project", subject="sad")
    with pytest.raises(TooManyReportsError):
        ask(kind="project", subject="hor")
    assert asking.ask_for_month_before(now=JUNE_FIRST) is not None
    assert set(Report.objects.values_list("subject", flat=True)) == {"sad", ""}


def test_eight_at_once_make_one_report() -> None:
    books.may()
    books.seal()

    def once(_number: int) -> int:
        try:
            return ask().report.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(once, range(8)))

    assert found == set(Report.objects.values_list("pk", flat=True))
    assert len(found) == 1


def test_what_failed_is_asked_for_by_trying_again_and_not_twice() -> None:
    books.may()
    books.seal()
    report = ask().report
    rendering.claim(now=JUNE_FIRST)
    report.refresh_from_db()
    rendering.fail(report=report, failure=Report.Failure.STORAGE)

    assert ask().report == report
    for _ in range(2):
        retried = asking.retry_for_caller(report_id=report.pk, address=HOME, now=JUNE_FIRST)
        assert (retried.state, retried.failure, retried.attempts) == ("queued", "", 0)
    assert make() == report
    assert asking.retry_report(report_id=report.pk).state == "published"
    assert Report.objects.count() == 1
