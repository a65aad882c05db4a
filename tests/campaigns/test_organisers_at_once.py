"""An application's steps taken by several at the same moment."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.storage import default_storage

from campaigns.models import Acceptance, Organiser, OrganiserDocument, OrganiserStep
from campaigns.organisers import applying, papers, reviewing
from campaigns.organisers.moves import ApplicationError
from campaigns.organisers.reviewing import Check
from communities.models import Community
from people.models import Letter
from tests import make
from tests.campaigns.organiser_papers import PDF, begun, handed_in, seen
from tests.together import together

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("committed", "own_files")
LATER = make.NOW + timedelta(minutes=1)
ALL = [check.value for check in Check]


at_once = partial(together, refusals=ApplicationError)


def yes(own: Organiser) -> Callable[[], object]:
    by = make.user()
    return lambda: reviewing.verify(organiser_id=own.pk, user=by, checks=ALL, now=LATER)


def no(own: Organiser) -> Callable[[], object]:
    by = make.user()
    return lambda: reviewing.answer(organiser_id=own.pk, action="refuse", user=by, reason="Нет", now=LATER)


def test_of_two_reviewers_at_once_one_answers() -> None:
    own = make.applicant("in_review")
    found = at_once(yes(own), no(own), yes(own), no(own))

    assert found == ["", *["WrongStateError"] * 3]
    assert OrganiserStep.objects.filter(organiser=own).count() == 2, "handed in, and one answer"
    assert Letter.objects.filter(kind="organiser").count() == 1


def test_of_two_who_speak_for_a_community_one_is_verified() -> None:
    green = Community.objects.create(slug="zelyonaya-penza", name="Зелёная Пенза", search_text="")
    both = [handed_in(kind="community", community=green) for _ in range(2)]

    assert at_once(*(yes(own) for own in both)) == ["", "CommunityTakenError"]
    assert sorted(Organiser.objects.values_list("state", flat=True)) == ["in_review", "verified"]


def test_an_application_sent_by_many_clicks_is_handed_in_once() -> None:
    own = begun()
    assert own.user is not None
    user, hashes = own.user, seen()
    found = at_once(*[lambda: applying.hand_in(user=user, seen=hashes, now=make.NOW)] * 4)

    assert found == ["", *["WrongStateError"] * 3]
    assert (Acceptance.objects.count(), Letter.objects.filter(kind="organiser").count()) == (2, 1)


def test_a_paper_sent_by_many_clicks_is_one_file() -> None:
    own = begun()
    assert own.user is not None
    user = own.user
    paper = papers.Paper(kind=OrganiserDocument.Kind.PDF, content=PDF + b"x")
    assert at_once(*[lambda: papers.store_paper(user=user, paper=paper, now=make.NOW)] * 4) == [""] * 4

    rows = OrganiserDocument.objects.order_by("pk")
    assert [row.stored_at is not None for row in rows] == [True, True]
    assert sorted(default_storage.listdir("documents")[1]) == sorted(row.file_name.split("/")[1] for row in rows)


def test_an_application_begun_twice_is_one() -> None:
    user = make.user()
    words: dict[str, Any] = {"kind": "person", "community": None, "name": "Анна", "about": "Сажаю."}

    assert at_once(*[lambda: applying.save_who(user=user, now=make.NOW, **words)] * 4) == [""] * 4
    assert Organiser.objects.count() == 1
