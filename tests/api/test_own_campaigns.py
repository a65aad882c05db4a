"""Campaigns written and led through the API: by whom, in which state, refused as on the site."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from campaigns.life.checklist import KEYS
from campaigns.life.moves import Actor
from campaigns.life.reviewing import approve_campaign
from campaigns.models import Campaign, Step
from people.models import ApiKey
from tests import make
from tests.api.programs import OWN, Program, owner_of, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoAssertNumQueries


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uncounted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def program() -> Program:
    return Program(owner_of(make.organiser()))


def test_a_program_writes_a_campaign_and_leads_it_as_its_owner_would() -> None:
    user = owner_of(make.organiser())
    program = Program(user, may_launch=True)
    begun = program.begin()
    place = f"/{begun['slug']}"
    assert begun["missing"]
    saved = program.send("put", place, whole(begun["version"])).json()
    assert (saved["goal_kopecks"], saved["minimum_kopecks"], saved["missing"]) == (60_000_50, 50_000_50, [])
    assert program.send("post", f"{place}/steps", {"action": "submit"}).json()["status"] == "in_review"
    assert program.send("put", place, whole(saved["version"])).status_code == 409
    found = Campaign.objects.get(slug=begun["slug"])
    for _member in range(2):
        actor = Actor("council_member", make.staff("council_member"))
        approve_campaign(campaign_id=found.pk, actor=actor, checklist=KEYS, seen_round=1, now=timezone.now())
    assert program.send("post", f"{place}/steps", {"action": "launch"}).json()["status"] == "live"
    make.paid_donation(found, number=1, name="Анна")
    make.paid_donation(found, number=2)

    assert program.send("get", place).json()["raised_kopecks"] == 1000_00
    gifts = program.send("get", f"{place}/gifts").json()
    assert [row["public_name"] for row in gifts["items"]] == ["", "Анна"]
    assert "example.org" not in str(gifts)
    assert [row["status"] for row in program.send("get").json()["items"]] == ["live"]


@pytest.mark.parametrize("secret", ["", "Bearer", "Bearer skp_wrong", "Basic YTpi", "Bearer \x00"])
def test_nobody_gets_in_without_a_key(secret: str) -> None:
    answer = Client().get(OWN, headers={"authorization": secret})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_browsers_session_opens_nothing_here() -> None:
    client = make.sign_in(Client(), owner_of(make.organiser()), second_factor=False)

    assert client.get(OWN).status_code == 401


def test_anothers_campaign_does_not_exist() -> None:
    found = make.draft(by=make.organiser())
    other = Program(owner_of(make.organiser()), may_launch=True)
    council = Program(make.staff("council_member"), may_launch=True)

    for program in (other, council):
        assert program.send("get", f"/{found.slug}").status_code == 404
        assert program.send("put", f"/{found.slug}", whole(0)).status_code == 404
        assert program.send("post", f"/{found.slug}/steps", {"action": "submit"}).status_code == 404
        assert program.send("get", f"/{found.slug}/gifts").status_code == 404
        assert program.send("get").json()["items"] == []
    found.refresh_from_db()
    assert found.status == "draft"


def test_who_is_not_verified_begins_nothing() -> None:
    for user in (make.user(), make.staff("council_member")):
        answer = Program(user).send("post", "", {"title": "А", "summary": "Б"}, **{"idempotency-key": "1"})
        assert answer.status_code == 403
    assert not Campaign.objects.exists()


def test_the_same_key_begins_one_draft(program: Program) -> None:
    first, again = program.begin(), program.begin()
    other = program.begin(key="2")

    assert first["slug"] == again["slug"] != other["slug"]
    assert program.send("post", "", {"title": "А", "summary": "Б"}).status_code == 400


def test_opening_needs_a_key_that_may(program: Program) -> None:
    found = make.approve(make.draft(by=make.organiser()))
    user = owner_of(found.organiser)  # type: ignore[arg-type]
    weak, strong = Program(user), Program(user, may_launch=True)

    assert weak.send("post", f"/{found.slug}/steps", {"action": "launch"}).status_code == 403
    assert strong.send("post", f"/{found.slug}/steps", {"action": "launch"}).status_code == 200
    assert strong.send("post", f"/{found.slug}/steps", {"action": "launch"}).status_code == 409
    assert weak.send("post", f"/{found.slug}/steps", {"action": "fund"}).status_code == 403
    ApiKey.objects.update(revoked_at=timezone.now())
    assert strong.send("get").status_code == 401


def test_why_a_step_is_taken_goes_with_it() -> None:
    found = make.approve(make.draft(by=make.organiser()))
    program, steps = Program(owner_of(found.organiser), may_launch=True), f"/{found.slug}/steps"  # type: ignore[arg-type]
    unread = program.send("post", steps, {"action": "launch", "reason": "Пора"})
    assert (unread.status_code, Campaign.objects.get().status) == (400, "approved"), "nobody would read it"
    program.send("post", steps, {"action": "launch"})
    make.paid_donation(found, number=1)
    assert program.send("post", steps, {"action": "fund", "reason": "я" * 501}).status_code == 400
    assert program.send("post", steps, {"action": "fund", "reason": "Хватит\u202e\nуже"}).json()["status"] == "funded"

    assert Step.objects.latest("pk").reason == "Хватит уже"


def test_an_early_end_without_a_reason_is_told_what_is_missing() -> None:
    found = make.campaign(by=make.organiser(), closes_at=make.NOW + timedelta(days=9))
    program = Program(owner_of(found.organiser), may_launch=True)  # type: ignore[arg-type]
    refused = program.send("post", "/sad/steps", {"action": "fund"})

    assert refused.status_code == 400
    assert "Напишите почему" in refused.content.decode()
    assert Campaign.objects.get().status == "live"


@pytest.mark.parametrize("action", ["approve", "reject", "cancel", "miss", "", None, 1, ["submit"]])
def test_what_is_no_organisers_step_is_refused(program: Program, action: Any) -> None:
    begun = program.begin()

    assert program.send("post", f"/{begun['slug']}/steps", {"action": action}).status_code == 400


def test_what_is_not_whole_is_kept_and_not_handed_in(program: Program) -> None:
    begun = program.begin()
    place = f"/{begun['slug']}"
    saved = program.send("put", place, whole(begun["version"], story="", budget=[])).json()
    refused = program.send("post", f"{place}/steps", {"action": "submit"})

    assert saved["missing"]
    assert refused.status_code == 400
    assert refused.json()["errors"]["missing"] == saved["missing"]
    assert program.send("get", place).json()["status"] == "draft"


@pytest.mark.parametrize(
    "changes",
    [
        {"budget": [{"title": "А", "amount_kopecks": -1}]},
        {"budget": [{"title": "А", "amount_kopecks": 0}]},
        {"budget": [{"title": "А", "amount_kopecks": 10**15}]},
        {"budget": [{"title": "А", "amount_kopecks": 1.5}]},
        {"budget": [{"title": "А", "amount_kopecks": 100}] * 41},
        {"story": "я" * 20_001},
        {"title": "я" * 121},
        {"title": 5},
        {"story": 5},
        {"budget": [{"title": 5, "amount_kopecks": 100}]},
        {"district": "moon"},
        {"funding": "casino"},
        {"deadline": "завтра"},
        {"version": -1},
        {"version": "1"},
    ],
)
def test_what_is_out_of_bounds_is_refused(program: Program, changes: dict[str, Any]) -> None:
    begun = program.begin()

    assert program.send("put", f"/{begun['slug']}", whole(begun["version"]) | changes).status_code == 400
    assert program.send("get", f"/{begun['slug']}").json()["version"] == begun["version"]


def test_a_deadline_in_the_past_is_not_handed_in(program: Program) -> None:
    begun = program.begin()
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    saved = program.send("put", f"/{begun['slug']}", whole(begun["version"], deadline=yesterday)).json()

    assert any("Срок" in told for told in saved["missing"])


def test_what_another_tab_saved_is_not_lost(program: Program) -> None:
    begun = program.begin()
    draft = Campaign.objects.get(slug=begun["slug"]).draft
    draft.version, draft.tab = draft.version + 1, "site"
    draft.save()

    assert program.send("put", f"/{begun['slug']}", whole(begun["version"])).status_code == 409
    assert program.send("put", f"/{begun['slug']}", whole(draft.version)).status_code == 200


def test_two_programs_do_not_write_over_each_other() -> None:
    user = owner_of(make.organiser())
    one, other = Program(user), Program(user)
    begun = one.begin()
    place, version = f"/{begun['slug']}", begun["version"]
    for _again in range(2):  # its own save may be repeated: the answer was lost
        saved = one.send("put", place, whole(version, summary="Первая"))
        assert saved.status_code == 200

    assert other.send("put", place, whole(version, summary="Вторая")).status_code == 409
    assert Campaign.objects.get().summary == "Первая"
    assert other.send("put", place, whole(saved.json()["version"], summary="Вторая")).status_code == 200
    assert one.send("put", place, whole(saved.json()["version"], summary="Третья")).status_code == 409
    assert Campaign.objects.get().summary == "Вторая"


@pytest.mark.parametrize(
    "words", [{"title": "\u200b"}, {"title": 5}, {"title": ["А"]}, {"title": ""}, {"summary": "\u202e"}, {"summary": 5}]
)
def test_what_a_program_begins_has_a_name_that_can_be_seen(program: Program, words: dict[str, Any]) -> None:
    answer = program.send("post", "", {"title": "А", "summary": "Б"} | words, **{"idempotency-key": "1"})

    assert (answer.status_code, Campaign.objects.count()) == (400, 0)
    assert list(answer.json()["errors"]) == list(words)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_however_many(
    program: Program, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        program.begin(key=str(number))
    program.send("get")

    with django_assert_num_queries(3):
        program.send("get")


def test_what_is_read_is_what_can_be_saved(program: Program) -> None:
    begun = program.begin()
    place = f"/{begun['slug']}"
    assert begun["draft"]["title"] == "Фонари"
    sent = whole(begun["version"])
    saved = program.send("put", place, sent).json()
    lines = [line | {"note": "", "is_essential": line.get("is_essential", True)} for line in sent["budget"]]
    assert saved["draft"] | {"version": begun["version"]} == sent | {"budget": lines}
    again = program.send("put", place, saved["draft"] | {"version": saved["version"]}).json()

    assert again["draft"] == program.send("get", place).json()["draft"] == saved["draft"]
    assert (again["goal_kopecks"], again["missing"]) == (60_000_50, [])


def test_what_was_typed_on_the_site_is_read_as_far_as_it_can_be(program: Program) -> None:
    begun = program.begin()
    draft = Campaign.objects.get(slug=begun["slug"]).draft
    draft.words |= {
        "deadline": "завтра", "delivery_due_date": "2026-13-01", "district": "moon", "funding": "casino",
        "lines-TOTAL_FORMS": "4", "lines-0-title": "Столбы", "lines-0-amount": "1 000,50", "lines-0-is_essential": "on",
        "lines-1-title": "Лампы", "lines-1-amount": "дорого",
    }  # fmt: skip
    draft.save()
    read = program.send("get", f"/{begun['slug']}").json()
    words = read["draft"]

    assert [words[name] for name in ("deadline", "delivery_due_date", "district", "funding")] == [None, None, "", ""]
    assert words["budget"] == [
        {"title": "Столбы", "note": "", "amount_kopecks": 1_000_50, "is_essential": True},
        {"title": "Лампы", "note": "", "amount_kopecks": None, "is_essential": False},
    ]
    saved = program.send("put", f"/{begun['slug']}", words | {"version": read["version"]})
    assert saved.json()["draft"] == words
    assert saved.json()["missing"]
