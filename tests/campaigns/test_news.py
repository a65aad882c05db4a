"""News to those who follow: once each, whoever is cut or runs beside another; nothing to who has stopped it since."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection, connections

from campaigns.life.amending import extend_campaign
from campaigns.life.moves import SYSTEM, Actor
from campaigns.life.opening import end_campaign
from campaigns.models import Campaign, Follow, Mailing, NewsKind, StoppedKind, Update
from campaigns.telling import followers, mailing, readers, reminders, tasks, tokens, updates
from fund.payments.models import Refund
from people.models import Letter
from people.outbox import queue_letter, send_letter
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


DAY, LATER = timedelta(days=1), make.NOW + timedelta(hours=1)


def followed(campaign: Campaign, count: int = 1) -> list[Follow]:
    emails = [f"reader{number}@example.org" for number in range(1, count + 1)]
    return [make.follow(campaign, email) for email in emails]


def published(campaign: Campaign) -> Update:
    draft = updates.write_update(campaign=campaign, title="Новость", body="Сажаем", key=uuid4().hex, now=make.NOW)
    return updates.publish_update(update_id=draft.pk, now=LATER)


def sent_to() -> list[str]:
    """Send all that waits; return to whom."""
    before = len(mail.outbox)
    for letter in Letter.objects.waiting().order_by("pk"):
        send_letter(letter_id=letter.pk, now=LATER)
    return [message.to[0] for message in mail.outbox[before:]]


def deliver_all() -> None:
    while mailing.waiting_mailings():
        mailing.deliver_some(limit=50, now=LATER)


def at_once(*works: Callable[[], object]) -> None:
    def one(work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        list(pool.map(one, works))


@pytest.mark.django_db
def test_an_update_goes_to_each_follower_once_a_few_at_a_time() -> None:
    campaign = make.campaign()
    followed(campaign, 5)
    make.follow(campaign, "unconfirmed@example.org", is_confirmed=False)
    make.follow(make.campaign("park"), "other@example.org")
    update = published(campaign)
    make.follow(campaign, "late@example.org", at=LATER + DAY)
    sizes = [len(mailing.deliver_some(limit=2, now=LATER)) for _ in range(4)]

    assert sizes == [2, 2, 1, 0]
    assert sent_to() == [f"reader{number}@example.org" for number in range(1, 6)]
    headers = mail.outbox[0].message()
    first = Follow.objects.order_by("pk")[0].reader
    assert headers["List-Unsubscribe"] == f"<{tokens.stop_address(first, NewsKind.UPDATES)}>"
    assert "Сажаем" in str(mail.outbox[0].body)
    updates.change_update(update_id=update.pk, title="Новость", body="Сажаем липы", now=LATER + DAY)
    updates.publish_update(update_id=update.pk, now=LATER + DAY)
    deliver_all()
    assert sent_to() == [], "a correction is no news"


@pytest.mark.django_db
def test_a_sweep_that_is_cut_in_the_middle_begins_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = make.campaign()
    followed(campaign, 5)
    published(campaign)
    mailing.deliver_some(limit=2, now=LATER)
    calls: list[object] = []

    def cut(**given: object) -> Letter:
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return queue_letter(**given)  # type: ignore[arg-type]  # as it was given

    monkeypatch.setattr(mailing, "queue_letter", cut)
    with pytest.raises(KeyboardInterrupt):
        mailing.deliver_some(limit=50, now=LATER)
    assert (Letter.objects.count(), Mailing.objects.get().letters) == (2, 2), "what was cut has not happened"
    monkeypatch.setattr(mailing, "queue_letter", queue_letter)
    deliver_all()

    assert sorted(sent_to()) == [f"reader{number}@example.org" for number in range(1, 6)]


@pytest.mark.django_db
def test_the_outbox_itself_refuses_a_second_letter_where_the_cursor_was_lost() -> None:
    campaign = make.campaign()
    followed(campaign, 3)
    published(campaign)
    deliver_all()
    Mailing.objects.update(cursor=0, done_at=None)
    deliver_all()

    assert Letter.objects.count() == 3


@pytest.mark.usefixtures("committed")
def test_two_workers_at_once_write_each_letter_once() -> None:
    campaign = make.campaign()
    followed(campaign, 20)
    published(campaign)
    at_once(*[lambda: [mailing.deliver_some(limit=7, now=LATER) for _ in range(3)]] * 3)
    deliver_all()

    assert Letter.objects.count() == 20
    assert Mailing.objects.get().letters == 20


@pytest.mark.usefixtures("committed")
def test_an_update_published_by_two_at_once_has_one_number_and_is_told_once() -> None:
    campaign = make.campaign()
    drafts = [
        updates.write_update(campaign=campaign, title=f"{number}", body="x", key=f"{number}", now=make.NOW)
        for number in range(3)
    ]
    at_once(*[lambda one=draft: updates.publish_update(update_id=one.pk, now=LATER) for draft in drafts * 2])

    assert sorted(Update.objects.values_list("number", flat=True)) == [1, 2, 3]  # type: ignore[type-var]
    assert Mailing.objects.count() == 3


@pytest.mark.usefixtures("committed")
def test_one_who_presses_follow_twice_at_once_follows_once() -> None:
    campaign, user = make.campaign(), make.user()
    at_once(*[lambda: followers.follow_at_once(campaign=campaign, user=user, now=make.NOW)] * 4)

    assert Follow.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["stopped", "left", "forgotten", "hidden"])
def test_what_changed_between_queueing_and_sending_holds_the_letter_back(way: str) -> None:
    campaign = make.campaign()
    (follow,) = followed(campaign)
    update = published(campaign)
    deliver_all()
    if way == "stopped":
        readers.stop_kind(reference=follow.reader.reference, kind=NewsKind.UPDATES, now=LATER)
    elif way == "left":
        Follow.objects.all().delete()
    elif way == "forgotten":
        readers.forget_words(email=follow.reader.email, now=LATER)
    else:
        Update.objects.filter(pk=update.pk).update(hidden_at=LATER, hidden_reason="insult")

    assert sent_to() == []
    assert Letter.objects.get().failure == "NotWanted"


@pytest.mark.django_db
def test_no_letter_is_queued_of_a_draft_or_a_hidden_update_or_to_who_stopped_such() -> None:
    campaign = make.campaign()
    first, _second = followed(campaign, 2)
    updates.write_update(campaign=campaign, title="Черновик", body="x", key="draft", now=make.NOW)
    deliver_all()
    assert not Letter.objects.exists()
    hidden = published(campaign)
    Update.objects.filter(pk=hidden.pk).update(hidden_at=LATER, hidden_reason="insult")
    deliver_all()
    assert not Letter.objects.exists()
    StoppedKind.objects.create(reader=first.reader, kind=NewsKind.UPDATES, at=make.NOW)
    published(campaign)
    deliver_all()
    assert sent_to() == ["reader2@example.org"]


# What nobody writes by hand


def limited(**terms: object) -> Campaign:
    return make.campaign(closes_at=make.NOW + 10 * DAY, goal_kopecks=1_000_00, **terms)  # type: ignore[arg-type]


def told(kind: str) -> list[tuple[str, bool]]:
    """Return the marks that were noted and whether each is told, in order."""
    found = Mailing.objects.filter(kind=kind).order_by("pk").values_list("mark", "done_at")
    return [(mark, done_at is None) for mark, done_at in found]


@pytest.mark.django_db
def test_marks_are_told_once_each_and_those_passed_together_as_one() -> None:
    campaign = limited()
    followed(campaign)
    make.paid_donation(campaign, number=1, kopecks=240_00)
    assert reminders.decide_news(now=LATER) == 0
    make.paid_donation(campaign, number=2, kopecks=10_00)
    assert [reminders.decide_news(now=LATER) for _ in range(2)] == [1, 0]
    assert told(NewsKind.MILESTONES) == [("25", True)]
    make.paid_donation(campaign, number=3, kopecks=550_00)
    reminders.decide_news(now=LATER)
    assert told(NewsKind.MILESTONES)[1:] == [("50", False), ("75", True)]
    make.paid_donation(campaign, number=4, kopecks=200_00)
    reminders.decide_news(now=LATER)
    deliver_all()

    assert len(sent_to()) == 3
    assert "Собрано" not in str(mail.outbox[0].subject)
    assert "25 %" in str(mail.outbox[0].body)
    assert "всю нужную сумму" in str(mail.outbox[2].body)


@pytest.mark.django_db
def test_money_on_its_way_back_reaches_no_mark() -> None:
    campaign = limited()
    gift = make.paid_donation(campaign, number=1, kopecks=500_00)
    Refund.objects.create(
        payment=gift.payment, amount_kopecks=300_00, reason=Refund.Reason.DONOR_REQUEST, created_at=make.NOW,
        request_key="x",
    )  # fmt: skip

    assert reminders.money_there(campaigns=[campaign]) == {"sad": 200_00}
    assert reminders.decide_news(now=LATER) == 0


@pytest.mark.django_db
def test_the_minimum_is_a_mark_once_it_is_met_and_not_while_it_is_owed() -> None:
    owed = make.campaign(
        closes_at=make.NOW + 10 * DAY, funding="all_or_nothing", minimum_kopecks=600_00, goal_kopecks=1_000_00
    )
    assert reminders.reached(owed, 600_00) == ["25", "50"]
    owed.goal_met_at = make.NOW
    assert reminders.reached(owed, 600_00) == ["25", "50", "minimum"]
    owed.minimum_kopecks = 1_000_00
    assert reminders.reached(owed, 1_000_00)[-1] == "100", "the whole sum says it all"


@pytest.mark.django_db
def test_two_days_before_the_end_those_are_reminded_who_have_not_given_since_they_follow() -> None:
    campaign = limited()
    followed(campaign, 2)
    gave = make.paid_donation(campaign, number=1)
    make.follow(campaign, "PAID1@example.org")
    assert gave.created_at >= make.NOW
    before = campaign.closes_at
    assert before is not None
    early, near = before - timedelta(hours=49), before - timedelta(hours=47)
    assert reminders.note_reminders(now=early) == 0
    assert [reminders.note_reminders(now=near) for _ in range(2)] == [1, 0]
    letters = mailing.deliver_some(limit=50, now=near)

    assert sorted(letter.address for letter in letters) == ["reader1@example.org", "reader2@example.org"]
    assert {letter.expires_at for letter in letters} == {before}
    make.end(campaign, at=near)
    for letter in letters:
        send_letter(letter_id=letter.pk, now=near)
    assert mail.outbox == [], "it ended meanwhile: nobody is called to give"


def extended(campaign: Campaign, *, by: timedelta, at: datetime) -> datetime:
    assert campaign.closes_at is not None
    assert campaign.organiser is not None
    until = campaign.closes_at + by
    actor = Actor("organiser", campaign.organiser.user)
    extend_campaign(campaign_id=campaign.pk, actor=actor, closes_at=until, reason="Не успели", now=at)
    return until


@pytest.mark.django_db
def test_a_deadline_moved_within_its_last_two_days_is_reminded_of_once_more_and_the_first_no_more() -> None:
    campaign = limited(by=make.organiser())
    followed(campaign, 3)
    first = campaign.closes_at
    assert first is not None
    near = first - timedelta(hours=47)
    assert reminders.note_reminders(now=near) == 1
    (letter,) = mailing.deliver_some(limit=1, now=near)
    until = extended(campaign, by=timedelta(days=1), at=near)
    assert mailing.deliver_some(limit=50, now=near) == [], "nobody hears any more of a day that is not the last"
    send_letter(letter_id=letter.pk, now=near)
    assert mail.outbox == []
    assert [reminders.note_reminders(now=near + timedelta(hours=hours)) for hours in (0, 24, 25)] == [0, 1, 0]
    again = mailing.deliver_some(limit=50, now=near + DAY)

    assert [letter.address for letter in again] == [f"reader{number}@example.org" for number in (1, 2, 3)]
    assert {letter.expires_at for letter in again} == {until}
    send_letter(letter_id=again[0].pk, now=near + DAY)
    assert (mail.outbox[0].to, mail.outbox[0].subject) == (["reader1@example.org"], "Сад: сбор скоро закончится")


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "begin"), [(47, 0), (73, 1)])
def test_a_reminder_that_was_told_before_deadlines_were_named_is_told_once(hours: int, begin: int) -> None:
    campaign = limited()
    assert campaign.closes_at is not None
    begun = campaign.closes_at - timedelta(hours=hours)
    Mailing.objects.create(kind=NewsKind.REMINDER, subject=f"reminder:{campaign.pk}", campaign=campaign, begun_at=begun)
    with connection.cursor() as cursor:
        cursor.execute(import_module("campaigns.migrations.0051_reminders_of_a_deadline").NAME_DEADLINES)

    assert reminders.note_reminders(now=campaign.closes_at - timedelta(hours=46)) == begin


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "words"),
    [("funded", "деньги на проект есть"), ("not_funded", "ничего не принёс"), ("cancelled", "отменён")],
)
def test_how_it_ended_is_told_once(status: str, words: str) -> None:
    campaign = limited()
    followed(campaign)
    if status == "funded":
        make.end(campaign, at=LATER)
    elif status == "not_funded":
        end_campaign(campaign_id=campaign.pk, actor=SYSTEM, now=LATER)
    else:
        make.cancel(campaign, at=LATER)
    assert [reminders.note_results(now=LATER) for _ in range(2)] == [1, 0]
    deliver_all()

    assert sent_to() == ["reader1@example.org"]
    assert words in str(mail.outbox[0].body)
    assert reminders.note_results(now=LATER + 8 * DAY) == 0


@pytest.mark.django_db
def test_a_missed_minimum_is_told_too() -> None:
    campaign = make.campaign(closes_at=LATER, funding="all_or_nothing", minimum_kopecks=600_00, goal_kopecks=1_000_00)
    followed(campaign)
    Campaign.objects.update(status="not_funded", moved_at=LATER, moved_as="system")
    reminders.decide_news(now=LATER)
    deliver_all()
    sent_to()

    assert "не набрал минимум" in str(mail.outbox[0].body)


@pytest.mark.usefixtures("committed")
def test_two_sweeps_at_once_note_a_mark_once() -> None:
    campaign = limited()
    make.paid_donation(campaign, number=1, kopecks=300_00)
    at_once(*[lambda: reminders.decide_news(now=LATER)] * 4)

    assert told(NewsKind.MILESTONES) == [("25", True)]


@pytest.mark.usefixtures("committed")
def test_the_tasks_do_it_all_and_are_safe_to_run_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr(tasks, "send_soon", lambda letter: sent.append(letter.pk))
    campaign = limited()
    followed(campaign, 2)
    make.paid_donation(campaign, number=1, kopecks=300_00)
    for _ in range(2):
        tasks.decide_news()
        tasks.deliver_news()
        tasks.forget_unconfirmed()

    assert len(sent) == 2
    assert Letter.objects.count() == 2
