"""Updates, questions and comments: who may write, what is shown, what a moderator does with it."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from api.v1 import telling
from campaigns.models import Campaign, Comment, Complaint, Mailing, Organiser, Question, Update, UpdateVersion
from campaigns.telling import comments, questions, selectors, updates
from campaigns.telling.questions import Words
from pages.kept.routes import changes_pages
from people.models import Letter, StaffAct
from people.outbox import send_letter
from tests import make

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from people.models import User

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script> [x](javascript:alert(1)) ![y](https://evil.example/y.png)"


def own_project(slug: str = "sad") -> tuple[Campaign, Client]:
    """Return a live campaign and its organiser's browser."""
    by = make.organiser()
    assert by.user is not None
    return make.campaign(slug, by=by), make.sign_in(Client(), by.user, second_factor=False)


def published(campaign: Campaign, number: int = 1, body: str = "Посадили **сто** деревьев") -> Update:
    draft = updates.write_update(
        campaign=campaign, title=f"Новость {number}", body=body, key=f"u{campaign.pk}-{number}", now=make.NOW
    )
    return updates.publish_update(update_id=draft.pk, now=make.NOW + timedelta(days=number))


def asked(campaign: Campaign, number: int = 1, email: str = "anna@example.org") -> Question:
    words = Words(text=f"Когда начнёте {number}?", key=f"q{campaign.pk}-{number}")
    return questions.ask_question(
        campaign=campaign, words=words, email=email, is_known=True, address=f"10.0.{number}.1", now=make.NOW
    )[0]


def commented(campaign: Campaign, number: int = 1, user: User | None = None) -> Comment:
    author = comments.Author(user=user or make.user())
    words = Words(text=f"Слово {number}", key=f"c{campaign.pk}-{number}")
    return comments.write_comment(
        campaign=campaign, words=words, author=author, address=f"10.1.{number}.1", now=make.NOW
    )


def moderator() -> Client:
    return make.sign_in(Client(), make.staff("moderator"))


# Updates


def test_an_organiser_writes_looks_publishes_and_corrects() -> None:
    _campaign, client = own_project()
    form = {"title": "Первые саженцы", "body": "Купили **липы**", "key": str(uuid4())}
    seen = client.post("/me/projects/sad/updates/new/", form | {"preview": "yes"}).content.decode()
    assert "<strong>липы</strong>" in seen
    assert not Update.objects.exists(), "a look keeps nothing"

    for _ in range(2):
        edit = client.post("/me/projects/sad/updates/new/", form).headers["Location"]
    draft = Update.objects.get()
    assert edit == f"/me/projects/sad/updates/{draft.pk}/"
    assert Client().get("/projects/sad/updates/1/").status_code == 404
    for _ in range(2):
        assert client.post(f"{edit}publish/").headers["Location"] == "/projects/sad/updates/1/"
    client.post(edit, {"title": "Первые липы", "body": "Купили **сорок** лип", "key": str(uuid4())})

    page = Client().get("/projects/sad/updates/1/").content.decode()
    assert "Первые липы" in page
    assert "исправлено" in page
    assert "Первые саженцы" in page, "the earlier wording stays"
    assert UpdateVersion.objects.get().title == "Первые саженцы"
    assert client.post(f"{edit}drop/").status_code == 302
    assert Update.objects.count() == 1, "what is published is not thrown away"
    assert Update.objects.get().number == 1


def test_only_the_owner_of_a_verified_organiser_writes() -> None:
    campaign, client = own_project()
    update, question = published(campaign), asked(campaign)
    paths = [
        "/me/projects/sad/updates/", "/me/projects/sad/updates/new/", f"/me/projects/sad/updates/{update.pk}/",
        f"/me/projects/sad/updates/{update.pk}/publish/", f"/me/projects/sad/updates/{update.pk}/drop/",
        "/me/projects/sad/questions/", f"/me/projects/sad/questions/{question.pk}/",
    ]  # fmt: skip
    form = {"title": "Чужое", "body": "Чужое", "answer": "Чужое", "key": str(uuid4())}
    other = make.organiser("Другие")
    assert other.user is not None
    for stranger in (make.sign_in(Client(), other.user, second_factor=False), moderator()):
        for path in paths:
            assert {stranger.get(path).status_code, stranger.post(path, form).status_code} <= {404, 405}, path
    Organiser.objects.filter(campaigns=campaign).update(
        state="suspended", moved_at=make.NOW + timedelta(days=1), moved_as="council_member",
        moved_by=make.staff("council_member"), moved_because="Отчёта нет",
    )  # fmt: skip
    assert {client.get(path).status_code for path in paths} <= {404, 405}
    assert {client.post(path, form).status_code for path in paths} <= {404, 405}
    assert Client().get(paths[0]).headers["Location"].startswith("/me/login/")
    update.refresh_from_db()
    question.refresh_from_db()
    assert (update.title, question.answer) == ("Новость 1", "")


