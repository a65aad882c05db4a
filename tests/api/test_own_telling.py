"""Updates and answers by an organiser's program: told once, corrected in the open, refused as on the site."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, Mailing, Question, Update, UpdateVersion
from campaigns.telling.updates import MOST_A_DAY, MOST_DRAFTS
from people.models import Letter
from tests import make
from tests.api.programs import Program, runs
from tests.campaigns.talking import asked

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
HERE = "/sad/updates"
WORDS = {"title": "Посадили", "body": "Уже **сто** деревьев <script>alert(1)</script>"}


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


@pytest.fixture
def campaign() -> Campaign:
    return make.campaign(by=make.organiser())


@pytest.fixture
def program(campaign: Campaign) -> Program:
    return runs(campaign)


def write(program: Program, key: str = "k", **changes: Any) -> Any:
    return program.send("post", HERE, WORDS | changes, **{"idempotency-key": key})


def test_an_update_is_written_once_published_once_and_corrected_in_the_open(program: Program) -> None:
    make.follow(Campaign.objects.get(), "reader@example.org")
    first, again = write(program), write(program)
    assert (first.status_code, first.json()) == (201, again.json())
    assert (first.json()["number"], first.json()["address"]) == (None, "")
    place = f"{HERE}/{first.json()['id']}"
    assert program.send("put", place, WORDS | {"title": "Посадили сад"}).json()["corrected_at"] is None
    told = [program.send("post", f"{place}/publish") for _ in range(2)]
    assert [one.status_code for one in told] == [200, 200]
    assert told[0].json() == told[1].json()
    assert (told[0].json()["number"], Mailing.objects.count()) == (1, 1)
    corrected = program.send("put", place, WORDS | {"title": "Посадили весь сад"}).json()

    assert corrected["corrected_at"] is not None
    assert UpdateVersion.objects.get().title == "Посадили сад"
    [public] = Client().get("/api/v1/campaigns/sad/updates").json()["items"]
    assert (public["title"], public["address"]) == ("Посадили весь сад", corrected["address"])
    assert "<script>" not in public["html"]
    assert program.send("delete", place).status_code == 409
    assert Update.objects.count() == 1


def test_a_draft_is_nobodys_to_read_and_is_thrown_away(program: Program) -> None:
    place = f"{HERE}/{write(program).json()['id']}"

    assert Client().get("/api/v1/campaigns/sad/updates").json()["items"] == []
    assert [program.send("delete", place).status_code for _ in range(2)] == [204, 404]
    assert not Update.objects.exists()
    assert program.send("get", f"{HERE}/{10**30}").status_code == 404


@pytest.mark.parametrize(
    "changes",
    [{"title": ""}, {"title": "\u200b"}, {"title": "я" * 121}, {"title": 7}, {"body": ""}, {"body": "\u200b"},
     {"body": "я" * 20_001}, {"body": ["x"]}, {"body": None}],
)  # fmt: skip
def test_words_that_are_none_are_refused(program: Program, changes: dict[str, Any]) -> None:
    kept = write(program, "other").json()

    assert write(program, **changes).status_code == 400
    assert program.send("put", f"{HERE}/{kept['id']}", WORDS | changes).status_code == 400
    assert program.send("get", f"{HERE}/{kept['id']}").json() == kept
    assert Update.objects.count() == 1


def test_a_draft_needs_its_key_and_another_campaigns_key_is_another_draft(program: Program, campaign: Campaign) -> None:
    other = make.campaign("les", by=campaign.organiser)
    assert program.send("post", HERE, WORDS).status_code == 400
    assert write(program, "x" * 65).status_code == 400
    write(program)
    there = program.send("post", f"/{other.slug}/updates", WORDS, **{"idempotency-key": "k"})

    assert there.status_code == 201
    assert [row.campaign.slug for row in Update.objects.order_by("pk")] == ["sad", "les"]


def test_neither_drafts_nor_news_come_without_end(program: Program, campaign: Campaign) -> None:
    for number in range(MOST_A_DAY):
        place = f"{HERE}/{write(program, str(number)).json()['id']}"
        assert program.send("post", f"{place}/publish").status_code == 200
    for number in range(MOST_DRAFTS):
        last = write(program, f"draft-{number}")
    place = f"{HERE}/{last.json()['id']}"

    assert write(program, "more").status_code == 409
    assert program.send("post", f"{place}/publish").status_code == 409
    assert Update.objects.filter(published_at=None).count() == MOST_DRAFTS


def test_an_answer_is_shown_and_told_once(program: Program, campaign: Campaign) -> None:
    question = asked(campaign)
    [waiting] = program.send("get", "/sad/questions").json()["items"]
    assert (waiting["text"], waiting["answer"], waiting["answered_at"]) == (question.text, "", None)
    assert "example.org" not in str(waiting)
    place = f"/sad/questions/{question.pk}/answer"
    answers = [program.send("put", place, {"answer": word}) for word in ("Скоро", "Скоро", "В мае")]

    assert [one.status_code for one in answers] == [200, 200, 200]
    first, last = answers[0].json(), answers[2].json()
    assert (last["answer"], last["answered_at"]) == ("В мае", first["answered_at"])
    assert Letter.objects.filter(kind__contains="answer").count() == 1
    assert program.send("get", "/sad/questions").json()["items"] == []
    [public] = Client().get("/api/v1/campaigns/sad/questions").json()["items"]
    assert public["answer"] == "В мае"


@pytest.mark.parametrize("answer", ["", "\u200b", "я" * 5001, 7, None])
def test_an_answer_of_nothing_is_refused(program: Program, campaign: Campaign, answer: Any) -> None:
    question = asked(campaign)

    assert program.send("put", f"/sad/questions/{question.pk}/answer", {"answer": answer}).status_code == 400
    question.refresh_from_db()
    assert question.answer == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"confirmed_at": None},
        {"hidden_at": make.NOW, "hidden_reason": "insult"},
        {"erased_at": make.NOW, "text": "", "reader": None},
    ],
)
def test_what_nobody_may_read_has_no_answer(program: Program, campaign: Campaign, changes: dict[str, Any]) -> None:
    question = asked(campaign)
    Question.objects.filter(pk=question.pk).update(**changes)

    assert program.send("put", f"/sad/questions/{question.pk}/answer", {"answer": "Скоро"}).status_code == 404
    assert program.send("get", "/sad/questions").json()["items"] == []


def test_lists_come_in_pages(program: Program, campaign: Campaign) -> None:
    for number in range(52):
        Update.objects.create(
            campaign=campaign, title=str(number), body="x", request_key=f"p{number}", created_at=make.NOW
        )
    first = program.send("get", HERE).json()
    second = program.send("get", f"{HERE}?cursor={first['next_cursor']}").json()

    assert [row["title"] for row in first["items"] + second["items"]] == [str(number) for number in range(52)][::-1]
    assert second["next_cursor"] is None
    assert program.send("get", f"{HERE}?cursor=x").status_code == 400
    assert program.send("get", "/sad/questions?cursor=x").status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_the_same_however_many(
    program: Program, campaign: Campaign, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(1, count + 1):
        write(program, str(number))
        asked(campaign, number, f"a{number}@example.org")
    Update.objects.filter(pk=Update.objects.latest("pk").pk).update(
        number=1, published_at=timezone.now() - timedelta(hours=1)
    )
    program.send("get", HERE)

    for path in (HERE, "/sad/questions"):
        with django_assert_num_queries(4):
            assert len(program.send("get", path).json()["items"]) == count
