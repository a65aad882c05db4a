"""Why a step is taken: asked, seldom needed, shown to everybody; what can't be seen is left out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from campaigns.life.checklist import KEYS
from campaigns.models import Campaign, Step
from tests import make

pytestmark = pytest.mark.django_db
LATER = make.NOW + timedelta(hours=1)
WORDS = "Поливать\u202e будем\n<b>сами</b>\u200b"
SEEN = "Поливать будем <b>сами</b>"


def browser_of(campaign: Campaign) -> Client:
    assert campaign.organiser is not None
    assert campaign.organiser.user is not None
    return make.sign_in(Client(), campaign.organiser.user, second_factor=False)


def member() -> Client:
    return make.sign_in(Client(), make.staff("council_member"))


def handed_in() -> Campaign:
    found = make.draft("sad", by=make.organiser())
    Campaign.objects.filter(pk=found.pk).update(
        status="in_review", review_round=1, moved_at=make.NOW, moved_as="organiser"
    )
    return found


def approve(council: Client, campaign: Campaign, **more: str) -> int:
    ticks = dict.fromkeys(KEYS, "on") | {"seen_round": "1"} | more
    return council.post(f"/desk/campaigns/campaign/{campaign.pk}/approve/", ticks).status_code


def last() -> tuple[str, str]:
    found = Step.objects.latest("pk")
    return found.to_status, found.reason


@pytest.mark.parametrize("reason", ["", WORDS])
def test_an_organiser_may_say_why_they_take_a_campaign_back_and_give_it_up(reason: str) -> None:
    campaign = handed_in()
    browser, said = browser_of(campaign), SEEN if reason else ""
    for act, status in (("withdraw", "draft"), ("drop", "cancelled")):
        address = f"/me/projects/sad/step/{act}/"
        assert "Почему, если хотите" in browser.get(address).content.decode()
        browser.post(address, {"reason": reason})
        assert last() == (status, said)


def test_why_a_collection_is_ended_and_work_begins_stands_in_public() -> None:
    campaign = make.campaign(by=make.organiser(), closes_at=make.NOW + timedelta(days=9))
    make.paid_donation(campaign, number=1)
    browser = browser_of(campaign)
    browser.post("/me/projects/sad/step/fund/", {"reason": "Хватит и этого"})
    browser.post("/me/projects/sad/step/deliver/", {"reason": WORDS})
    page = Client().get("/projects/sad/").content.decode()

    assert [row.reason for row in Step.objects.order_by("pk")][-2:] == ["Хватит и этого", SEEN]
    assert "Хватит и этого" in page
    assert "Поливать будем &lt;b&gt;сами&lt;/b&gt;" in page


def test_a_long_reason_is_refused_and_nothing_happens() -> None:
    campaign = make.campaign(by=make.organiser())
    make.end(campaign, at=LATER)
    answer = browser_of(campaign).post("/me/projects/sad/step/deliver/", {"reason": "я" * 501})

    assert answer.status_code == 422
    assert "я" * 501 in answer.content.decode()
    assert Campaign.objects.get().status == "funded"


@pytest.mark.parametrize("act", ["launch", "revise"])
def test_acts_that_need_no_words_ask_for_none(act: str) -> None:
    campaign = make.approve(make.draft("sad", by=make.organiser()))
    browser = browser_of(campaign)
    assert "Почему" not in browser.get(f"/me/projects/sad/step/{act}/").content.decode()
    browser.post(f"/me/projects/sad/step/{act}/", {"reason": "Так"})

    assert last()[1] == ""


def test_the_yes_that_decides_may_say_why_and_the_first_is_not_asked() -> None:
    campaign, first, second = handed_in(), member(), member()
    here = f"/desk/campaigns/campaign/{campaign.pk}/approve/"
    assert "Почему, если хотите" not in first.get(here).content.decode()
    approve(first, campaign, reason="Первое слово")
    assert "Почему, если хотите" in second.get(here).content.decode()
    assert approve(second, campaign, reason="я" * 501) == 422
    assert Campaign.objects.get().status == "in_review"
    approve(second, campaign, reason=WORDS)

    assert last() == ("approved", SEEN)
    assert not Step.objects.filter(reason="Первое слово").exists()


def test_a_long_reason_of_the_council_is_not_called_a_list_that_was_not_looked_at() -> None:
    campaign = handed_in()
    approve(member(), campaign)
    ticks = dict.fromkeys(KEYS, "on") | {"seen_round": "1", "reason": "я" * 501}
    page = member().post(f"/desk/campaigns/campaign/{campaign.pk}/approve/", ticks).content.decode()

    assert "Сначала посмотрите на всё" not in page


def test_the_council_says_why_it_ends_a_collection() -> None:
    campaign = make.campaign(by=make.organiser())
    make.paid_donation(campaign, number=1)
    council, here = member(), f"/desk/campaigns/campaign/{campaign.pk}/fund/"
    assert "Нужно, если срок сбора ещё не вышел" in council.get(here).content.decode()
    council.post(here, {"reason": WORDS})

    assert last() == ("funded", SEEN)


@pytest.mark.parametrize("who", ["organiser", "council"])
def test_before_the_deadline_the_form_asks_for_the_reason(who: str) -> None:
    campaign = make.campaign(by=make.organiser(), closes_at=make.NOW + timedelta(days=9))
    make.paid_donation(campaign, number=1)
    if who == "organiser":
        browser, here = browser_of(campaign), "/me/projects/sad/step/fund/"
    else:
        browser, here = member(), f"/desk/campaigns/campaign/{campaign.pk}/fund/"
    missing = browser.post(here, {"reason": " \u200b "})
    assert (missing.status_code, Campaign.objects.get().status) == (422, "live")
    assert "Напишите почему: это увидят все." in missing.content.decode()
    browser.post(here, {"reason": "Хватит"})

    assert last() == ("funded", "Хватит")