def test_an_update_of_another_project_is_not_reached_through_ones_own() -> None:
    _mine, client = own_project()
    theirs, _other = own_project("park")
    update, question = published(theirs), asked(theirs)

    assert client.get(f"/me/projects/sad/updates/{update.pk}/").status_code == 404
    assert client.post(f"/me/projects/sad/questions/{question.pk}/", {"answer": "Да"}).status_code == 404
    assert client.post("/me/projects/sad/updates/new/", {"title": "а", "body": "б", "key": "x"}).status_code == 422


@pytest.mark.parametrize(
    "changes",
    [{"title": ""}, {"title": "\u200b"}, {"title": "я" * 121}, {"body": ""}, {"body": "я" * 20_001}, {"key": "x"}],
)
def test_an_update_that_is_wrong_is_sent_back(changes: dict[str, str]) -> None:
    _campaign, client = own_project()
    form = {"title": "Новость", "body": "Слова", "key": str(uuid4())}

    assert client.post("/me/projects/sad/updates/new/", form | changes).status_code == 422
    assert not Update.objects.exists()


def test_drafts_and_a_days_updates_have_their_limit() -> None:
    campaign, client = own_project()
    for number in range(updates.MOST_DRAFTS):
        updates.write_update(campaign=campaign, title="x", body="y", key=f"k{number}", now=make.NOW)
    form = {"title": "Новость", "body": "Слова", "key": str(uuid4())}
    assert client.post("/me/projects/sad/updates/new/", form).status_code == 422
    with pytest.raises(updates.KeyReusedError):
        updates.write_update(campaign=make.campaign("park"), title="x", body="y", key="k1", now=make.NOW)

    drafts = list(Update.objects.order_by("pk"))
    for draft in drafts[: updates.MOST_A_DAY]:
        updates.publish_update(update_id=draft.pk, now=make.NOW)
    with pytest.raises(updates.TooManyUpdatesError):
        updates.publish_update(update_id=drafts[-1].pk, now=make.NOW)
    updates.publish_update(update_id=drafts[-1].pk, now=make.NOW + timedelta(days=1))
    updates.drop_draft(update_id=drafts[-2].pk)
    updates.drop_draft(update_id=drafts[-2].pk)
    assert Update.objects.count() == updates.MOST_DRAFTS - 1


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"number": 7}, "published once"),
        ({"published_at": None, "number": None, "corrected_at": None}, "published once"),
        ({"body": "Другое"}, "a correction says when"),
    ],
)
def test_the_database_keeps_what_was_published(change: dict[str, Any], error: str) -> None:
    update = published(make.campaign())
    other = make.campaign("park")
    Mailing.objects.all().delete()

    with pytest.raises(DatabaseError, match=error), transaction.atomic():
        Update.objects.filter(pk=update.pk).update(**change)
    with pytest.raises(DatabaseError, match="stays with its campaign"), transaction.atomic():
        Update.objects.filter(pk=update.pk).update(campaign=other)
    with pytest.raises(DatabaseError, match="a published update stays"), transaction.atomic():
        update.delete()


def test_a_script_in_markdown_is_words(client: Client) -> None:
    campaign = make.campaign()
    published(campaign, body=SCRIPT)
    question = asked(campaign)
    questions.answer_question(question_id=question.pk, answer=SCRIPT, now=make.NOW)
    Comment.objects.create(
        campaign=campaign, user=make.user(), text=SCRIPT, request_key="x", created_at=make.NOW, shown_at=make.NOW
    )
    paths = ("", "updates/", "updates/1/", "questions/", "comments/", "updates/feed.xml")
    for path in paths:
        page = client.get(f"/projects/sad/{path}").content.decode()
        shown = unescape(page) if path.endswith(".xml") else page
        assert "alert(1)" in page, path
        assert ("<script>alert" in shown, '<img src="https://evil' in shown) == (False, False), path
        assert 'href="javascript' not in shown, path


def test_an_update_is_read_as_a_feed_and_a_hidden_one_nowhere(client: Client) -> None:
    campaign = make.campaign()
    published(campaign, 1)
    hidden = published(campaign, 2)
    desk = moderator()
    assert "Новость 2" in client.get("/projects/sad/updates/feed.xml").content.decode()
    assert 'type="application/atom+xml"' in client.get("/projects/sad/").content.decode()
    desk.post(f"/desk/words/update/{hidden.pk}/hide/", {"reason": "unlawful"})

    for path in ("", "updates/", "updates/feed.xml"):
        page = client.get(f"/projects/sad/{path}").content.decode()
        assert ("Новость 1" in page, "Новость 2" in page) == (True, False), path
    page = client.get("/projects/sad/updates/2/").content.decode()
    assert "Скрыто модератором" in page
    assert "сто" not in page.partition("<main")[2].partition("</main")[0]
    assert client.get("/projects/nowhere/updates/").status_code == 404
    assert client.get("/projects/sad/updates/99999999999999999999/").status_code == 404


