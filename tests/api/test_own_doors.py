"""Who gets to what of one's own through the API: no key, another's, one without the right, a suspended owner."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.test import Client

from api.throttles import AddressThrottle
from campaigns.models import Amendment, Campaign, CampaignPicture, ProjectReport, Question, Update
from tests import make
from tests.api.programs import OWN, Program, owner_of, runs, suspend
from tests.campaigns.talking import asked, published

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
WORDS = {"title": "Новость", "body": "Слова"}
NEEDS_PUBLIC = {"amendments", "extension", "report", "publish", "answer", "correct"}
TALK = {"updates", "write", "update", "change", "drop", "publish", "correct", "questions", "answer"}


@pytest.fixture(autouse=True)
def _uncounted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def doors(campaign: Campaign) -> dict[str, tuple[str, str, Any]]:
    """Return every door of a campaign: its method, its address, what is sent."""
    told = published(campaign)
    draft = Update.objects.create(
        campaign=campaign, title="Черновик", body="Слова", request_key=f"d{campaign.pk}", created_at=make.NOW
    )
    question, here = asked(campaign), f"/{campaign.slug}"
    day = str((make.NOW + timedelta(days=40)).date())
    return {
        "amendments": ("post", f"{here}/amendments", {"summary": "Иначе", "reason": "Так вышло"}),
        "extension": ("post", f"{here}/extension", {"deadline": day, "reason": "Так вышло"}),
        "report": ("post", f"{here}/report", {"text": "Готово", "spent": []}),
        "pictures": ("get", f"{here}/pictures", None),
        "picture": ("post", f"{here}/pictures", {"kind": "cover"}),
        "no picture": ("delete", f"{here}/pictures/1", None),
        "updates": ("get", f"{here}/updates", None),
        "write": ("post", f"{here}/updates", WORDS),
        "update": ("get", f"{here}/updates/{draft.pk}", None),
        "change": ("put", f"{here}/updates/{draft.pk}", WORDS),
        "correct": ("put", f"{here}/updates/{told.pk}", WORDS),
        "publish": ("post", f"{here}/updates/{draft.pk}/publish", None),
        "drop": ("delete", f"{here}/updates/{draft.pk}", None),
        "questions": ("get", f"{here}/questions", None),
        "answer": ("put", f"{here}/questions/{question.pk}/answer", {"answer": "Скоро"}),
    }


def written() -> list[Any]:
    """Return all that a door may have changed."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Amendment, CampaignPicture, ProjectReport, Question, Update, Campaign)
    ]


def tried(program: Program, all_doors: dict[str, tuple[str, str, Any]]) -> dict[str, int]:
    """Knock everywhere; return what each door answered."""
    return {
        name: program.send(method, path, body, **{"idempotency-key": "k"}).status_code
        for name, (method, path, body) in all_doors.items()
    }


@pytest.fixture
def campaign() -> Campaign:
    return make.campaign(by=make.organiser(), closes_at=make.NOW + timedelta(days=30))


def test_nobody_gets_in_without_a_key_nor_with_another_organisers(campaign: Campaign) -> None:
    every = doors(campaign)
    before = written()
    nobody = {
        name: getattr(Client(), method)(f"{OWN}{path}").status_code for name, (method, path, _body) in every.items()
    }
    other = tried(Program(owner_of(make.organiser()), may_launch=True), every)
    council = tried(Program(make.staff("council_member"), may_launch=True), every)

    assert set(nobody.values()) == {401}
    assert set(other.values()) == set(council.values()) == {404}
    assert written() == before


def test_a_key_that_may_not_act_in_public_reads_and_writes_drafts_alone(campaign: Campaign) -> None:
    every = doors(campaign)
    shown = Campaign.objects.values().get()
    answers = tried(runs(campaign, may_launch=False), every)

    assert {name for name, status in answers.items() if status == 403} == NEEDS_PUBLIC
    assert {answers[name] for name in ("updates", "questions", "update", "change", "pictures")} == {200}
    assert (answers["write"], answers["drop"]) == (201, 204)
    assert Campaign.objects.values().get() == shown
    assert (Amendment.objects.count(), Question.objects.get().answer) == (0, "")
    assert Update.objects.get(number=1).title == "Новость 1"


def test_a_suspended_organisers_program_amends_nothing_and_speaks_to_nobody(campaign: Campaign) -> None:
    every = doors(campaign)
    assert campaign.organiser is not None
    program = runs(campaign)
    suspend(campaign.organiser)
    before = written()
    answers = tried(program, every)

    assert {answers[name] for name in TALK} == {404}
    assert {answers[name] for name in ("amendments", "extension", "report")} == {409}
    told = program.send("post", f"/{campaign.slug}/amendments", every["amendments"][2]).json()["detail"]
    assert told == "Фонд приостановил вашу работу как организатора: сначала обратитесь в совет."
    assert written() == before


def test_another_campaigns_update_question_and_picture_do_not_exist_in_ones_own(campaign: Campaign) -> None:
    other = make.campaign("les", by=make.organiser())
    update, question = published(other), asked(other)
    anothers = make.draft(by=other.organiser).pictures
    picture = anothers.create(kind="story", alt="Лес", source_sha256="0" * 64, uploaded_at=make.NOW)
    program, here = runs(campaign), f"/{campaign.slug}"

    for method, path, body in (
        ("get", f"/updates/{update.pk}", None), ("put", f"/updates/{update.pk}", WORDS),
        ("delete", f"/updates/{update.pk}", None), ("post", f"/updates/{update.pk}/publish", None),
        ("put", f"/questions/{question.pk}/answer", {"answer": "Скоро"}),
    ):  # fmt: skip
        assert program.send(method, f"{here}{path}", body).status_code == 404, path
    assert program.send("delete", f"{here}/pictures/{picture.pk}").status_code == 204
    assert CampaignPicture.objects.filter(pk=picture.pk).exists()


def test_an_address_that_asks_too_often_waits_here_too(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AddressThrottle, "THROTTLE_RATES", {"address": "3/min"})
    program = runs(campaign)
    statuses = [program.send("get", f"/{campaign.slug}/updates").status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]
