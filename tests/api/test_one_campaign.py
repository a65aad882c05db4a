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
    assert found["organiser"]["name"] == campaign.organiser.name
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
