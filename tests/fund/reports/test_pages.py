"""The reports' pages, file and API: what works, what is refused in a sentence, what a stranger may send."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from celery import current_app
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from fund.ledger import log
from fund.reports.models import Asking, Report
from fund.reports.services import asking, rendering
from fund.reports.tasks import ask_for_month, render_next
from tests.fund.reports import books
from tests.fund.reports.books import JUNE_FIRST, MAY

if TYPE_CHECKING:
    from pytest_django.fixtures import DjangoAssertNumQueries

pytestmark = pytest.mark.usefixtures("committed")
MONTH = {"kind": "month", "month": MAY}
SAD = {"kind": "project", "subject": "sad"}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note what is handed to the worker."""
    found: list[str] = []
    monkeypatch.setattr(current_app._get_current_object(), "send_task", lambda name, **_named: found.append(name))
    return found


@pytest.fixture
def client() -> Client:
    books.may()
    books.seal()
    return Client()


def asked(**what: Any) -> Report:
    return asking.ask(wanted=Report(**what), now=JUNE_FIRST).report


def published(**what: Any) -> Report:
    report = asked(**what)
    assert rendering.render_next(clock=lambda: JUNE_FIRST) == report
    report.refresh_from_db()
    return report


def test_a_month_is_asked_for_waited_for_and_read(client: Client, sent: list[str]) -> None:
    page = client.get("/reports/").content.decode()
    assert '<option value="2026-05">май 2026</option>' in page
    assert "Отчётов ещё нет" in page
    answer = client.post("/reports/", {"month": "2026-05"})
    report = Report.objects.get()
    assert (answer.status_code, answer.headers["Location"], sent) == (
        302,
        f"/reports/{report.pk}/",
        ["reports.render_next"],
    )
    waiting = client.get(f"/reports/{report.pk}/").content.decode()
    assert f'hx-get="/reports/{report.pk}/state/?seen=queued-0"' in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert client.get(f"/reports/{report.pk}.pdf").status_code == 404

    _it_is_made(client, report)


def _it_is_made(client: Client, report: Report) -> None:
    rendering.claim(now=JUNE_FIRST)
    part = client.get(f"/reports/{report.pk}/state/?seen=queued-0").content.decode()
    assert "Отчёт составляется" in part
    assert "<html" not in part
    assert client.get(f"/reports/{report.pk}/state/?seen=rendering-0").status_code == 204
    assert rendering.render_next(clock=lambda: JUNE_FIRST) is None, "another worker is at it"
    rendering.render_next(clock=lambda: JUNE_FIRST + rendering.LEASE)

    report.refresh_from_db()
    ready = client.get(f"/reports/{report.pk}/state/?seen=rendering-0").content.decode()
    assert report.file_sha256 in ready
    assert "hx-get" not in ready
    answer = client.get(f"/reports/{report.pk}.pdf")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert sha256(content).hexdigest() == report.file_sha256
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="otchet-2026-05-v1.pdf"'
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    again = client.get(f"/reports/{report.pk}.pdf", headers={"if-none-match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(f"/reports/{report.pk}.pdf")
    head.close()
    assert head.status_code == 200


def test_asking_anew_shows_the_newest_version_and_says_that_there_is_nothing_more(
    client: Client, sent: list[str]
) -> None:
    report = published(**SAD)
    answer = client.post("/reports/", {"subject": "sad"}, follow=True)

    assert answer.redirect_chain == [(f"/reports/{report.pk}/", 302)]
    assert "Это последняя версия" in answer.content.decode()
    assert (Report.objects.count(), sent) == (1, [])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"month": "2099-01"}, "Отчёт бывает только за месяц, который закончился"),
        ({"month": "2026-13"}, "Это не месяц."),
        ({"month": "май\x00"}, "Это не месяц."),
        ({"month": ""}, "Обязательное поле."),
        ({}, "Обязательное поле."),
        ({"subject": "nowhere"}, "Такого проекта в книгах нет."),
        ({"subject": "../etc"}, "Значение должно состоять"),
        ({"subject": "x" * 81}, "не более 80 символов"),
    ],
)
def test_what_can_not_be_asked_for_is_refused_in_a_sentence(
    client: Client, sent: list[str], words: dict[str, str], sentence: str
) -> None:
    answer = client.post("/reports/", words)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert (Report.objects.count(), sent) == (0, [])


def test_entries_that_are_not_sealed_are_waited_for(sent: list[str]) -> None:
    books.may()
    answer = Client().post("/reports/", {"subject": "sad"})

    assert answer.status_code == 422
    assert "ещё не прошли сверку" in answer.content.decode()
    assert not Report.objects.exists()


def test_reports_are_not_asked_for_without_end(client: Client, sent: list[str]) -> None:
    answers = [client.post("/reports/", {"month": "2026-05"}) for _ in range(settings.REPORTS_PER_ADDRESS + 1)]

    assert {answer.status_code for answer in answers[:-1]} == {302}
    assert answers[-1].status_code == 429
    assert "Подождите десять минут" in answers[-1].content.decode()
    assert (Report.objects.count(), len(sent)) == (1, 1)
    report = Report.objects.get()
    rendering.claim(now=JUNE_FIRST)
    rendering.fail(report=Report.objects.get(), failure=Report.Failure.STORAGE)
    refused = client.post(f"/reports/{report.pk}/", follow=True)
    assert "Подождите десять минут" in refused.content.decode()
    assert Report.objects.get().state == "failed"


