"""Letters to who runs a campaign: what others decided about it and why, once each, with the step or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.db import transaction

from campaigns.funding.deciding import decide_campaign, meet_goal
from campaigns.life import moves, reviewing
from campaigns.life.amending import amend_campaign
from campaigns.life.checklist import KEYS
from campaigns.life.moves import SYSTEM, Actor
from campaigns.life.opening import end_campaign, launch_campaign
from fund.ledger.services import post_event
from fund.money import Kopecks
from people.models import Letter
from people.outbox import send_letter
from tests import make

if TYPE_CHECKING:
    from campaigns.models import Campaign
    from people.models import User

pytestmark = pytest.mark.django_db
LATER = make.NOW + timedelta(hours=1)
END = make.NOW + timedelta(hours=2)


def runner(campaign: Campaign) -> User:
    assert campaign.organiser is not None
    assert campaign.organiser.user is not None
    return campaign.organiser.user


def member() -> Actor:
    return Actor(moves.COUNCIL, make.staff("council_member"))


def handed_in() -> Campaign:
    campaign = make.draft(by=make.organiser(), title="Парк «Ост»")
    return reviewing.submit_campaign(
        campaign_id=campaign.pk, actor=Actor(moves.ORGANISER, runner(campaign)), now=make.NOW
    )


def owed_campaign() -> Campaign:
    return make.campaign(
        closes_at=END, funding="all_or_nothing", minimum_kopecks=800_00, goal_kopecks=1_000_00, by=make.organiser()
    )


def bring(kopecks: int) -> None:
    amounts = {"gross": Kopecks(kopecks)}
    day = make.NOW.date()
    post_event(
        event="gift_until_goal", subject="sad", amounts=amounts, key="gift", business_date=day, reference="000001"
    )


def words(campaign: Campaign) -> list[tuple[str, str]]:
    """Send what waits for who runs the campaign; return subjects and texts, with no line's end inside a sentence."""
    before = len(mail.outbox)
    for letter in Letter.objects.waiting().filter(user=runner(campaign)).order_by("pk"):
        send_letter(letter_id=letter.pk, now=LATER)
    fresh = mail.outbox[before:]
    assert {tuple(message.to) for message in fresh} <= {(runner(campaign).email,)}
    return [(str(message.subject), str(message.body)) for message in fresh]


def test_the_second_yes_is_told_and_the_first_is_not() -> None:
    campaign = handed_in()
    for left in (True, False):
        reviewing.approve_campaign(campaign_id=campaign.pk, actor=member(), checklist=KEYS, seen_round=1, now=LATER)
        assert Letter.objects.exists() != left
    ((subject, text),) = words(campaign)

    assert subject == "Парк «Ост»: совет одобрил проект"
    assert "Два члена совета одобрили проект «Парк „Ост“»." in text
    assert "/me/projects/park/" in text
    assert "Собрано" not in text
    assert "Страница проекта" not in text, "nobody sees its page yet"


@pytest.mark.parametrize(
    ("action", "subject"), [("ask_changes", "совет просит доработать проект"), ("reject", "совет отклонил проект")]
)
def test_what_the_council_wants_or_refuses_is_told_with_its_reason(action: str, subject: str) -> None:
    campaign = handed_in()
    reviewing.step_campaign(campaign_id=campaign.pk, action=action, actor=member(), reason="Нет сметы", now=LATER)
    ((told, text),) = words(campaign)

    assert told == f"Парк «Ост»: {subject}"
    assert "\n\nНет сметы\n\n" in text


def test_the_opening_and_the_end_of_a_collection_are_told() -> None:
    campaign = make.draft(by=make.organiser())
    make.approve(campaign)
    launch_campaign(campaign_id=campaign.pk, actor=SYSTEM, now=LATER - timedelta(minutes=1))
    post_event(
        event="gift", subject="park", amounts={"gross": Kopecks(50_00)}, key="gift", business_date=make.NOW.date(),
        reference="000001",
    )  # fmt: skip
    end_campaign(campaign_id=campaign.pk, actor=member(), now=LATER, reason="Хватит и этого")
    (opened, opening), (ended, ending) = words(campaign)

    assert (opened, ended) == ("Парк: сбор открыт", "Парк: сбор завершён, деньги на проект есть")
    assert "/projects/park/" in opening
    assert "\nХватит и этого\n" in ending
    assert "Сейчас собрано: 50\xa0₽ из 1\xa0000\xa0₽." in ending


