"""The city's simulated year: what its plan holds, and that a part of it is played to its end on a running fund."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from campaigns.models import Campaign, Organiser
from config import env
from config.embedded.city_year.paths import PATHS
from config.embedded.city_year.plan import MONTHS, RESTORED, planned_year
from config.embedded.city_year.purposes import CHOICES
from emulator.cards import PLAIN

if TYPE_CHECKING:
    from tests.stack import Stack

SHORT = "god-korm,god-elka,god-katok,god-koncert,god-kinozal"
UNANSWERED = {Organiser.State.APPLYING, Organiser.State.CHANGES_ASKED, Organiser.State.SUSPENDED}


def test_the_year_shows_every_state_and_every_way_to_collect() -> None:
    year = planned_year()

    assert {one.end for one in year.campaigns} == set(Campaign.Status.values)
    assert {one.funding for one in year.campaigns} == set(Campaign.Funding.values)
    assert {one.organiser for one in year.campaigns} <= {one.slug for one in year.organisers if one.end == "verified"}
    assert {one.district for one in year.campaigns} - {""} == set(Campaign.District.values)
    assert all(1 <= one.opens <= MONTHS for one in year.campaigns)
    assert any(one.is_late for one in year.campaigns)
    assert {one.end for one in year.organisers} == (set(Organiser.State) - UNANSWERED) | {RESTORED}


def test_the_year_takes_every_path_beside_a_campaign_that_is_open_by_then() -> None:
    year = planned_year()
    campaigns = {one.slug: one for one in year.campaigns}

    assert {path.name for path in year.paths} == PATHS.keys()
    assert len({path.key for path in year.paths}) == len({path.email for path in year.paths}) == len(year.paths)
    for path in year.paths:
        assert campaigns[path.campaign].opens <= path.month <= MONTHS, path.name
        if path.target:
            assert campaigns[path.target].end == "live", path.name
            assert len(campaigns[path.campaign].gifts()) >= len(CHOICES), path.name


def test_the_year_is_the_same_twice_and_its_gifts_come_to_the_share_that_is_planned() -> None:
    year = planned_year()
    assert year == planned_year()
    for campaign, again in zip(year.campaigns, planned_year().campaigns, strict=True):
        gifts = campaign.gifts()
        wanted = campaign.goal_kopecks * campaign.give_percent // 100
        assert gifts == again.gifts()
        assert 0 <= sum(gift.roubles * 100 for gift in gifts) - wanted < 100_00, campaign.slug
    everything = [gift for campaign in year.campaigns for gift in campaign.gifts()]
    everything += [gift for path in year.paths for gift in path.gifts]
    assert {gift.card for gift in everything} <= set(PLAIN)
    assert len({gift.key for gift in everything}) == len({gift.email for gift in everything}) == len(everything)


def test_what_is_missed_and_what_is_met_is_planned_so() -> None:
    year = planned_year()
    for campaign in year.campaigns:
        beside = [gift for path in year.paths if path.campaign == campaign.slug for gift in path.gifts]
        raised = sum(gift.roubles * 100 for gift in (*campaign.gifts(), *beside))
        minimum = campaign.minimum_kopecks or 1
        if campaign.end == "not_funded":
            assert raised < minimum, campaign.slug
        if campaign.end in {"funded", "delivering", "reported"}:
            assert raised >= minimum, campaign.slug
        if any(path.name == "refund_taken_back" for path in year.paths if path.campaign == campaign.slug):
            assert raised < minimum, "what is met can't be taken back"


def test_a_part_of_the_year_has_all_that_belongs_to_it() -> None:
    part = planned_year().part(["god-elka", "god-koncert"])

    assert [one.slug for one in part.campaigns] == ["god-koncert", "god-elka"]
    assert {path.campaign for path in part.paths} == {"god-koncert", "god-elka"}
    assert {one.slug for one in part.organisers if one.end == "verified"} == {"god-surinka"}
    assert {one.end for one in part.organisers} == {"verified", "in_review", "refused", RESTORED}
    with pytest.raises(KeyError, match="god-elka"):
        planned_year().part(["god-koncert"])
    with pytest.raises(KeyError, match="god-nigde"):
        planned_year().part(["god-nigde"])


@pytest.mark.stack
def test_a_short_year_that_was_cut_goes_on_to_its_end_and_once_over_changes_nothing(stack: Stack) -> None:
    _cut(stack, at="month 12")

    here = ("simulate", "--city-year", "--here", "--month-seconds", "0", "--campaigns", SHORT)
    ended = stack.manage(*here)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "balanced" in ended.stdout
    before = _counts(stack)
    again = stack.manage(*here)
    assert again.returncode == 0, again.stdout + again.stderr
    assert _counts(stack) == before


def _cut(stack: Stack, *, at: str) -> None:
    """Play until a line begins so, then be killed."""
    command = [sys.executable, "-u", "manage.py", "play_city_year", "--month-seconds", "2", "--campaigns", SHORT]
    with subprocess.Popen(command, env=stack.environ, cwd=env.BASE_DIR, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any(line.startswith(at) for line in process.stdout), "it ended before it could be cut"
        process.kill()


def _counts(stack: Stack) -> dict[str, int]:
    tables = (
        "campaigns_donation", "campaigns_subscription", "campaigns_refundrequest", "campaigns_comment",
        "campaigns_question", "campaigns_purposeanswer", "campaigns_amendment", "campaigns_organiserstep",
        "payments_payment", "payments_refund", "payments_bankentry", "ledger_operation",
    )  # fmt: skip
    with stack.connect() as connection:
        rows = [(name, connection.execute(f"SELECT count(*) FROM {name}").fetchone()) for name in tables]
    return {name: int(row[0]) for name, row in rows if row}
