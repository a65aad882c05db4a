"""Pictures sent by a program: taken by their content, kept once, refused as on the site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from campaigns.drafting.pictures import MOST_PICTURES, make_picture
from campaigns.models import Campaign, CampaignPicture
from tests import make
from tests.api.programs import OWN, Program, runs
from tests.campaigns.test_pictures import SVG, bomb, photo

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
HERE = f"{OWN}/park/pictures"


@pytest.fixture(autouse=True)
def _stored(tmp_path: Path, settings: Any) -> None:
    cache.clear()
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }


@pytest.fixture
def draft() -> Campaign:
    return make.draft(by=make.organiser())


@pytest.fixture
def program(draft: Campaign) -> Program:
    return runs(draft, may_launch=False)


def add(program: Program, content: bytes, **changes: Any) -> Any:
    file = SimpleUploadedFile("a.jpg", content, content_type="image/jpeg")
    return Client().post(HERE, {"kind": "story", "alt": "Липы", "picture": file} | changes, headers=program.headers)


def test_a_picture_is_taken_once_made_and_removed(program: Program, draft: Campaign) -> None:
    content = photo()
    first, again = add(program, content), add(program, content)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (first.json()["state"], first.json()["url"]) == ("waiting", "")
    make_picture(picture_id=first.json()["id"])
    [shown] = program.send("get", "/park/pictures").json()["items"]
    assert (shown["kind"], shown["alt"], shown["state"]) == ("story", "Липы", "ready")
    assert shown["url"].startswith(f"{settings.SITE_URL}/pictures/")

    answers = [program.send("delete", f"/park/pictures/{shown['id']}").status_code for _ in range(2)]
    assert answers == [204, 204]
    assert not draft.pictures.exists()


@pytest.mark.parametrize("content", [SVG, b"GIF89a", b"", bomb(8000, 5000), photo((100, 100))])
def test_what_is_no_picture_is_refused(program: Program, content: bytes) -> None:
    answer = add(program, content)

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["picture"]
    assert not CampaignPicture.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [{"kind": "report"}, {"kind": "poster"}, {"alt": ""}, {"alt": "\u200b"}, {"alt": "я" * 201}, {"picture": "a.jpg"},
     {"zoom": "1"}, {"focus_x": "101"}],
)  # fmt: skip
def test_a_form_that_is_not_whole_is_refused(program: Program, changes: dict[str, Any]) -> None:
    assert add(program, photo(), **changes).status_code == 400
    assert not CampaignPicture.objects.exists()


def test_a_body_without_end_is_refused_before_it_is_read_and_a_large_one_of_a_stranger_too(program: Program) -> None:
    nine: dict[str, Any] = {
        "CONTENT_LENGTH": str(9 * 1024 * 1024 + 1),
        "content_type": "multipart/form-data; boundary=b",
    }
    two = nine | {"CONTENT_LENGTH": str(2 * 1024 * 1024)}
    wrong = {"authorization": "Bearer skp_wrong"}

    assert Client().generic("POST", HERE, b"", headers=program.headers, **nine).status_code == 413
    assert Client().generic("POST", HERE, b"", **two).status_code == 413
    assert Client().generic("POST", HERE, b"", headers=wrong, **two).status_code == 413
    assert add(program, photo() + b"\x00" * 2 * 1024 * 1024).status_code == 201


def test_a_body_that_is_no_form_is_refused_in_our_words(program: Program) -> None:
    broken = Client().generic("POST", HERE, b"--x", content_type="multipart/form-data", headers=program.headers)
    endless = Client().post(HERE, {f"field-{number}": "x" for number in range(1001)}, headers=program.headers)

    for answer in (broken, endless):
        assert answer.status_code == 400
        assert answer.json()["detail"] == "Тело запроса — не форма, которую можно прочесть."
    assert program.send("post", "/park/pictures", {"kind": "story"}).status_code == 415


def test_pictures_stay_as_they_were_handed_in(program: Program, draft: Campaign) -> None:
    kept = add(program, photo()).json()["id"]
    Campaign.objects.filter(pk=draft.pk).update(
        status="in_review", review_round=1, moved_at=make.NOW, moved_as="organiser"
    )

    assert add(program, photo((640, 480))).status_code == 409
    assert program.send("delete", f"/park/pictures/{kept}").status_code == 409
    assert [one.pk for one in draft.pictures.all()] == [kept]


def test_twelve_pictures_are_enough(program: Program, draft: Campaign) -> None:
    for number in range(MOST_PICTURES):
        draft.pictures.create(kind="story", alt="Липы", source_sha256=f"{number:064}", uploaded_at=make.NOW)

    assert add(program, photo()).status_code == 409
    assert draft.pictures.count() == MOST_PICTURES


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_however_many(
    program: Program, draft: Campaign, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        draft.pictures.create(kind="story", alt="Липы", source_sha256=f"{number:064}", uploaded_at=make.NOW)
    program.send("get", "/park/pictures")

    with django_assert_num_queries(4):
        program.send("get", "/park/pictures")
