"""What of an organiser goes when the person goes, what stays, and for how long."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client

from campaigns.models import (
    Acceptance,
    Campaign,
    Draft,
    Organiser,
    OrganiserDocument,
    OrganiserStep,
    ProjectReport,
    Requisites,
)
from campaigns.organisers import agreements, reviewing
from campaigns.organisers.applying import REQUISITES
from campaigns.organisers.forgetting import forget_organiser
from campaigns.organisers.reviewing import Check
from campaigns.services import erasing
from campaigns.services.retention import forget_old
from communities.models import Community
from people.models import ErasureRequest, User
from people.outbox import send_letter
from people.sealing import unseal
from tests import make
from tests.campaigns.organiser_papers import PERSON, begun, handed_in

if TYPE_CHECKING:
    from datetime import datetime

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
LATER = make.NOW + timedelta(hours=2)
DAY = timedelta(days=1)


def files() -> list[str]:
    found = []
    for folder in ("documents", "agreements"):
        if default_storage.exists(folder):
            found += [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
    return found


def with_agreement(**who: Any) -> Organiser:
    own = handed_in(make.user("anna@example.org", password=make.PASSWORD), **who)
    for row in Acceptance.objects.exclude(sealed=""):
        agreements.make_agreement(acceptance_id=row.pk, now=make.NOW)
    return own


def verified(**who: Any) -> Organiser:
    own = with_agreement(**who)
    checks = [check.value for check in Check]
    return reviewing.verify(organiser_id=own.pk, user=make.user(), checks=checks, now=make.NOW + timedelta(minutes=1))


def erase(email: str, *, now: datetime) -> bool:
    asked = erasing.request_erasure(email=email, origin=ErasureRequest.Origin.DONOR, now=make.NOW)
    if erasing.carry_out_erasure(request_id=asked.pk, now=now):
        return True
    asked.refresh_from_db()
    if asked.letter is None:
        return False
    send_letter(letter_id=asked.letter.pk, now=now)
    return erasing.carry_out_erasure(request_id=asked.pk, now=now)


def trace(own: Organiser) -> dict[str, object]:
    own.refresh_from_db()
    return {
        "row": (own.name, own.about, own.user, own.moved_because),
        "reasons": list(OrganiserStep.objects.exclude(reason="").values_list("reason", flat=True)),
        "papers": OrganiserDocument.objects.filter(removed_at=None).count(),
        "sealed": Requisites.objects.count() + Acceptance.objects.exclude(sealed="").count(),
        "files": len(files()),
    }


GONE = {"row": ("", "", None, ""), "reasons": [], "papers": 0, "sealed": 0, "files": 0}


def test_an_applicant_who_asks_is_forgotten_whole() -> None:
    own = with_agreement()
    reviewing.answer(
        organiser_id=own.pk, action="refuse", user=make.user(), reason="Анна, нет страницы", now=LATER - timedelta(1)
    )
    assert len(files()) == 2

    assert erase("anna@example.org", now=LATER)
    assert trace(own) == GONE
    assert not User.objects.filter(email="anna@example.org").exists()
    assert OrganiserStep.objects.count() == 2, "that there was an application, and its answer, stays"
    assert Acceptance.objects.count() == 2, "so does what was accepted when, in nobody's name"


def test_who_runs_projects_is_forgotten_after_they_are_finished() -> None:
    own = verified()
    project = make.campaign(by=own)
    assert not erase("anna@example.org", now=LATER)
    browser = make.sign_in(Client(), own.user, second_factor=False)  # type: ignore[arg-type]
    answer = browser.post("/me/close/", follow=True)
    assert "Вы ведёте незавершённые проекты" in answer.content.decode()
    assert User.objects.filter(email="anna@example.org").exists()
    assert trace(own)["files"] == 2

    make.end(project, at=make.NOW)
    ProjectReport.objects.create(campaign=project, text="Сделали", user=own.user, at=make.NOW)
    for place, status in enumerate(("delivering", "reported")):
        at = make.NOW + timedelta(minutes=place + 1)
        Campaign.objects.update(status=status, moved_at=at, moved_as="organiser")
    assert erase("anna@example.org", now=LATER)
    assert trace(own) == GONE | {"sealed": 2, "files": 1}, "the agreement stays as long as the law wants"
    page = Client().get("/projects/sad/").content.decode()
    assert (Client().get(f"/organisers/organiser-{own.pk}/").status_code, "Анна" in page) == (404, False)
    forget_old(now=LATER + 1826 * DAY)
    assert trace(own)["sealed"] == 2
    forget_old(now=LATER + 1827 * DAY)
    assert trace(own) == GONE


def test_an_account_that_is_closed_takes_its_application_along() -> None:
    own = with_agreement()
    browser = make.sign_in(Client(), own.user, second_factor=False)  # type: ignore[arg-type]
    assert browser.post("/me/close/").headers["Location"] == "/"

    assert trace(own) == GONE
    assert not User.objects.filter(email="anna@example.org").exists()


def test_a_communitys_name_is_no_persons() -> None:
    green = Community.objects.create(slug="zelyonaya-penza", name="Зелёная Пенза", search_text="")
    own = verified(kind="community", community=green)
    forget_organiser(organiser_id=own.pk, now=LATER)
    forget_organiser(organiser_id=own.pk, now=LATER)

    own.refresh_from_db()
    assert (own.name, own.user, own.erased_at) == ("Зелёная Пенза", None, LATER)


@pytest.mark.parametrize("state", ["applying", "changes_asked", "refused"])
def test_an_application_that_led_nowhere_is_forgotten_in_its_time(state: str) -> None:
    own = begun() if state == "applying" else with_agreement()
    if state != "applying":
        action = {"changes_asked": "ask_changes", "refused": "refuse"}[state]
        reviewing.answer(
            organiser_id=own.pk, action=action, user=make.user(), reason="Нет", now=make.NOW + timedelta(minutes=1)
        )
    assert forget_old(now=make.NOW + 90 * DAY)["applications"] == 0
    assert trace(own)["papers"] == 1
    assert forget_old(now=make.NOW + 91 * DAY)["applications"] == 1
    assert forget_old(now=make.NOW + 92 * DAY)["applications"] == 0

    assert trace(own) == GONE


@pytest.mark.parametrize("state", ["in_review", "verified", "suspended"])
def test_who_waits_or_works_is_not_forgotten(state: str) -> None:
    own = make.applicant(state)

    assert forget_old(now=make.NOW + 400 * DAY)["applications"] == 0
    own.refresh_from_db()
    assert own.erased_at is None


def test_requisites_are_sealed_with_the_newest_key(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    own = handed_in()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key " * 5
    call_command("seal_requisites")
    settings.SECRET_KEY_FALLBACKS = []

    assert capsys.readouterr().out == "2 sealed with the newest key\n"
    assert PERSON["account"] in unseal(Requisites.objects.get(organiser=own).sealed, purpose=REQUISITES)


def test_what_was_written_of_projects_that_nobody_saw_goes_too() -> None:
    own = verified()
    draft = make.draft("park", by=own)
    Draft.objects.create(campaign=draft, request_key=uuid4(), words={"story": "Анна сажает"}, saved_at=make.NOW)
    assert erase("anna@example.org", now=LATER)

    draft.refresh_from_db()
    assert (draft.title, draft.summary, draft.story, Draft.objects.count()) == ("", "", "", 0)
    assert trace(own) == GONE
