"""What pages and calls about news, questions and comments cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.v1 import pages
from campaigns.models import Campaign, Comment, Complaint, Update
from campaigns.telling import questions, selectors
from pages.kept.routes import changes_pages
from tests import make
from tests.campaigns.talking import asked, commented, moderator, own_project, published

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries


pytestmark = pytest.mark.django_db


def much(campaign: Campaign, count: int) -> None:
    for number in range(1, count + 1):
        published(campaign, number)
        question = asked(campaign, number)
        questions.answer_question(question_id=question.pk, answer="Да", now=make.NOW)
        Comment.objects.filter(pk=commented(campaign, number).pk).update(shown_at=make.NOW)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [("updates/", 3), ("updates/1/", 3), ("updates/feed.xml", 2), ("questions/", 4), ("comments/", 3)],
)
def test_pages_cost_the_same_however_much_is_said(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int, path: str, queries: int
) -> None:
    much(make.campaign(), count)
    client.get(f"/projects/sad/{path}")

    with django_assert_num_queries(queries):
        client.get(f"/projects/sad/{path}")


def cost_of_page(client: Client, slug: str) -> int:
    client.get(f"/projects/{slug}/")
    with CaptureQueriesContext(connection) as whole:
        client.get(f"/projects/{slug}/")
        return len(whole)


def test_a_projects_page_costs_four_queries_more_however_much_is_said(client: Client) -> None:
    costs, both = [], {slug: make.campaign(slug) for slug in ("sad", "park")}  # each is what is similar to the other
    for slug, count in (("sad", 1), ("park", 3)):
        campaign = both[slug]
        much(campaign, count)
        with CaptureQueriesContext(connection) as own:
            selectors.told(campaign=campaign)
            count_of_own = len(own)
        costs.append((count_of_own, cost_of_page(client, slug)))

    assert costs[0] == costs[1]
    assert costs[0][0] == 4


@pytest.mark.parametrize("count", [1, 3])
def test_the_desks_pages_cost_the_same_however_much_is_said(
    django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    campaign, desk = make.campaign(), moderator()
    for number in range(1, count + 1):
        commented(campaign, number)
        shown = commented(campaign, 10 + number)
        Comment.objects.filter(pk=shown.pk).update(shown_at=make.NOW)
        Complaint.objects.create(comment=shown, reason="insult", reader_sha256=str(number), at=make.NOW)
    desk.get("/desk/words/")
    with django_assert_num_queries(7):
        desk.get("/desk/words/")
    with django_assert_num_queries(5):
        desk.get("/desk/words/comment/")


@pytest.mark.parametrize("count", [1, 3])
def test_the_organisers_pages_cost_the_same_however_much_is_said(
    django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    campaign, client = own_project()
    for number in range(1, count + 1):
        published(campaign, number)
        asked(campaign, number)
    client.get("/me/projects/sad/updates/")
    with django_assert_num_queries(6):
        client.get("/me/projects/sad/updates/")
    with django_assert_num_queries(5):
        client.get("/me/projects/sad/questions/")


def test_what_anybody_may_send_does_not_throw_kept_pages_away() -> None:
    sent = {"telling:follow", "telling:ask", "telling:comment", "telling:complain", "gifts:follow", "letters:stop"}

    assert {name for name in sent if changes_pages(name)} == set()
    assert changes_pages("words:hide")


def test_programs_read_updates_and_answers_page_by_page(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    campaign = make.campaign()
    monkeypatch.setattr(pages, "PAGE_SIZE", 2)
    much(campaign, 3)
    hidden = published(campaign, 4)
    Update.objects.filter(pk=hidden.pk).update(hidden_at=make.NOW, hidden_reason="insult")
    asked(campaign, 5)

    with django_assert_num_queries(2):
        first = client.get("/api/v1/campaigns/sad/updates").json()
    assert [row["number"] for row in first["items"]] == [3, 2]
    assert first["items"][0]["html"] == "<p>Посадили <strong>сто</strong> деревьев</p>\n"
    rest = client.get(f"/api/v1/campaigns/sad/updates?cursor={first['next_cursor']}").json()
    assert ([row["number"] for row in rest["items"]], rest["next_cursor"]) == ([1], None)

    with django_assert_num_queries(3):
        page = client.get("/api/v1/campaigns/sad/questions").json()
    assert [row["answer"] for row in page["items"]] == ["Да", "Да"]
    assert page["awaited"] == 1
    following = client.get(f"/api/v1/campaigns/sad/questions?cursor={page['next_cursor']}").json()
    assert (len(following["items"]), following["next_cursor"]) == (1, None)
    for path in ("updates", "questions"):
        assert client.get(f"/api/v1/campaigns/nowhere/{path}").status_code == 404
        assert client.get(f"/api/v1/campaigns/sad/{path}?cursor=x").status_code == 400
