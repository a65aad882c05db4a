"""A campaign's steps taken by several at the same moment."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from campaigns.life import moves, reviewing
from campaigns.life.checklist import KEYS
from campaigns.life.moves import Actor
from campaigns.life.opening import launch_campaign
from campaigns.models import Approval, Campaign, Step
from people.models import StaffAct
from tests import make
from tests.together import together

if TYPE_CHECKING:
    from collections.abc import Callable

LATER = make.NOW + timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("committed")


at_once = partial(together, refusals=moves.MoveError)


def handed_in() -> Campaign:
    campaign = make.draft(by=make.organiser())
    assert campaign.organiser is not None
    actor = Actor(moves.ORGANISER, campaign.organiser.user)
    return reviewing.submit_campaign(campaign_id=campaign.pk, actor=actor, now=make.NOW)


def yes(campaign: Campaign, member: Actor) -> Callable[[], object]:
    return lambda: reviewing.approve_campaign(
        campaign_id=campaign.pk, actor=member, checklist=KEYS, seen_round=1, now=LATER
    )


def test_three_members_at_once_approve_once_and_one_who_presses_twice_counts_once() -> None:
    campaign = handed_in()
    first, second, third = (Actor(moves.COUNCIL, make.staff("council_member")) for _ in range(3))
    assert at_once(yes(campaign, first), yes(campaign, first)) == ["", "ApprovedBeforeError"]
    assert at_once(yes(campaign, second), yes(campaign, third)) == ["", "WrongStateError"]

    assert (Approval.objects.count(), Step.objects.filter(to_status="approved").count()) == (2, 1)
    assert StaffAct.objects.filter(action="campaigns.approve").count() == 2


def test_a_campaign_is_launched_once_however_often_it_is_pressed() -> None:
    campaign = make.approve(make.draft(by=make.organiser()))
    assert campaign.organiser is not None
    owner = Actor(moves.ORGANISER, campaign.organiser.user)

    def launch() -> object:
        return launch_campaign(campaign_id=campaign.pk, actor=owner, now=LATER)

    assert at_once(*[launch] * 4) == ["", *["WrongStateError"] * 3]
    assert Step.objects.filter(to_status="live").count() == 1
