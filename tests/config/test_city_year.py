"""The city's simulated year: what its plan holds. That it is played to its end is seen by `simulate --city-year`."""

from __future__ import annotations

from campaigns.models import Campaign
from config.embedded.city_year.plan import MONTHS, planned_year
from emulator.cards import PLAIN


def test_the_year_shows_every_state_and_every_way_to_collect() -> None:
    organisers, campaigns = planned_year()

    assert {one.end for one in campaigns} == set(Campaign.Status.values)
    assert {one.funding for one in campaigns} == set(Campaign.Funding.values)
    assert {one.organiser for one in campaigns} <= {one.slug for one in organisers}
    assert {one.district for one in campaigns} - {""} == set(Campaign.District.values)
    assert all(1 <= one.opens <= MONTHS for one in campaigns)
    assert any(one.is_late for one in campaigns)


def test_the_year_is_the_same_twice_and_its_gifts_come_to_the_share_that_is_planned() -> None:
    first, second = (planned_year()[1] for _ in range(2))
    assert [one.gifts() for one in first] == [one.gifts() for one in second]
    for campaign in first:
        gifts = campaign.gifts()
        wanted = campaign.goal_kopecks * campaign.give_percent // 100
        assert 0 <= sum(gift.roubles * 100 for gift in gifts) - wanted < 100_00, campaign.slug
        assert {gift.card for gift in gifts} <= set(PLAIN)
        assert len({gift.key for gift in gifts}) == len(gifts)


def test_what_is_missed_and_what_is_met_is_planned_so() -> None:
    for campaign in planned_year()[1]:
        raised = sum(gift.roubles * 100 for gift in campaign.gifts())
        if campaign.end == "not_funded":
            assert raised < (campaign.minimum_kopecks or 1), campaign.slug
        if campaign.end in {"funded", "delivering", "reported"}:
            assert raised >= (campaign.minimum_kopecks or 1), campaign.slug
