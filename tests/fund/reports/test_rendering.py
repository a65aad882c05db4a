"""A report is made once: by two workers, by one that is killed, by one that was taken for dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from config import env
from config.embedded.copy import wait_until
from fund.reports import tasks
from fund.reports.documents import Written
from fund.reports.errors import DamagedFileError, LeaseLostError
from fund.reports.files import keep_file, open_file
from fund.reports.models import Report
from fund.reports.services import asking, rendering
from tests.fund.reports import books
from tests.fund.reports.books import JUNE_FIRST, MAY

pytestmark = pytest.mark.usefixtures("committed")
LATER = JUNE_FIRST + rendering.LEASE


@pytest.fixture
def report(committed: str) -> Report:
    books.may()
    books.seal()
    return asking.ask(wanted=Report(kind="month", month=MAY), now=JUNE_FIRST).report


@pytest.fixture(autouse=True)
def no_files() -> None:
    """Let no test find the file of another."""
    for name in stored():
        default_storage.delete(f"reports/{name}")


def stored() -> list[str]:
    return default_storage.listdir("reports")[1] if default_storage.exists("reports") else []


def render(later: timedelta = timedelta(0)) -> Report | None:
    return rendering.render_next(clock=lambda: JUNE_FIRST + later)


def test_a_report_goes_from_its_queue_to_its_file(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int]] = []
    tell = rendering.tell

    def told(**named: Any) -> None:
        tell(**named)
        seen.append(Report.objects.values_list("state", "percent").get())

    monkeypatch.setattr(rendering, "tell", told)
    assert render() == report

    report.refresh_from_db()
    assert seen == [("rendering", 30), ("rendering", 80)]
    assert (report.state, report.percent, report.attempts, report.leased_until) == ("published", 100, 1, None)
    assert stored() == [f"{report.file_sha256}.pdf"]
    with open_file(report=report) as stream:
        assert len(stream.read()) == report.file_bytes
    assert render() is None


def test_a_worker_killed_while_it_renders_leaves_a_report_that_is_made_once(report: Report, committed: str) -> None:
    url = f"postgresql://fund_app@/{committed}?host={env.socket_dir()}"
    environ = os.environ | {
        "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test", "DEMO": "0",
        "LOG_SIGNING_KEY": settings.LOG_SIGNING_KEY, "LOG_VERIFIER_KEY": settings.LOG_VERIFIER_KEY,
    }  # fmt: skip
    options = ["-Q", "papers", "--concurrency", "1", "--loglevel", "CRITICAL", "--without-gossip", "--without-mingle"]
    command = [sys.executable, "-m", "celery", "-A", "config", "--quiet", "worker", *options]
    with subprocess.Popen(
        command, env=environ, cwd=env.BASE_DIR, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as worker:  # fmt: skip
        tasks.render_next.apply_async()
        wait_until(lambda: Report.objects.get().state != "queued")
        os.killpg(worker.pid, signal.SIGKILL)
    report.refresh_from_db()
    assert (report.state, report.attempts) == ("rendering", 1), "it was caught in the middle"
    assert stored() == []

    now = timezone.now()
    assert rendering.render_next(clock=lambda: now) is None, "its lease still runs"
    assert rendering.render_next(clock=lambda: now + rendering.LEASE) == report
    report.refresh_from_db()
    assert (report.state, report.attempts) == ("published", 2)
    assert stored() == [f"{report.file_sha256}.pdf"]
    assert Report.objects.count() == 1


def test_two_workers_at_once_make_one_file(report: Report) -> None:
    def once(_number: int) -> Report | None:
        try:
            return render()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(once, range(2)))

    assert sorted(made, key=bool) == [None, report]
    report.refresh_from_db()
    assert (report.state, report.attempts) == ("published", 1)
    assert len(stored()) == 1


def test_who_was_taken_for_dead_publishes_nothing(report: Report) -> None:
    slow = rendering.claim(now=JUNE_FIRST)
    assert slow is not None
    assert rendering.claim(now=LATER - timedelta(seconds=1)) is None
    assert rendering.render_next(clock=lambda: LATER) == report
    kept = Report.objects.values().get()

    with pytest.raises(LeaseLostError):
        rendering.tell(report=slow, percent=50, now=LATER)
    with pytest.raises(LeaseLostError):
        rendering.publish(report=slow, written=Written(b"another", 1), now=LATER)
    assert rendering.fail(report=slow, failure=Report.Failure.STORAGE) is None
    assert Report.objects.values().get() == kept
    assert len(stored()) == 1


def test_a_worker_that_loses_its_lease_stops_quietly(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    def stolen(report: Report, tell: Any) -> None:
        Report.objects.update(attempts=2)
        tell(30)

    monkeypatch.setattr(rendering, "write_report", stolen)

    assert render() is None
    assert Report.objects.get().state == "rendering"


def test_a_sign_of_life_keeps_the_lease(report: Report) -> None:
    claimed = rendering.claim(now=JUNE_FIRST)
    assert claimed is not None
    rendering.tell(report=claimed, percent=30, now=LATER - timedelta(seconds=1))

    assert rendering.claim(now=LATER) is None
    again = rendering.claim(now=LATER - timedelta(seconds=1) + rendering.LEASE)
    assert again is not None
    assert (again.attempts, again.percent) == (2, 0)


def test_what_kills_its_worker_each_time_is_given_up_and_the_next_has_its_turn(report: Report) -> None:
    other = asking.ask(wanted=Report(kind="project", subject="sad"), now=JUNE_FIRST).report
    for attempt in range(rendering.MOST_ATTEMPTS):
        assert rendering.claim(now=JUNE_FIRST + attempt * rendering.LEASE) == report

    assert render(rendering.MOST_ATTEMPTS * rendering.LEASE) == other
    report.refresh_from_db()
    assert (report.state, report.failure, report.leased_until) == ("failed", "interrupted", None)


def test_a_disk_that_is_full_fails_the_report_and_a_second_try_makes_it(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(FileSystemStorage, "save", full)
        failed = render()
    assert failed is not None
    assert (failed.state, failed.failure) == ("failed", "storage")
    assert render() is None

    asking.retry_report(report_id=report.pk)
    assert render() == report
    assert Report.objects.get().state == "published"


def test_a_file_that_a_crash_left_half_written_is_written_anew(report: Report) -> None:
    made = render()
    assert made is not None
    with open_file(report=made) as stream:
        content = stream.read()
    other = content + b"more"
    digest = keep_file(content=other)
    path = Path(default_storage.path(f"reports/{digest}.pdf"))
    path.write_bytes(other[:1000])

    assert keep_file(content=other) == digest
    assert path.read_bytes() == other


def test_a_published_file_is_never_overwritten_and_not_shown_once_it_is_another(report: Report) -> None:
    made = render()
    assert made is not None
    name = made.storage_name
    before = Path(default_storage.path(name)).read_bytes()

    assert keep_file(content=before) == made.file_sha256
    elsewhere = default_storage.save(name, ContentFile(b"other"))
    assert elsewhere != name
    assert Path(default_storage.path(name)).read_bytes() == before
    Path(default_storage.path(name)).write_bytes(b"other")
    with pytest.raises(DamagedFileError):
        keep_file(content=before)
    with pytest.raises(DamagedFileError):
        open_file(report=made)
    default_storage.delete(name)
    with pytest.raises(DamagedFileError):
        open_file(report=made)


def test_the_database_lets_nobody_change_what_is_published(report: Report) -> None:
    render()
    kept = Report.objects.values().get()

    for role in ("default", "owner"):
        for change in (
            "UPDATE reports_report SET file_sha256 = repeat('0', 64)",
            "UPDATE reports_report SET state = 'queued', percent = 0",
            "UPDATE reports_report SET version = 2",
            "UPDATE reports_report SET published_at = now()",
            "DELETE FROM reports_report",
            "TRUNCATE reports_report",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(role), connections[role].cursor() as cursor:
                cursor.execute(change)

    assert Report.objects.values().get() == kept


def test_the_database_refuses_a_state_that_is_none(report: Report) -> None:
    kept = Report.objects.values().get()
    ready = {"state": "published", "percent": 100, "file_sha256": "0" * 64, "file_bytes": 1, "pages": 1}
    for changes in (
        ready | {"published_at": JUNE_FIRST}, {"state": "failed", "failure": "storage"}, {"state": "rendering"},
        {"percent": 50}, {"month": None}, {"subject": "sad"}, {"checkpoint": None},
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            Report.objects.update(**changes)

    assert Report.objects.values().get() == kept


def test_the_database_refuses_a_report_that_begins_published_or_a_second_unfinished(report: Report) -> None:
    ready = {"state": "published", "percent": 100, "file_sha256": "0" * 64, "file_bytes": 1, "pages": 1,
             "published_at": JUNE_FIRST}  # fmt: skip
    for what in ({"kind": "project", "subject": "sad", **ready}, {"kind": "month", "month": MAY, "version": 2}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Report.objects.create(**{"version": 1, "checkpoint": report.checkpoint, "asked_at": JUNE_FIRST, **what})

    assert Report.objects.get() == report