def test_what_was_not_made_says_why_and_is_tried_again_by_a_button(client: Client, sent: list[str]) -> None:
    report = asked(**MONTH)
    claimed = rendering.claim(now=JUNE_FIRST)
    assert claimed is not None
    rendering.fail(report=claimed, failure=Report.Failure.BOOKS_DISAGREE)
    page = client.get(f"/reports/{report.pk}/").content.decode()
    assert "Два способа подсчёта разошлись" in page

    for _ in range(2):
        assert client.post(f"/reports/{report.pk}/").status_code == 302
    assert Report.objects.get().state == "queued"
    assert "reports.render_next" in sent


def test_a_file_that_is_another_is_not_shown(client: Client) -> None:
    report = published(**MONTH)
    Path(default_storage.path(report.storage_name)).write_bytes(b"%PDF-other")
    answer = client.get(f"/reports/{report.pk}.pdf")

    assert answer.status_code == 503
    assert "Файл повреждён" in answer.content.decode()
    assert "immutable" not in answer.headers["Cache-Control"]
    default_storage.delete(report.storage_name)


def test_an_old_version_names_the_newer_one(client: Client) -> None:
    old = published(**MONTH)
    books.post("gift", "sad", date(2026, 5, 3), gross=1_00)
    books.seal()
    new = published(**MONTH)
    page = client.get(old.get_absolute_url()).content.decode()

    assert f'Есть более новая версия: <a href="{new.get_absolute_url()}">версия 2</a>' in page
    assert "Составить новую версию" not in page
    assert "Составить новую версию" in client.get(new.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "path",
    [*(f"/reports/{number}{end}" for number in (77, 10**30) for end in ("/", "/state/", ".pdf")), "/api/v1/reports/77"],
)
def test_a_report_that_is_none_is_not_found(path: str) -> None:
    assert Client().get(path).status_code == 404
    if path.endswith("/"):
        assert Client().post(path).status_code in {404, 405}


def test_lists_are_paged_filtered_and_cost_the_same(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    asked(**SAD)
    for path, queries in (("/reports/", 4), ("/api/v1/reports", 2)):
        with django_assert_num_queries(queries):
            client.get(path)
    first = asked(**MONTH)
    asked(kind="project", subject="hor")
    for path, queries in (("/reports/", 4), ("/api/v1/reports", 2)):
        with django_assert_num_queries(queries):
            client.get(path)

    def shown(query: str) -> list[int]:
        return [row.report.pk for row in client.get(f"/reports/{query}").context["rows"]]

    assert len(shown("")) == 3
    assert shown("?kind=month") == [first.pk]
    assert [Report.objects.get(pk=pk).subject for pk in shown("?subject=sad")] == ["sad"]
    assert len(shown(f"?before={first.pk}")) == 1
    assert len(shown("?kind=x&before=nought&subject=%00")) == 3


def test_a_long_list_has_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fund.reports.views.PAGE_SIZE", 1)
    monkeypatch.setattr("api.v1.reports.PAGE_SIZE", 1)
    newest = [asked(**MONTH), asked(**SAD)][::-1]
    page = client.get("/reports/?kind=")
    assert page.context["next_url"] == f"?before={newest[0].pk}"
    following = client.get("/reports/" + page.context["next_url"])
    assert [row.report for row in following.context["rows"]] == [newest[1]]
    assert (following.context["next_url"], following.context["previous_url"]) == ("", "/reports/")
    answer = client.get("/api/v1/reports").json()
    assert (answer["items"][0]["id"], answer["next_cursor"]) == (newest[0].pk, str(newest[0].pk))
    assert client.get("/api/v1/reports?cursor=x").status_code == 400
    assert client.get("/api/v1/reports?kind=x").status_code == 400


def test_the_api_tells_where_the_file_is_and_what_it_was_read_from(client: Client) -> None:
    report = published(**SAD)
    found = client.get(f"/api/v1/reports/{report.pk}").json()

    head = log.newest_head()
    assert head is not None
    sealed_at = found["checkpoint"]["sealed_at"]
    assert found | {"asked_at": "", "published_at": ""} == {
        "id": report.pk, "kind": "project", "month": None, "subject": "sad", "title": "Сад на Суворова", "version": 1,
        "state": "published", "percent": 100, "failure": "", "asked_at": "", "published_at": "",
        "address": f"{settings.SITE_URL}/reports/{report.pk}/",
        "checkpoint": {"size": head.size, "root_sha256": head.root.hex(), "sealed_at": sealed_at},
        "file": {"address": f"{settings.SITE_URL}/reports/{report.pk}.pdf", "sha256": report.file_sha256,
                 "bytes": report.file_bytes, "pages": report.pages},
    }  # fmt: skip


def test_the_english_page_names_months_in_english(client: Client) -> None:
    report = asked(**MONTH)

    assert "month: May 2026" in client.get(f"/en/reports/{report.pk}/").content.decode()


def test_the_project_asked_about_is_chosen_in_the_form(client: Client) -> None:
    page = client.get("/reports/?subject=sad").content.decode()

    assert '<option value="sad" selected>Сад на Суворова</option>' in page


def test_beats_tasks_ask_make_and_forget(monkeypatch: pytest.MonkeyPatch) -> None:
    books.may()
    books.seal()
    handed: list[dict[str, object]] = []
    monkeypatch.setattr(render_next, "apply_async", lambda **named: handed.append(named))
    Asking.objects.create(caller_hash="x", asked_at=timezone.now() - timedelta(hours=1))
    ask_for_month.apply(throw=True)
    assert not Asking.objects.exists()
    assert Report.objects.count() == len(handed) == 1
    ask_for_month.apply(throw=True)
    assert Report.objects.count() == len(handed) == 1
    render_next.apply(throw=True)
    assert Report.objects.get().state == "published"
    assert len(handed) == 2, "the next one follows"
    render_next.apply(throw=True)
    assert len(handed) == 2
