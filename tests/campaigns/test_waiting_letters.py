"""Letters of questions that wait for an organiser: at once, then gathered, one a day at most."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.db import connections
from django.utils import timezone

from campaigns.models import Question
from campaigns.telling import questions
from people.models import Letter
from people.outbox import overdue_letters, send_letter
from tests import make
from tests.campaigns.talking import asked, own_project

if TYPE_CHECKING:
    from campaigns.models import Campaign

MORNING = timezone.make_aware(datetime.combine(timezone.localdate(make.NOW), questions.MORNING))
TOMORROW = MORNING + timedelta(days=1)


def waiting() -> list[Letter]:
    return list(Letter.objects.filter(kind="questions_waiting").order_by("pk"))


def send(letter: Letter) -> str:
    """Send a letter; return its text, empty where it is not wanted any more."""
    before = len(mail.outbox)
    send_letter(letter_id=letter.pk, now=make.NOW)
    return "".join(str(message.body) for message in mail.outbox[before:])


def quiet_project(slug: str = "sad") -> Campaign:
    """Return a live campaign of somebody, whose opening is told already."""
    campaign, _browser = own_project(slug)
    Letter.objects.all().delete()
    return campaign


@pytest.mark.django_db
def test_a_question_is_told_at_once_with_where_to_answer_it() -> None:
    campaign = quiet_project()
    asked(campaign)
    (letter,) = waiting()
    text = send(letter)

    assert (letter.user, letter.due_at) == (campaign.organiser and campaign.organiser.user, make.NOW)
    assert mail.outbox[0].subject == "Сад: вопрос ждёт вашего ответа"
    assert "«Когда начнёте 1?»" in text
    assert "/me/projects/sad/questions/" in text
    assert "anna@example.org" not in text


@pytest.mark.django_db
def test_a_question_by_letter_is_told_once_it_is_confirmed_and_once_for_all() -> None:
    campaign = quiet_project()
    words = questions.Words(text="Когда?", key="q")
    question, _letter = questions.ask_question(
        campaign=campaign, words=words, email="a@example.org", is_known=False, address="10.0.0.1", now=make.NOW
    )
    assert waiting() == []
    for _ in range(2):
        questions.confirm_question(reference=question.reference, now=make.NOW)

    assert len(waiting()) == 1


@pytest.mark.django_db
def test_questions_before_the_letter_is_sent_are_gathered_in_it_and_later_ones_come_in_the_morning() -> None:
    campaign = quiet_project()
    for number in (1, 2):
        asked(campaign, number)
    (first,) = waiting()
    text = send(first)
    assert ("начнёте 1?" in text, "начнёте 2?" in text) == (True, True)
    for number in (3, 4):
        asked(campaign, number, email="ivan@example.org")
    _first, second = waiting()

    assert second.due_at == TOMORROW
    assert overdue_letters(now=TOMORROW - timedelta(minutes=1)) == []
    assert overdue_letters(now=TOMORROW + timedelta(minutes=1)) == [second.pk]
    assert "начнёте 4?" in send(second)


@pytest.mark.django_db
def test_a_letter_has_five_questions_and_says_how_many_more_there_are() -> None:
    campaign = quiet_project()
    for number in range(1, 8):
        asked(campaign, number, email=f"reader{number}@example.org")
    text = send(waiting()[0])

    assert text.count("Когда начнёте") == 5
    assert "И ещё 2 вопроса." in text


@pytest.mark.django_db
def test_no_letter_goes_of_questions_that_are_answered_or_hidden_meanwhile() -> None:
    campaign = quiet_project()
    answered, hidden = asked(campaign, 1), asked(campaign, 2)
    questions.answer_question(question_id=answered.pk, answer="В мае", now=make.NOW)
    Question.objects.filter(pk=hidden.pk).update(hidden_at=make.NOW, hidden_reason="insult")
    (letter,) = waiting()

    assert send(letter) == ""
    letter.refresh_from_db()
    assert letter.failure == "NotWanted"


@pytest.mark.django_db
def test_nobody_is_written_to_of_a_project_that_is_nobodys() -> None:
    asked(make.campaign())

    assert waiting() == []


@pytest.mark.usefixtures("committed")
def test_a_question_that_comes_while_the_letter_is_being_sent_waits_for_no_mail_server_and_is_told_next() -> None:
    campaign = quiet_project()
    asked(campaign, 1)
    with closing(connections.create_connection("default")) as beside, beside.cursor() as other:
        other.execute("BEGIN")
        other.execute("SELECT id FROM people_letter WHERE kind = 'questions_waiting' FOR UPDATE")
        asked(campaign, 2)
        other.execute("ROLLBACK")

    assert [letter.due_at for letter in waiting()] == [make.NOW, TOMORROW]
