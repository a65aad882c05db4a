"""Who can have changed something throws the kept pages away, and nobody else does."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from pages.kept import shelf
from people.services.api_keys import make_key
from tests import make
from tests.campaigns.test_my import paid, visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
STRANGERS = ("/me/keys/", "/me/projects/sad/pictures/", "/me/projects/x/step/", "/my/leave/", "/my/hide-name/")
DESK = ("/desk/purposes/", "/desk/words/comment/1/hide/")


@pytest.fixture(autouse=True)
def _shelf() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def is_forgotten() -> bool:
    found = cache.get(shelf.EPOCH) is not None
    cache.clear()
    return found


@pytest.mark.parametrize("path", [*STRANGERS, *DESK, "/my/", "/en/me/keys/"])
def test_a_stranger_empties_nothing(path: str) -> None:
    make.campaign()
    answer = Client().post(path)

    assert answer.status_code != HTTPStatus.INTERNAL_SERVER_ERROR
    assert not is_forgotten()


def test_neither_does_a_session_that_is_nobodys() -> None:
    client = Client()
    session = client.session
    session["gifts"] = {}
    session.save()
    client.post("/me/keys/")
    client.cookies["sessionid"] = "made-up"
    client.post("/my/leave/")

    assert not is_forgotten()


def test_who_is_signed_in_may_have_changed_a_page() -> None:
    client = make.sign_in(Client(), make.user(), second_factor=False)
    client.post("/me/keys/", {"name": "mine", "days": "30"})

    assert is_forgotten()


def test_who_came_by_a_donors_link_may_have() -> None:
    paid(1, name="Анна")
    client = visitor()
    assert is_forgotten()
    client.post("/my/hide-name/", {"confirmed": "on"})

    assert is_forgotten()
    client.post("/my/leave/")
    assert is_forgotten()
    client.post("/my/leave/")
    assert not is_forgotten()


def test_who_holds_a_gifts_link_may_have() -> None:
    gift = paid(1)
    Client().post(f"/gifts/{gift.token}/refund/", {"reason": "Заплатил дважды"})

    assert is_forgotten()
    assert Client().post(f"/gifts/{gift.token[::-1]}/refund/", {"reason": "Заплатил дважды"}).status_code == 404
    assert not is_forgotten()


def test_a_program_with_a_key_may_have() -> None:
    user = make.user()
    make.organiser(owner=user)
    _row, secret = make_key(user=user, name="x", may_launch=False, days=30, now=timezone.now())
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "1"}
    words = {"title": "Сад", "summary": "Зелёный"}
    answer = Client().post("/api/v1/me/campaigns", words, "application/json", headers=headers)

    assert answer.status_code < HTTPStatus.BAD_REQUEST, answer.content
    assert is_forgotten()
