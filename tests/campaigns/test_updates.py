"""News of a project: written, published once, corrected in the open, read as pages and as a feed."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from campaigns.models import Comment, Mailing, Organiser, Update, UpdateVersion
from campaigns.telling import questions, updates
from tests import make
from tests.campaigns.talking import SCRIPT, asked, moderator, own_project, published

pytestmark = pytest.mark.django_db


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
