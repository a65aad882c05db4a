"""A goal that is missed, in the running fund: beat decides, the worker sends every gift back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from config.embedded.copy import wait_until

if TYPE_CHECKING:
    from tests.stack import Stack

pytestmark = pytest.mark.stack
LIVE = """
from datetime import timedelta
from django.utils import timezone
from campaigns.life.moves import SYSTEM
from campaigns.life.opening import launch_campaign
from tests import make
now = timezone.now()
terms = {"funding": "all_or_nothing", "minimum_kopecks": 1_000_00, "closes_at": now + timedelta(seconds=15)}
found = make.approve(make.draft("fontan", title="Фонтан", opens_at=now, **terms))
launch_campaign(campaign_id=found.pk, actor=SYSTEM, now=now)
"""


def test_a_campaign_that_misses_its_minimum_gives_every_gift_back_by_itself(stack: Stack) -> None:
    stack.manage("shell", "-c", LIVE)
    gifts = [stack.give(campaign="fontan", amount_kopecks=100_00).json() for _ in range(2)]
    for gift in gifts:
        stack.control.pay(stack.payment_id(gift))
    for gift in gifts:
        stack.wait_for(gift["token"], status="refunded")

    for gift in gifts:
        assert stack.booked(gift) == [("gift_until_goal", 100_00), ("goal_missed_refund", 100_00)]
    page = f"{stack.url}/projects/fontan/"
    wait_until(lambda: "вернули: 2 из 2" in requests.get(page, timeout=10).text)
    assert stack.give(campaign="fontan").status_code == 409
