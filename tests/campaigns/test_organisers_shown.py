"""Organisers in public: who they are, how they kept their word, what came in less what went back."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.utils import timezone

from campaigns.models import Campaign, Organiser, ProjectReport
from campaigns.organisers import selectors
from fund.ledger.services import post_event
from fund.money import Kopecks
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(make.NOW)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


def project(by: Organiser, slug: str, *, due_in: int | None = 10, **terms: Any) -> Campaign:
    due = TODAY + due_in * DAY if due_in is not None else None
    return make.campaign(slug, by=by, title=f"Проект {slug}", delivery_due_date=due, **terms)


def move(found: Campaign, *statuses: str, at: datetime = make.NOW) -> None:
    for place, status in enumerate(statuses):
        moment = at + timedelta(microseconds=place + 1)
        Campaign.objects.filter(pk=found.pk).update(status=status, moved_at=moment, moved_as="organiser")


def reported(by: Organiser, slug: str, *, at: datetime, due_in: int | None = 10) -> None:
    found = project(by, slug, due_in=due_in)
    make.end(found, at=make.NOW)
    move(found, "delivering", at=make.NOW)
    ProjectReport.objects.create(campaign=found, text="Сделали", at=at)
    move(found, "reported", at=at)


def shown(by: Organiser) -> selectors.TrackRecord:
    return selectors.portrait(organiser=by, now=make.NOW).record


def test_the_promised_day_is_compared_with_the_day_of_the_report_in_moscow() -> None:
    own = make.organiser()
    last_minute = datetime.combine(TODAY + 10 * DAY, time(23, 59), ZoneInfo("Europe/Moscow"))
    reported(own, "in-time", at=last_minute)
    reported(own, "too-late", at=last_minute + timedelta(minutes=1))
    reported(own, "no-promise", at=last_minute, due_in=None)
    overdue, under_way, waits = (project(own, slug, due_in=days) for slug, days in (("a", -1), ("b", 0), ("c", 5)))
    for one in (overdue, under_way, waits):
        make.end(one, at=make.NOW)
    move(overdue, "delivering")
    missed = project(own, "missed", funding="all_or_nothing", minimum_kopecks=500_00, closes_at=make.NOW)
    move(missed, "not_funded")
    project(own, "live")
    make.draft("hidden", by=own)

    found = shown(own)
    assert (found.on_time, found.late, found.overdue, found.under_way, found.not_funded) == (2, 1, 1, 2, 1)
    assert (found.cancelled, found.raised_kopecks) == (0, 0)


def test_the_sum_is_what_the_books_hold_after_refunds(client: Client) -> None:
    own, other = make.organiser(), make.organiser("Другой")
    first, second = project(own, "first"), project(own, "second")
    foreign = project(other, "foreign")
    for number, one in enumerate((first, second, foreign)):
        make.paid_donation(one, number=number, kopecks=500_00)
    post_event(
        event="refund", subject="first", amounts={"gross": Kopecks(200_00)}, key="back", business_date=TODAY,
        reference="000001",
    )  # fmt: skip

    assert shown(own).raised_kopecks == 800_00
    assert "800\u00a0₽" in client.get(own.get_absolute_url()).content.decode()


def test_a_page_shows_who_it_is_and_the_projects(client: Client) -> None:
    own = make.organiser("<b>Сад</b>")
    project(own, "live")
    ended = project(own, "ended")
    make.end(ended, at=make.NOW)
    page = client.get(own.get_absolute_url()).content.decode()

    assert "&lt;b&gt;Сад" in page
    assert "Проверен фондом" in page
    assert "Проект live" in page
    assert "Проект ended" in page
    assert own.get_absolute_url() in client.get("/projects/live/").content.decode()
    assert own.get_absolute_url() in client.get("/organisers/").content.decode()


@pytest.mark.parametrize("state", ["applying", "in_review", "changes_asked", "refused"])
def test_who_was_never_verified_is_not_shown(client: Client, state: str) -> None:
    own = make.applicant(state)

    assert client.get(own.get_absolute_url()).status_code == 404
    assert own.name not in client.get("/organisers/").content.decode()


def test_a_suspended_organiser_says_so(client: Client) -> None:
    own = make.applicant("suspended")

    assert "Совет приостановил" in client.get(own.get_absolute_url()).content.decode()
    assert "Приостановлен" in client.get("/organisers/").content.decode()
    assert "Так решили" not in client.get(own.get_absolute_url()).content.decode(), "the reason is theirs alone"


def test_pages_cost_the_same_with_one_row_and_with_three(client: Client, django_assert_num_queries: Any) -> None:
    own = make.organiser()
    project(own, "p0")
    with django_assert_num_queries(2):
        client.get("/organisers/?x=1")
    with django_assert_num_queries(5):
        client.get(f"{own.get_absolute_url()}?x=1")
    for number in (1, 2):
        make.organiser(f"Ещё {number}")
        project(own, f"p{number}")
        make.end(project(own, f"e{number}"), at=make.NOW)
    cache.clear()
    with django_assert_num_queries(2):
        client.get("/organisers/?x=1")
    with django_assert_num_queries(5):
        client.get(f"{own.get_absolute_url()}?x=1")


def test_lists_have_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaigns.organisers.views.PAGE_SIZE", 1)
    monkeypatch.setattr("campaigns.organisers.views.PAST_SIZE", 1)
    own = make.organiser()
    make.organiser("Второй")
    for slug in ("a", "b"):
        make.end(project(own, slug), at=make.NOW)

    assert "?page=2" in client.get("/organisers/").content.decode()
    assert "?page=1" in client.get("/organisers/?page=2").content.decode()
    assert "?page=2" in client.get(own.get_absolute_url()).content.decode()
    assert client.get("/organisers/?page=zzz").status_code == 200
