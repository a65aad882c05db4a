"""Organisers and comments through the API: what the site's pages say, and nothing of who is behind them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Comment, Organiser
from tests import make
from tests.api.programs import suspend
from tests.api.test_api import Api
from tests.campaigns.talking import commented

if TYPE_CHECKING:
    from campaigns.models import Campaign

pytestmark = pytest.mark.usefixtures("committed")
ALL, ONE = "/api/v1/organisers", "/api/v1/organisers/{slug}"
COMMENTS = "/api/v1/campaigns/{slug}/comments"


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


def test_an_organiser_is_shown_with_the_record_of_promises() -> None:
    by = make.organiser("Сад и город")
    live = make.campaign(by=by, delivery_due_date=make.NOW.date() + timedelta(days=90))
    make.paid_donation(live, number=1)
    make.draft("park", by=by)
    api = Api()
    [row] = api.get(ALL)["items"]
    found = api.get(f"{ALL}/{by.slug}", where=ONE)

    assert (row["name"], row["standing"], row["live"], row["done"]) == ("Сад и город", "verified", 1, 0)
    assert row["url"].endswith(f"/organisers/{by.slug}/")
    assert row.items() <= found.items()
    others = dict.fromkeys(("on_time", "late", "overdue", "under_way", "not_funded", "cancelled"), 0)
    assert found["record"] == {"raised_kopecks": 500_00} | others
    [promised] = found["campaigns"]
    assert (promised["slug"], promised["state"], promised["raised_kopecks"]) == ("sad", "live", 500_00)
    assert by.user is not None
    assert by.user.email not in str(found)


def test_who_is_not_verified_is_not_there_and_who_is_suspended_is_told_to_be() -> None:
    for state in ("applying", "in_review", "refused"):
        made = make.applicant(state)
        Api().get(f"{ALL}/{made.slug}", where=ONE, status=404)
    known = make.organiser()
    suspend(known)

    assert [(row["slug"], row["standing"]) for row in Api().get(ALL)["items"]] == [(known.slug, "suspended")]
    Api().get(f"{ALL}?cursor=x", status=400)
    assert Api().get(f"{ALL}?cursor={2**63 - 1}") == {"items": [], "next_cursor": None}


def test_organisers_come_in_pages() -> None:
    for number in range(52):
        make.organiser(str(number))
    api = Api()
    first = api.get(ALL)
    second = api.get(f"{ALL}?cursor={first['next_cursor']}")

    assert [row["name"] for row in first["items"] + second["items"]] == [str(number) for number in range(52)][::-1]
    assert (len(first["items"]), second["next_cursor"]) == (50, None)


def test_comments_that_are_shown_are_read_and_hidden_ones_are_not() -> None:
    campaign = make.campaign()
    shown, hidden, waiting = (said(campaign, number) for number in (1, 2, 3))
    Comment.objects.filter(pk=waiting.pk).update(shown_at=None)
    Comment.objects.filter(pk=hidden.pk).update(hidden_at=make.NOW, hidden_reason="insult")
    api = Api()

    assert [row["id"] for row in api.get("/api/v1/campaigns/sad/comments", where=COMMENTS)["items"]] == [shown.pk]
    api.get("/api/v1/campaigns/sad/comments?cursor=x", where=COMMENTS, status=400)
    api.get("/api/v1/campaigns/none/comments", where=COMMENTS, status=404)


def test_comments_come_in_pages() -> None:
    campaign = make.campaign()
    one = said(campaign, 1)
    for number in range(51):
        Comment.objects.create(
            campaign=campaign, text=str(number), request_key=f"c{number}", created_at=make.NOW, shown_at=make.NOW
        )
    api = Api()
    first = api.get("/api/v1/campaigns/sad/comments", where=COMMENTS)
    second = api.get(f"/api/v1/campaigns/sad/comments?cursor={first['next_cursor']}", where=COMMENTS)

    assert len(first["items"]) == 50
    assert [row["text"] for row in second["items"]] == ["0", one.text]
    assert second["next_cursor"] is None


def test_nothing_asks_more_for_more() -> None:
    by, campaign = make.organiser(), make.campaign("les")
    client, counts = Api().client, []
    for number in (1, 2, 3):
        make.organiser(str(number))
        make.campaign(f"sad-{number}", by=by)
        said(campaign, number)
        cache.clear()
        asked = []
        for path in (ALL, f"{ALL}/{by.slug}", "/api/v1/campaigns/les/comments"):
            with CaptureQueriesContext(connection) as seen:
                client.get(path)
            asked.append(len(seen))
        counts.append(asked)

    assert counts[0] == counts[1] == counts[2]
    assert Organiser.objects.count() == 4


def said(campaign: Campaign, number: int) -> Comment:
    made = commented(campaign, number)
    Comment.objects.filter(pk=made.pk).update(shown_at=make.NOW)
    return made
