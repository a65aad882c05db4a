"""Documents: a draft is edited by one, published by another, and never changed again."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from people import publishing
from people.models import LegalDraft, LegalText, StaffAct
from people.publishing import digest_of, publish, save_draft
from people.selectors import TextState, text_versions, texts_in_force
from tests import make

if TYPE_CHECKING:
    from datetime import datetime

    from pytest_django import DjangoAssertNumQueries

    from people.models import User

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WORDS = "Правила\n\n1. Новое правило."


def draft(by: User, body: str = WORDS) -> str:
    """Keep a draft of the refund rules; return its hash."""
    return digest_of(save_draft(kind="requisites", body=body, note="Иначе", by=by, now=make.NOW).body)


def bring_out(by: User, body: str = WORDS, *, at: datetime = make.NOW) -> LegalText:
    return publish(kind="requisites", seen_sha256=draft(make.user(), body), in_force_at=at, by=by, now=make.NOW)


def test_a_published_draft_is_the_next_version_and_is_gone() -> None:
    text = bring_out(make.user())

    assert (text.version, text.note, text.in_force_at) == ("2", "Иначе", make.NOW)
    assert text.sha256 == sha256(text.body.encode()).hexdigest()
    assert not LegalDraft.objects.exists()
    assert texts_in_force(now=make.NOW)["requisites"] == text


def test_a_version_waits_for_its_day_and_then_supersedes() -> None:
    bring_out(make.user(), at=make.NOW + DAY)

    def states(now: datetime) -> list[tuple[str, TextState]]:
        return [(row.text.version, row.state) for row in text_versions(kind="requisites", now=now)]

    assert states(make.NOW) == [("2", TextState.PUBLISHED), ("1", TextState.IN_FORCE)]
    assert states(make.NOW + DAY) == [("2", TextState.IN_FORCE), ("1", TextState.SUPERSEDED)]


@pytest.mark.parametrize(
    ("body", "at", "error"),
    [
        (" \r\n ", make.NOW, publishing.EmptyTextError),
        (WORDS, make.NOW - timedelta(seconds=1), publishing.DateError),
        (WORDS, make.NOW + DAY, publishing.DateError),
        ("Правила\r\n\r\n1. Раньше.", make.NOW + 2 * DAY, publishing.SameTextError),
    ],
)
def test_what_cannot_be_published_changes_nothing(body: str, at: datetime, error: type[Exception]) -> None:
    by = make.user()
    bring_out(by, "Правила\n\n1. Раньше.", at=make.NOW + DAY)
    digest = draft(make.user(), body)

    with pytest.raises(error):
        publish(kind="requisites", seen_sha256=digest, in_force_at=at, by=by, now=make.NOW)
    assert LegalText.objects.filter(kind="requisites").count() == 2
    assert LegalDraft.objects.count() == 1


def test_a_draft_changed_behind_the_publishers_back_is_not_published() -> None:
    by = make.user()
    seen = draft(by)
    draft(by, "Иное")

    with pytest.raises(publishing.DraftChangedError):
        publish(kind="requisites", seen_sha256=seen, in_force_at=make.NOW, by=by, now=make.NOW)


def test_nobody_publishes_the_own_draft_whatever_roles_they_hold() -> None:
    both = make.staff("moderator", "signer")
    client, seen = make.sign_in(Client(), both), draft(both)
    answer = client.post("/desk/texts/requisites/publish/", {"seen": seen, "in_force_at": ""})

    assert answer.status_code == 422
    assert "публикует его другой человек" in answer.content.decode()
    assert (LegalText.objects.filter(kind="requisites").count(), LegalDraft.objects.count()) == (1, 1)


def test_one_edits_and_another_publishes_at_the_desk_and_both_acts_are_written_down() -> None:
    moderator, signer = make.staff("moderator"), make.staff("signer")
    editing, publishing_one = make.sign_in(Client(), moderator), make.sign_in(Client(), signer)
    first = editing.get("/desk/texts/requisites/edit/")
    assert "Фонда с такими реквизитами нет" in first.content.decode()
    kept = editing.post("/desk/texts/requisites/edit/", {"body": WORDS, "note": "Иначе"})
    assert kept.headers["Location"] == "/desk/texts/requisites/"
    page = publishing_one.get("/desk/texts/requisites/")
    text = page.content.decode()
    assert "+ 1. Новое правило." in text
    assert "unsafe-inline" in page.headers["Content-Security-Policy"]
    done = publishing_one.post("/desk/texts/requisites/publish/", {"seen": page.context["digest"], "in_force_at": ""})

    assert done.headers["Location"] == "/desk/texts/requisites/"
    assert LegalText.objects.get(kind="requisites", version="2").published_by == signer
    acts = (
        StaffAct.objects.filter(action__endswith="legal_text").order_by("pk").values_list("actor", "action", "subject")
    )
    assert list(acts) == [
        (moderator.pk, "people.edit_legal_text", "legaldraft:requisites"),
        (signer.pk, "people.publish_legal_text", "legaltext:requisites.2"),
    ]


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        ("moderator", "get", "", 200), ("council_member", "get", "", 200), ("treasurer", "get", "", 403),
        ("council_member", "get", "requisites/", 200), ("signer", "get", "requisites/edit/", 403),
        ("signer", "post", "requisites/edit/", 403), ("signer", "post", "requisites/drop/", 403),
        ("moderator", "post", "requisites/publish/", 403), ("auditor", "post", "requisites/publish/", 403),
        ("moderator", "get", "nothing/", 404), ("signer", "post", "nothing/publish/", 404),
    ],
)  # fmt: skip
def test_each_role_does_its_own_with_documents(role: str, method: str, path: str, status: int) -> None:
    draft(make.user())
    client = make.sign_in(Client(), make.staff(role))
    answer = getattr(client, method)(f"/desk/texts/{path}", {"body": "x", "seen": "0" * 64})

    assert answer.status_code == status
    assert LegalDraft.objects.get().body == publishing._clean(WORDS)
    assert LegalText.objects.filter(kind="requisites").count() == 1


@pytest.mark.parametrize(
    "data", [{"seen": "x"}, {"seen": "0" * 64}, {"in_force_at": "31.02.2026"}, {"in_force_at": "2020-01-01T10:00"}]
)
def test_a_wrong_form_publishes_nothing(data: dict[str, str]) -> None:
    seen = draft(make.user())
    client = make.sign_in(Client(), make.staff("signer"))

    assert client.post("/desk/texts/requisites/publish/", {"seen": seen} | data).status_code == 422
    assert LegalDraft.objects.count() == 1


def test_a_draft_is_thrown_away() -> None:
    draft(make.user())
    client = make.sign_in(Client(), make.staff("moderator"))
    for _ in range(2):
        assert client.post("/desk/texts/requisites/drop/").status_code == 302

    assert not LegalDraft.objects.exists()
    assert StaffAct.objects.filter(action="people.drop_legal_draft").count() == 1


def test_readers_find_every_version_and_are_told_where_it_stands(client: Client) -> None:
    now = timezone.now()
    save_draft(kind="requisites", body=WORDS, note="Иначе", by=make.user(), now=now)
    seen = digest_of(LegalDraft.objects.get().body)
    publish(kind="requisites", seen_sha256=seen, in_force_at=now + DAY, by=make.user(), now=now)

    def page(path: str) -> str:
        return client.get(f"/legal/{path}").content.decode()

    assert "Заменён" in page("offer/1/")
    assert "письмом на адрес фонда" in page("personal_data/1/")
    assert "Ещё не действует" in page("requisites/2/")
    assert "Новое правило" not in page("requisites/")
    assert "Правила возврата" in page("")
    assert client.get("/legal/offer/99/").status_code == 404
    assert texts_in_force(now=now)["offer"].sha256 in page("offer/")


@pytest.mark.parametrize("count", [1, 3])
def test_documents_cost_the_same_however_many_versions(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    by = make.user()
    for number in range(count):
        bring_out(by, f"Правило {number}", at=make.NOW + (number + 1) * DAY)

    with django_assert_num_queries(1):
        texts_in_force(now=make.NOW)
    with django_assert_num_queries(1):
        text_versions(kind="requisites", now=make.NOW)


def test_every_text_says_that_it_is_a_sample_and_names_what_exists() -> None:
    texts = texts_in_force(now=make.NOW)

    assert set(texts) == set(LegalText.Kind)
    assert all("образец текста" in text.body for text in texts.values())
    for kind in ("personal_data", "public_name", "privacy_policy"):
        assert "Мои пожертвования" in texts[kind].body