def test_the_end_of_a_collection_that_brought_nothing_is_told_as_such() -> None:
    campaign = make.campaign(by=make.organiser(), closes_at=END)
    words(campaign)
    for _ in range(2):
        decide_campaign(campaign_id=campaign.pk, now=END)
    ((subject, text),) = words(campaign)

    assert subject == "Сад: сбор завершён, ничего не собрано"
    assert "он ничего не собрал" in text
    assert "Причина" not in text


def test_a_minimum_is_told_once_and_the_end_apart() -> None:
    campaign = owed_campaign()
    words(campaign)
    bring(800_00)
    assert [meet_goal(campaign_id=campaign.pk, now=LATER) for _ in range(3)] == [True] * 3
    assert [subject for subject, _text in words(campaign)] == ["Сад: минимум набран"]
    assert [decide_campaign(campaign_id=campaign.pk, now=END) for _ in range(2)] == [True] * 2

    assert [subject for subject, _text in words(campaign)] == ["Сад: сбор завершён, деньги на проект есть"]


def test_a_missed_minimum_is_told_with_what_happens_to_the_gifts() -> None:
    campaign = owed_campaign()
    words(campaign)
    bring(300_00)
    for _ in range(2):
        decide_campaign(campaign_id=campaign.pk, now=END)
    ((subject, text),) = words(campaign)

    assert subject == "Сад: минимум не набран"
    assert "не набрал минимум, 800\xa0₽. Каждое пожертвование само вернётся дарителю" in text


@pytest.mark.parametrize(
    ("kind", "said"), [("owed", "все пожертвования вернутся сами"), ("kept", "спрашиваем каждого")]
)
def test_a_stop_is_told_with_its_reason_and_what_becomes_of_the_money(kind: str, said: str) -> None:
    campaign = owed_campaign() if kind == "owed" else make.campaign(by=make.organiser())
    words(campaign)
    make.cancel(campaign, at=LATER)
    ((subject, text),) = words(campaign)

    assert subject == "Сад: совет остановил проект"
    assert "\nНет места\n" in text
    assert said in text


def test_a_step_that_is_cut_leaves_no_letter_and_one_taken_again_leaves_one() -> None:
    campaign = handed_in()

    def reject() -> None:
        reviewing.step_campaign(campaign_id=campaign.pk, action="reject", actor=member(), reason="Нет", now=LATER)

    def cut() -> None:
        with transaction.atomic():
            reject()
            assert Letter.objects.count() == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut()
    assert not Letter.objects.exists()
    reject()
    with pytest.raises(moves.WrongStateError):
        reject()
    assert Letter.objects.count() == 1


def test_what_somebody_does_with_their_own_campaign_is_not_told_to_them() -> None:
    campaign = handed_in()
    own = Actor(moves.ORGANISER, runner(campaign))
    for action, at in (("withdraw", LATER), ("drop", END)):
        reviewing.step_campaign(campaign_id=campaign.pk, action=action, actor=own, reason="", now=at)

    assert not Letter.objects.exists()


def test_nobody_is_written_to_of_a_campaign_that_is_nobodys() -> None:
    make.end(make.campaign(), at=LATER)
    forgotten = make.organiser("Забытые")
    campaign = make.campaign("park", by=forgotten)
    Letter.objects.all().delete()
    type(forgotten).objects.update(user=None)
    make.end(campaign, at=LATER)

    assert not Letter.objects.exists()


def test_ones_own_change_is_told_to_nobody() -> None:
    campaign = make.campaign(by=make.organiser())
    words(campaign)
    amend_campaign(
        campaign_id=campaign.pk, actor=Actor(moves.ORGANISER, runner(campaign)), field="summary", value="Сад у реки",
        reason="Точнее", now=LATER,
    )  # fmt: skip

    assert words(campaign) == []


def test_a_title_of_two_lines_is_one_line_of_a_subject() -> None:
    campaign = make.campaign(by=make.organiser(), title="Сад\nBcc: x@example.org")

    assert words(campaign)[0][0] == "Сад Bcc: x@example.org: сбор открыт"
