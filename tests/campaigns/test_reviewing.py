"""The council's look at what was handed in: the list, what changed since, what was kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from campaigns.life import moves, reviewing
from campaigns.life.checklist import CHECKLIST, KEYS
from campaigns.life.moves import Actor
from campaigns.models import Approval, Campaign, HandedIn
from tests import make

pytestmark = pytest.mark.django_db
LATER = make.NOW + timedelta(hours=1)
GUARDED = "append-only|permission denied"
TICKS = dict.fromkeys(KEYS, "on") | {"seen_round": "1"}


def handed_in() -> Campaign:
    campaign = make.draft(by=make.organiser(), title="Парк", story="Сажаем липы.\n\nПоливаем.")
    return hand_in(campaign)


def hand_in(campaign: Campaign) -> Campaign:
    assert campaign.organiser is not None
    actor, at = Actor(moves.ORGANISER, campaign.organiser.user), LATER + timedelta(seconds=campaign.review_round)
    return reviewing.submit_campaign(campaign_id=campaign.pk, actor=actor, now=at)


def member(number: int = 1) -> Client:
    return make.sign_in(Client(), make.staff("council_member", email=f"m{number}@example.org"))


def test_each_thing_on_the_list_is_looked_at_before_a_yes() -> None:
    campaign, council = handed_in(), member()
    here = f"/desk/campaigns/campaign/{campaign.pk}/approve/"
    page = council.get(here).content.decode()
    assert all(item.text in page for item in CHECKLIST)
    assert f"/me/projects/{campaign.slug}/preview/" in page
    for missing in KEYS:
        ticks = {key: value for key, value in TICKS.items() if key != missing}
        assert council.post(here, ticks).status_code == 422, missing
    assert Approval.objects.count() == 0
    council.post(here, TICKS)

    assert Approval.objects.get().checklist == sorted(KEYS)
    council.post(here, TICKS)
    assert (Approval.objects.count(), Campaign.objects.get().status) == (1, "in_review")
    member(2).post(here, TICKS)
    assert Campaign.objects.get().status == "approved"


def test_the_service_too_takes_no_yes_without_the_list() -> None:
    campaign = handed_in()
    actor = Actor(moves.COUNCIL, make.staff("council_member"))
    for ticked in ((), ("budget",), (*KEYS, "more")):
        with pytest.raises(reviewing.ChecklistError):
            reviewing.approve_campaign(campaign_id=campaign.pk, actor=actor, checklist=ticked, seen_round=1, now=LATER)
    assert Approval.objects.count() == 0


def test_a_reviewer_reads_what_was_asked_and_what_changed_since() -> None:
    campaign, council = handed_in(), member()
    council.post(f"/desk/campaigns/campaign/{campaign.pk}/ask-changes/", {"reason": "Нет полива зимой"})
    Campaign.objects.filter(pk=campaign.pk).update(story="Сажаем липы.\n\nПоливаем и зимой. <script>alert(1)</script>")
    campaign.budget_lines.update(title="Липы и шланги")
    hand_in(Campaign.objects.get())
    page = council.get(f"/desk/campaigns/campaign/{campaign.pk}/approve/").content.decode()

    assert "Нет полива зимой" in page
    assert "<del>Поливаем.</del>" in page
    assert "<ins>Поливаем и зимой." in page
    assert "<ins>Липы и шланги: 1" in page
    assert "<script>alert" not in page
    assert list(HandedIn.objects.order_by("review_round").values_list("review_round", flat=True)) == [1, 2]


def test_what_was_handed_in_is_kept_as_it_was() -> None:
    handed_in()
    changes: list[dict[str, Any]] = [{"review_round": 7}, {"words": {}}]
    for change in changes:
        with pytest.raises(DatabaseError, match=GUARDED), transaction.atomic():
            HandedIn.objects.update(**change)
    assert HandedIn.objects.get().words["story"] == "Сажаем липы.\n\nПоливаем."


def test_a_yes_is_to_the_text_that_its_member_saw() -> None:
    campaign, council = handed_in(), member()
    here = f"/desk/campaigns/campaign/{campaign.pk}/approve/"
    assert 'name="seen_round" value="1"' in council.get(here).content.decode()
    assert campaign.organiser is not None
    actor = Actor(moves.ORGANISER, campaign.organiser.user)
    reviewing.step_campaign(
        campaign_id=campaign.pk, action="withdraw", actor=actor, reason="", now=LATER + timedelta(minutes=1)
    )
    Campaign.objects.filter(pk=campaign.pk).update(story="Деньги на мою машину.")
    hand_in(Campaign.objects.get())

    for stale in ("1", "", "x", "9" * 30):
        told = council.post(here, TICKS | {"seen_round": stale}, follow=True).content.decode()
        assert "прочтите её ещё раз" in told, stale
    assert Approval.objects.count() == 0
    council.post(here, TICKS | {"seen_round": "2"})
    assert Approval.objects.get().review_round == 2
