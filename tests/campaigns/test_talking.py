"""Questions to an organiser and comments, with who moderates them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client

from campaigns.models import Comment, Complaint, Question
from campaigns.telling import questions
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.services.refunding import refuse_refund
from people.models import Letter, StaffAct
from people.outbox import send_letter
from tests import make
from tests.campaigns.talking import asked, commented, moderator, own_project

pytestmark = pytest.mark.django_db


def test_a_question_by_e_mail_is_confirmed_answered_and_told_once(client: Client) -> None:
    _campaign, organiser = own_project()
    form = {
        "text": "Когда начнёте?", "email": "anna@example.org", "personal_data": "on", "key": str(uuid4()),
        "website": "", "public_name": "Анна", "public_name_consent": "on",
    }  # fmt: skip
    for _ in range(2):
        assert client.post("/projects/sad/questions/ask/", form).headers["Location"] == "/projects/sad/sent/"
    question = Question.objects.get()
    assert "Когда начнёте" not in organiser.get("/me/projects/sad/questions/").content.decode()
    send_letter(letter_id=Letter.objects.get(kind="confirm_question").pk, now=make.NOW)
    path = next(word for word in str(mail.outbox[0].body).split() if "/letters/" in word).partition("/letters")[2]
    assert "Когда начнёте" in client.get(f"/letters{path}").content.decode()
    client.post(f"/letters{path}")

    page = Client().get("/projects/sad/").content.decode()
    assert "1 вопрос ждёт ответа" in page
    assert "Когда начнёте" not in page, "strangers see a question with its answer"
    own = organiser.get("/me/projects/sad/questions/").content.decode()
    assert "Когда начнёте" in own
    for text in ("В *мае*.", "В **июне**."):
        organiser.post(f"/me/projects/sad/questions/{question.pk}/", {"answer": text})
    page = Client().get("/projects/sad/questions/").content.decode()
    assert ("<strong>июне</strong>" in page, "Анна" in page, "anna@" in page) == (True, True, False)
    assert Letter.objects.filter(kind="news_answers").count() == 1
    send_letter(letter_id=Letter.objects.get(kind="news_answers").pk, now=make.NOW)
    assert "В **июне**." in str(mail.outbox[1].body)
    assert mail.outbox[1].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert Question.objects.count() == 1


def test_a_question_by_who_is_signed_in_needs_no_letter() -> None:
    make.campaign()
    client = make.sign_in(Client(), make.user(), second_factor=False)
    form = {"text": "Когда?", "key": str(uuid4()), "website": ""}

    assert client.post("/projects/sad/questions/ask/", form).headers["Location"] == "/projects/sad/questions/"
    assert Question.objects.get().confirmed_at is not None
    assert not Letter.objects.exists()


@pytest.mark.parametrize("key", ["erased_at", "hidden_at", "confirmed_at"])
def test_what_is_gone_is_not_answered(key: str) -> None:
    question = asked(make.campaign())
    changes: dict[str, dict[str, Any]] = {
        "erased_at": {"erased_at": make.NOW, "text": "", "reader": None},
        "hidden_at": {"hidden_at": make.NOW, "hidden_reason": "insult"},
        "confirmed_at": {"confirmed_at": None},
    }
    Question.objects.update(**changes[key])

    with pytest.raises(questions.NothingToAnswerError):
        questions.answer_question(question_id=question.pk, answer="Да", now=make.NOW)


def test_a_first_comment_waits_and_the_next_is_shown_at_once() -> None:
    make.campaign()
    client, desk = make.sign_in(Client(), make.user(), second_factor=False), moderator()

    def write(text: str) -> None:
        form = {"text": text, "key": str(uuid4()), "website": ""}
        assert client.post("/projects/sad/comments/write/", form).headers["Location"] == "/projects/sad/comments/"

    write("Первое слово")
    assert "Первое слово" not in Client().get("/projects/sad/comments/").content.decode()
    assert "Первое слово" in desk.get("/desk/words/").content.decode()
    first = Comment.objects.get()
    for _ in range(2):
        desk.post(f"/desk/words/{first.pk}/approve/")
    write("Второе слово")
    page = Client().get("/projects/sad/").content.decode()
    assert ("Первое слово" in page, "Второе слово" in page) == (True, True)
    assert StaffAct.objects.filter(action="campaigns.approve_words").count() == 1
    desk.post(f"/desk/words/comment/{first.pk}/hide/", {"reason": "insult"})
    write("Третье слово")
    assert "Третье слово" not in Client().get("/projects/sad/comments/").content.decode(), "trust is lost again"


def test_a_hidden_comment_says_why_and_can_be_put_back() -> None:
    comment, desk = commented(make.campaign()), moderator()
    desk.post(f"/desk/words/{comment.pk}/approve/")
    assert desk.post(f"/desk/words/comment/{comment.pk}/hide/", {"reason": "nonsense"}).status_code == 302
    assert "Слово 1" in Client().get("/projects/sad/comments/").content.decode(), "no reason, no hiding"
    for _ in range(2):
        desk.post(f"/desk/words/comment/{comment.pk}/hide/", {"reason": "advertising"})

    page = Client().get("/projects/sad/comments/").content.decode()
    assert ("Слово 1" in page, "Скрыто модератором" in page, "Реклама" in page) == (False, True, True)
    for _ in range(2):
        desk.post(f"/desk/words/comment/{comment.pk}/show/")
    assert "Слово 1" in Client().get("/projects/sad/comments/").content.decode()
    acts = list(StaffAct.objects.filter(action__endswith="_words").order_by("pk").values_list("action", flat=True))
    assert acts == ["campaigns.approve_words", "campaigns.hide_words", "campaigns.show_words"]
    assert desk.post("/desk/words/nothing/1/hide/", {"reason": "insult"}).status_code == 404
    assert desk.get("/desk/words/nothing/").status_code == 404
    assert desk.get("/desk/words/comment/?before=99999999999999999999").status_code == 200


def test_readers_complain_once_each_and_a_moderator_leaves_it_or_hides_it(client: Client) -> None:
    comment, desk = commented(make.campaign()), moderator()
    path = f"/projects/sad/comments/{comment.pk}/complain/"
    assert client.post(path, {"reason": "insult"}).status_code == 404, "nobody sees it yet"
    desk.post(f"/desk/words/{comment.pk}/approve/")
    for _ in range(2):
        assert client.post(path, {"reason": "insult"}).status_code == 302
    client.post(path, {"reason": "insult", "website": "x"})
    assert client.post(path, {"reason": "nothing"}).status_code == 422
    user = make.sign_in(Client(), make.user(), second_factor=False)
    user.post(path, {"reason": "advertising"})

    assert Complaint.objects.count() == 2
    assert "Слово 1" in desk.get("/desk/words/").content.decode()
    desk.post(f"/desk/words/{comment.pk}/approve/")
    assert "Слово 1" not in desk.get("/desk/words/").content.decode()
    assert "Слово 1" in client.get("/projects/sad/comments/").content.decode()
    assert client.post(f"/projects/park/comments/{comment.pk}/complain/", {"reason": "insult"}).status_code == 404
    assert [client.post(path, {"reason": "insult"}).status_code for _ in range(4)][-1] == 429


def test_a_donor_comments_by_the_gifts_secret_link(client: Client) -> None:
    gift = make.paid_donation(make.campaign(), number=1, name="Мария")
    form = {"text": "Спасибо!", "key": str(uuid4()), "website": "", "public_name": "Мария"}
    path = f"{gift.get_absolute_url()}comment/"
    assert client.get(path).status_code == 200
    assert client.post(path, form).status_code == 422, "a name is shown by consent alone"
    assert client.post(path, form | {"public_name_consent": "on"}).status_code == 302
    comment = Comment.objects.get()
    moderator().post(f"/desk/words/{comment.pk}/approve/")

    page = client.get("/projects/sad/comments/").content.decode()
    assert ("Мария" in page, "даритель проекта" in page) == (True, True)
    assert gift.token not in page
    assert client.post("/gifts/" + "x" * 43 + "/comment/", form).status_code == 404


def test_who_has_the_whole_gift_back_speaks_as_a_donor_no_more(client: Client) -> None:
    gift = make.paid_donation(make.campaign(), number=1)
    form = {"text": "Плохой проект", "key": str(uuid4()), "website": ""}
    path = f"{gift.get_absolute_url()}comment/"
    assert client.post(path, form).status_code == 302
    Comment.objects.update(shown_at=make.NOW)
    said = "/api/v1/campaigns/sad/comments"
    assert "даритель проекта" in client.get("/projects/sad/comments/").content.decode()
    assert client.get(said).json()["items"][0]["is_donors"] is True
    assert path in client.get(gift.get_absolute_url()).content.decode()
    refund = payments.request_refund(
        payment_id=gift.payment_id, amount_kopecks=Kopecks(gift.amount_kopecks), reason="mistake", request_key="x",
        now=make.NOW,
    )  # fmt: skip
    refuse_refund(refund_id=refund.pk, reason="general_decline", now=make.NOW)

    assert "даритель проекта" not in client.get("/projects/sad/comments/").content.decode()
    assert client.get(said).json()["items"][0]["is_donors"] is False
    assert path not in client.get(gift.get_absolute_url()).content.decode()
    assert client.post(path, form | {"key": str(uuid4())}).status_code == 404
    assert Comment.objects.count() == 1


def test_who_is_not_signed_in_can_not_comment(client: Client) -> None:
    make.campaign()

    assert "Войти" in client.get("/projects/sad/comments/write/").content.decode()
    assert client.post("/projects/sad/comments/write/", {"text": "Слово", "key": str(uuid4())}).status_code == 302
    assert not Comment.objects.exists()


def test_questions_and_comments_have_their_limit(client: Client) -> None:
    campaign = make.campaign()
    gift = make.paid_donation(campaign, number=1)
    ask = {"text": "Когда?", "email": "anna@example.org", "personal_data": "on", "website": ""}
    asks = [client.post("/projects/sad/questions/ask/", ask | {"key": str(uuid4())}).status_code for _ in range(6)]
    path = f"{gift.get_absolute_url()}comment/"
    words = [client.post(path, {"text": "Слово", "key": str(uuid4()), "website": ""}).status_code for _ in range(6)]

    assert (asks, words) == ([302] * 5 + [429], [302] * 5 + [429])
    assert (Question.objects.count(), Comment.objects.count()) == (5, 5)


@pytest.mark.parametrize("text", ["", "   ", "\u202e\u200b", "я" * 2001])
def test_words_that_are_none_or_too_many_are_sent_back(text: str) -> None:
    make.campaign()
    client = make.sign_in(Client(), make.user(), second_factor=False)
    form = {"text": text, "key": str(uuid4()), "website": ""}

    assert client.post("/projects/sad/comments/write/", form).status_code == 422
    assert client.post("/projects/sad/questions/ask/", form).status_code == 422


def test_nobody_talks_about_a_project_that_is_over(client: Client) -> None:
    campaign = make.campaign()
    make.cancel(campaign, at=make.NOW)
    user = make.sign_in(Client(), make.user(), second_factor=False)
    form = {"text": "Слово", "key": str(uuid4()), "website": ""}
    user.post("/projects/sad/comments/write/", form)
    user.post("/projects/sad/questions/ask/", form)

    assert not Comment.objects.exists()
    assert not Question.objects.exists()
    assert "Обсуждение этого проекта закрыто" in user.post("/projects/sad/comments/write/", form).content.decode()


def test_a_machine_that_fills_every_field_writes_nothing() -> None:
    make.campaign()
    client = make.sign_in(Client(), make.user(), second_factor=False)
    form = {"text": "Слово", "key": str(uuid4()), "website": "https://spam.example"}

    assert client.post("/projects/sad/comments/write/", form).status_code == 302
    assert client.post("/projects/sad/questions/ask/", form).status_code == 302
    assert not Comment.objects.exists()
    assert not Question.objects.exists()