# Questions


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
    send_letter(letter_id=Letter.objects.get().pk, now=make.NOW)
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


# Comments


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


# What pages cost


def much(campaign: Campaign, count: int) -> None:
    for number in range(1, count + 1):
        published(campaign, number)
        question = asked(campaign, number)
        questions.answer_question(question_id=question.pk, answer="Да", now=make.NOW)
        Comment.objects.filter(pk=commented(campaign, number).pk).update(shown_at=make.NOW)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [("updates/", 3), ("updates/1/", 3), ("updates/feed.xml", 2), ("questions/", 4), ("comments/", 3)],
)
def test_pages_cost_the_same_however_much_is_said(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int, path: str, queries: int
) -> None:
    much(make.campaign(), count)
    client.get(f"/projects/sad/{path}")

    with django_assert_num_queries(queries):
        client.get(f"/projects/sad/{path}")


def cost_of_page(client: Client, slug: str) -> int:
    client.get(f"/projects/{slug}/")
    with CaptureQueriesContext(connection) as whole:
        client.get(f"/projects/{slug}/")
        return len(whole)


def test_a_projects_page_costs_four_queries_more_however_much_is_said(client: Client) -> None:
    costs, both = [], {slug: make.campaign(slug) for slug in ("sad", "park")}  # each is what is similar to the other
    for slug, count in (("sad", 1), ("park", 3)):
        campaign = both[slug]
        much(campaign, count)
        with CaptureQueriesContext(connection) as own:
            selectors.told(campaign=campaign)
            count_of_own = len(own)
        costs.append((count_of_own, cost_of_page(client, slug)))

    assert costs[0] == costs[1]
    assert costs[0][0] == 4


@pytest.mark.parametrize("count", [1, 3])
def test_the_desks_pages_cost_the_same_however_much_is_said(
    django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    campaign, desk = make.campaign(), moderator()
    for number in range(1, count + 1):
        commented(campaign, number)
        shown = commented(campaign, 10 + number)
        Comment.objects.filter(pk=shown.pk).update(shown_at=make.NOW)
        Complaint.objects.create(comment=shown, reason="insult", reader_sha256=str(number), at=make.NOW)
    desk.get("/desk/words/")
    with django_assert_num_queries(7):
        desk.get("/desk/words/")
    with django_assert_num_queries(5):
        desk.get("/desk/words/comment/")


@pytest.mark.parametrize("count", [1, 3])
def test_the_organisers_pages_cost_the_same_however_much_is_said(
    django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    campaign, client = own_project()
    for number in range(1, count + 1):
        published(campaign, number)
        asked(campaign, number)
    client.get("/me/projects/sad/updates/")
    with django_assert_num_queries(6):
        client.get("/me/projects/sad/updates/")
    with django_assert_num_queries(5):
        client.get("/me/projects/sad/questions/")


def test_what_anybody_may_send_does_not_throw_kept_pages_away() -> None:
    sent = {"telling:follow", "telling:ask", "telling:comment", "telling:complain", "gifts:follow", "letters:stop"}

    assert {name for name in sent if changes_pages(name)} == set()
    assert changes_pages("words:hide")


# Through the API


def test_programs_read_updates_and_answers_page_by_page(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    campaign = make.campaign()
    monkeypatch.setattr(telling, "PAGE_SIZE", 2)
    much(campaign, 3)
    hidden = published(campaign, 4)
    Update.objects.filter(pk=hidden.pk).update(hidden_at=make.NOW, hidden_reason="insult")
    asked(campaign, 5)

    with django_assert_num_queries(2):
        first = client.get("/api/v1/campaigns/sad/updates").json()
    assert [row["number"] for row in first["items"]] == [3, 2]
    assert first["items"][0]["html"] == "<p>Посадили <strong>сто</strong> деревьев</p>\n"
    rest = client.get(f"/api/v1/campaigns/sad/updates?cursor={first['next_cursor']}").json()
    assert ([row["number"] for row in rest["items"]], rest["next_cursor"]) == ([1], None)

    with django_assert_num_queries(3):
        page = client.get("/api/v1/campaigns/sad/questions").json()
    assert [row["answer"] for row in page["items"]] == ["Да", "Да"]
    assert page["awaited"] == 1
    following = client.get(f"/api/v1/campaigns/sad/questions?cursor={page['next_cursor']}").json()
    assert (len(following["items"]), following["next_cursor"]) == (1, None)
    for path in ("updates", "questions"):
        assert client.get(f"/api/v1/campaigns/nowhere/{path}").status_code == 404
        assert client.get(f"/api/v1/campaigns/sad/{path}?cursor=x").status_code == 400
