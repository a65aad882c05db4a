"""What an organiser's desk says of words: who waits for one, and how many each update reached."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.managing.todo import todo
from campaigns.models import Campaign, Mailing
from campaigns.telling import mailing, questions, updates
from tests import make
from tests.campaigns.talking import asked, own_project, published

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PAGE = "/me/projects/sad/"


def due(campaign: Campaign) -> list[tuple[str, str]]:
    found = todo(campaign=Campaign.objects.get(pk=campaign.pk), now=make.NOW)
    return [(task.title, task.link.address if task.link else "") for task in found]


def drafted(campaign: Campaign, number: int) -> None:
    updates.write_update(campaign=campaign, title="Черновик", body="x", key=f"d{number}", now=make.NOW)


def test_questions_and_drafts_are_due_until_they_are_answered_and_published() -> None:
    campaign, browser = own_project()
    assert due(campaign) == []
    first = asked(campaign, 1)
    asked(campaign, 2)
    drafted(campaign, 1)
    assert due(campaign) == [
        ("Ответить на 2 вопроса", f"{PAGE}questions/"),
        ("1 новость не опубликована", f"{PAGE}updates/"),
    ]
    page = browser.get(PAGE).content.decode()
    assert f'<a href="{PAGE}questions/">К вопросам</a>' in page
    questions.answer_question(question_id=first.pk, answer="В мае", now=make.NOW)
    published(campaign, 2)

    assert [title for title, _address in due(campaign)] == ["Ответить на 1 вопрос", "1 новость не опубликована"]


@pytest.mark.parametrize("number", [0, 3])
def test_a_first_word_after_the_collection_is_due_until_it_is_published(number: int) -> None:
    campaign, _browser = own_project()
    published(campaign, 1)
    make.end(campaign, at=make.NOW + 2 * DAY)
    write = ("Написать тем, кто помог", f"{PAGE}updates/new/")
    assert due(campaign) == [("Начать работу", f"{PAGE}step/deliver/"), write]
    Campaign.objects.filter(pk=campaign.pk).update(
        status="delivering", moved_at=make.NOW + 4 * DAY, moved_as="organiser"
    )
    if number:
        published(campaign, number)

    assert (write in due(campaign)) == (number == 0)


def test_a_first_word_is_due_where_nothing_was_ever_published() -> None:
    campaign, _browser = own_project()
    make.end(campaign, at=make.NOW + DAY)

    assert ("Написать тем, кто помог", f"{PAGE}updates/new/") in due(campaign)


def test_how_many_an_update_reached_stands_on_the_desk_and_in_the_list() -> None:
    campaign, browser = own_project()
    for number in range(3):
        make.follow(campaign, f"reader{number}@example.org")
    published(campaign, 1)
    mailing.deliver_some(limit=2, now=make.NOW + DAY)
    desk, listed = (" ".join(browser.get(path).content.decode().split()) for path in (PAGE, f"{PAGE}updates/"))
    assert "2 письма, ещё отправляются" in desk
    assert "2 письма, ещё отправляются" in listed
    while mailing.waiting_mailings():
        mailing.deliver_some(limit=2, now=make.NOW + DAY)
    assert Mailing.objects.get().letters == 3

    assert ["3 письма" in browser.get(path).content.decode() for path in (PAGE, f"{PAGE}updates/")] == [True] * 2
    assert "ещё отправляются" not in browser.get(PAGE).content.decode()


def test_a_draft_and_a_project_without_news_say_nothing_of_letters() -> None:
    campaign, browser = own_project()
    drafted(campaign, 1)

    assert "Новости в письмах" not in browser.get(PAGE).content.decode()
    assert "Тем, кто подписан" not in browser.get(f"{PAGE}updates/").content.decode()
