"""One campaign and a gift through the API: what the site's own pages say and take."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Donation
from tests import make
from tests.api.test_api import Api

pytestmark = pytest.mark.usefixtures("committed")
ONE = "/api/v1/campaigns/{slug}"
END = make.NOW + timedelta(days=400)


def owed(slug: str = "sad", **terms: Any) -> Any:
    sums: dict[str, Any] = {"minimum_kopecks": 1_000_00, "goal_kopecks": 2_000_00, "closes_at": END}
    return make.campaign(slug, funding="all_or_nothing", by=make.organiser(), **sums | terms)


def test_one_campaign_says_what_its_page_says(settings: Any) -> None:
    settings.REFUND_FEE_BORNE_BY = "donor"
    campaign = owed(story="Сажаем **липы**.")
    make.paid_donation(campaign, number=1)
    found = Api().get("/api/v1/campaigns/sad", where=ONE)

    assert (found["story"], found["donor_bears_fee"], found["spent_kopecks"]) == ("Сажаем **липы**.", True, 0)
    assert found["url"].endswith("/projects/sad/")
    assert found["story_html"] == "<p>Сажаем <strong>липы</strong>.</p>\n"
    assert (found["held_kopecks"], found["cover"], found["story_pictures"]) == (500_00, None, [])
    runs = campaign.organiser
    assert found["organiser"]["name"] == runs.name
    assert found["organiser"]["url"].endswith(f"/organisers/{found['organiser']['slug']}/")
    assert [line["position"] for line in found["budget"]] == [1, 2]
    assert sum(line["amount_kopecks"] for line in found["budget"]) == campaign.goal_kopecks
    assert {row["role"] for row in found["timeline"]} <= {"organiser", "council_member", "system"}
    assert len(found["timeline"]) > 1
    assert (found["returning"], found["report"]) == (None, None)


def test_its_queries_do_not_grow_with_what_it_has() -> None:
    counts, api = [], Api()
    for slug, gifts in (("sad", 1), ("les", 3)):
        campaign = owed(slug)
        for number in range(gifts):
            make.paid_donation(campaign, number=number * 10 + gifts)
        with CaptureQueriesContext(connection) as seen:
            api.client.get(f"/api/v1/campaigns/{slug}")
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_a_gift_by_the_api_chooses_the_fund_and_says_a_word_as_on_the_site() -> None:
    owed()
    api = Api()
    api.give(keep_for_fund=True, message="Держитесь!")
    api.give(status=400, keep_for_fund="perhaps")
    api.give(status=400, message="я" * 501)

    gift = Donation.objects.get()
    assert (gift.is_kept_if_late, gift.message) == (True, "Держитесь!")


def test_lists_are_light() -> None:
    owed()
    [row] = Api().get("/api/v1/campaigns")["items"]

    assert not {"story", "story_html", "budget", "timeline"} & row.keys()


def test_a_picture_is_told_once_it_is_ready() -> None:
    campaign = make.draft(by=make.organiser())
    ready = {"state": "ready", "digest": "a" * 64, "widths": [400, 800], "height": 450, "uploaded_at": make.NOW}
    cover = campaign.pictures.create(kind="cover", alt="Липы", source_sha256="0" * 64, **ready)
    campaign.pictures.create(kind="story", alt="Сад", source_sha256="1" * 64, **ready)
    campaign.pictures.create(kind="story", alt="Ещё нет", source_sha256="2" * 64, uploaded_at=make.NOW)
    type(campaign).objects.filter(pk=campaign.pk).update(cover=cover)
    make.launch(make.approve(campaign))
    found = Api().get("/api/v1/campaigns/park", where=ONE)

    assert (found["cover"]["alt"], found["cover"]["width"], found["cover"]["height"]) == ("Липы", 800, 450)
    assert found["cover"]["url"].endswith(f"/pictures/{'a' * 64}/800.jpg")
    assert [one["alt"] for one in found["story_pictures"]] == ["Сад"]


@pytest.mark.parametrize(("setting", "bearer"), [("donor", "donor"), ("fund", "fund")])
def test_a_gift_says_whose_the_fee_is_and_how_much_once_it_is_known(settings: Any, setting: str, bearer: str) -> None:
    settings.REFUND_FEE_BORNE_BY = setting
    owed()
    api = Api()
    gift = api.give(keep_for_fund=True)
    assert (gift["keep_for_fund"], gift["fee"]) == (True, {"borne_by": bearer, "kopecks": None})
    made = Donation.objects.get().payment
    made.income_kopecks = made.amount_kopecks - 17_50
    type(made).objects.filter(pk=made.pk).update(income_kopecks=made.income_kopecks)
    told = api.get(f"/api/v1/donations/{gift['token']}", where="/api/v1/donations/{token}")

    assert told["fee"] == {"borne_by": bearer, "kopecks": 17_50}
