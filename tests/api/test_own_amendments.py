"""Amendments, the extension and the report by a program: as on the site, refused as there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from campaigns.models import Amendment, Campaign, ProjectReport, Step
from tests import make
from tests.api.programs import Program, runs

pytestmark = pytest.mark.django_db
END = make.NOW + timedelta(days=30)
WHY = "Подорожали саженцы"
LINES = [
    {"title": "Липы", "amount_kopecks": 600_00},
    {"title": "Скамьи", "amount_kopecks": 400_00, "is_essential": False},
]


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


@pytest.fixture
def campaign() -> Campaign:
    return make.campaign(
        by=make.organiser(), closes_at=END, funding="all_or_nothing", minimum_kopecks=600_00, goal_kopecks=1_000_00
    )


@pytest.fixture
def program(campaign: Campaign) -> Program:
    return runs(campaign)


def amend(program: Program, **body: Any) -> Any:
    return program.send("post", "/sad/amendments", {"reason": WHY} | body)


def test_amendments_are_public_with_what_changed_and_why(program: Program, campaign: Campaign) -> None:
    day = timezone.localdate(END) + timedelta(days=60)
    assert amend(program, summary="Липы у школы").status_code == 201
    assert amend(program, story="Сажаем **липы**.").status_code == 201
    assert amend(program, delivery_due_date=str(day)).status_code == 201
    made = amend(program, budget=LINES)
    assert made.status_code == 201, made.content
    told = Client().get("/api/v1/campaigns/sad").json()
    campaign.refresh_from_db()

    assert (campaign.summary, campaign.delivery_due_date) == ("Липы у школы", day)
    assert [line["title"] for line in told["budget"]] == ["Липы", "Скамьи"]
    assert (told["goal_kopecks"], told["minimum_kopecks"]) == (1_000_00, 600_00)
    amended = [row for row in told["timeline"] if row["changes"]]
    assert [(row["role"], row["reason"]) for row in amended] == [("organiser", WHY)] * 4
    assert {"kind": "new", "text": "Сажаем **липы**."} in [piece for row in amended for piece in row["changes"]]
    assert "Липы" in made.json()["after"]


def test_the_same_amendment_sent_twice_is_made_once(program: Program) -> None:
    answers = [amend(program, summary="Липы у школы") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json()["detail"] == "Это ничего не меняет."
    assert Amendment.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "non_field_errors"),
        ({"summary": "А", "story": "Б"}, "non_field_errors"),
        ({"summary": "А", "reason": ""}, "reason"),
        ({"summary": "А", "reason": "\u200b"}, "reason"),
        ({"summary": "А", "reason": "я" * 1001}, "reason"),
        ({"summary": "\u200b"}, "summary"),
        ({"summary": "я" * 301}, "summary"),
        ({"summary": 7}, "summary"),
        ({"story": "я" * 20_001}, "story"),
        ({"delivery_due_date": "завтра"}, "delivery_due_date"),
        ({"delivery_due_date": "2020-01-01"}, "delivery_due_date"),
        ({"delivery_due_date": "2999-01-01"}, "delivery_due_date"),
        ({"budget": []}, "budget"),
        ({"budget": [{"title": "А", "amount_kopecks": None}]}, "budget"),
        ({"budget": [{"title": "А", "amount_kopecks": 1}] * 41}, "budget"),
        ({"budget": [{"title": "", "amount_kopecks": 1_000_00}]}, "budget"),
    ],
)
def test_what_is_no_amendment_is_refused(program: Program, body: dict[str, Any], field: str) -> None:
    answer = amend(program, **body)

    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert Amendment.objects.count() == 0


def test_goal_and_minimum_stay_what_donors_gave_for(program: Program, campaign: Campaign) -> None:
    for lines in (
        LINES[:1],
        [LINES[0] | {"amount_kopecks": 700_00}, LINES[1]],
        [line | {"is_essential": True} for line in LINES],
    ):
        answer = amend(program, budget=lines)
        assert answer.status_code == 409
    assert campaign.budget_lines.count() == 2
    assert Amendment.objects.count() == 0


def test_a_deadline_moves_once(program: Program, campaign: Campaign) -> None:
    day = timezone.localdate(END) + timedelta(days=20)
    late = str(day + timedelta(days=40))
    refused = program.send("post", "/sad/extension", {"deadline": late, "reason": WHY})
    moved = program.send("post", "/sad/extension", {"deadline": str(day), "reason": WHY})
    again = program.send("post", "/sad/extension", {"deadline": str(day + timedelta(days=1)), "reason": WHY})

    assert [one.status_code for one in (refused, moved, again)] == [409, 201, 409]
    campaign.refresh_from_db()
    assert campaign.closes_at is not None
    assert timezone.localdate(campaign.closes_at) == day
    for body in (
        {"deadline": "завтра", "reason": WHY},
        {"deadline": str(day)},
        {"deadline": str(day), "reason": "\u200b"},
    ):
        assert program.send("post", "/sad/extension", body).status_code == 400


def test_a_closed_campaign_is_not_amended(program: Program, campaign: Campaign) -> None:
    draft = make.draft(by=campaign.organiser)

    assert program.send("post", f"/{draft.slug}/amendments", {"summary": "А", "reason": WHY}).status_code == 409
    assert (
        program.send("post", f"/{draft.slug}/extension", {"deadline": "2027-01-01", "reason": WHY}).status_code == 409
    )
    assert program.send("post", "/sad/report", {"text": "Готово", "spent": []}).status_code == 409
    assert (Amendment.objects.count(), ProjectReport.objects.count()) == (0, 0)


def delivering() -> Program:
    found = make.campaign("les", by=make.organiser())
    make.paid_donation(found, number=1)
    make.end(found, at=make.NOW)
    program = runs(found)
    assert program.send("post", "/les/steps", {"action": "deliver"}).status_code == 200
    return program


def test_a_report_ends_a_project_once_its_writer_knows_what_the_books_say() -> None:
    program = delivering()
    body: dict[str, Any] = {"text": "Посажено **30 лип**.", "spent": [{"position": 1, "spent_kopecks": 990_50}]}
    noted = program.send("post", "/les/report", body)
    assert noted.status_code == 400
    assert list(noted.json()["errors"]) == ["noted_kopecks"]
    assert ProjectReport.objects.count() == 0
    answers = [program.send("post", "/les/report", body | {"noted_kopecks": 990_50}) for _ in range(2)]
    told = Client().get("/api/v1/campaigns/les").json()

    assert [answer.status_code for answer in answers] == [201, 409]
    assert (answers[0].json()["told_kopecks"], answers[0].json()["booked_kopecks"]) == (990_50, 0)
    assert (told["state"], told["report"]["told_kopecks"]) == ("reported", 990_50)
    assert "<strong>30 лип</strong>" in told["report"]["html"]
    assert [line["told_kopecks"] for line in told["report"]["lines"]] == [990_50]
    assert Step.objects.filter(to_status="reported").count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"text": ""}, {"text": "\u200b"}, {"text": "я" * 20_001}, {"text": 7}, {"spent": []}, {"spent": None},
        {"spent": [{"position": 2, "spent_kopecks": 1}]}, {"spent": [{"position": 1, "spent_kopecks": 1}] * 2},
        {"spent": [{"position": 1, "spent_kopecks": -1}]}, {"spent": [{"position": 1, "spent_kopecks": 10**13}]},
        {"spent": [{"position": 1, "spent_kopecks": "1"}]}, {"noted_kopecks": 1}, {"noted_kopecks": "99050"},
    ],
)  # fmt: skip
def test_what_is_no_report_is_refused(changes: dict[str, Any]) -> None:
    program = delivering()
    body = {"text": "Готово", "spent": [{"position": 1, "spent_kopecks": 990_50}], "noted_kopecks": 990_50} | changes

    assert program.send("post", "/les/report", body).status_code == 400
    assert ProjectReport.objects.count() == 0
