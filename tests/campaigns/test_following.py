"""Following a project: a link in a letter, one press to stop, one page to choose; a forged link opens nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from campaigns.models import Campaign, Comment, Donation, Follow, NewsKind, Question, Reader, StoppedKind
from campaigns.services.erasing import carry_out_erasure, request_erasure
from campaigns.telling import readers, tokens
from people.erasure import close_account
from people.models import ErasureRequest, Letter
from people.outbox import send_letter
from tests import make

if TYPE_CHECKING:
    from django.http import HttpResponse

    from people.models import User

pytestmark = pytest.mark.django_db
FORM = {"email": "anna@example.org", "personal_data": "on", "website": ""}
DAY = timedelta(days=1)


def follow(client: Client, **changes: str) -> HttpResponse:
    return client.post("/projects/sad/follow/", FORM | changes)  # type: ignore[return-value]  # Django's own test answer


def link_in(letter: Letter) -> str:
    """Send a letter and return the path of the first link of ours in it."""
    send_letter(letter_id=letter.pk, now=make.NOW)
    body = str(mail.outbox[-1].body)
    return next(word for word in body.split() if "/letters/" in word).partition("//")[2].partition("/")[2]


def reader(email: str = "anna@example.org") -> Reader:
    return readers.reader_of(email=email, now=make.NOW)


def test_a_follow_counts_once_the_button_behind_the_letters_link_is_pressed(client: Client) -> None:
    make.campaign()
    assert follow(client).headers["Location"] == "/projects/sad/sent/"
    path = "/" + link_in(Letter.objects.get())

    assert (client.get(path).status_code, Follow.objects.get().confirmed_at) == (200, None)
    assert Client().get(path).status_code == 200
    assert Follow.objects.get().confirmed_at is None, "mail programs open links: looking changes nothing"
    assert client.post(path).headers["Location"] == "/projects/sad/"
    consent = Reader.objects.get().consent
    assert consent is not None
    assert consent.kind == "personal_data"
    first = Follow.objects.get().confirmed_at
    client.post(path)
    assert first is not None
    assert Follow.objects.get().confirmed_at == first


def test_nobody_learns_who_follows(client: Client) -> None:
    make.campaign()
    make.follow(Campaign.objects.get(), FORM["email"])
    known, unknown = follow(client), follow(client, email="boris@example.org")

    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert Letter.objects.count() == 2


def test_who_is_signed_in_follows_at_once_but_not_with_an_e_mail_that_never_answered() -> None:
    make.campaign()
    person = make.user("vera@example.org")
    client = make.sign_in(Client(), person, second_factor=False)
    assert b"vera@example.org" in client.get("/projects/sad/follow/").content
    client.post("/projects/sad/follow/", {"website": ""})
    client.post("/projects/sad/follow/", {"website": ""})
    assert Follow.objects.get().confirmed_at is not None
    assert Reader.objects.get().consent is None, "nobody was asked to agree, so nothing says that they did"

    EmailAddress.objects.update(verified=False)
    Follow.objects.all().delete()
    assert client.post("/projects/sad/follow/", {"website": ""}).status_code == 422
    assert not Follow.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "nobody"},
        {"email": ""},
        {"email": "a@b.ru" * 100},
        {"email": "<script>@example.org"},
        {"personal_data": ""},
    ],
)
def test_a_form_that_is_wrong_is_sent_back(client: Client, changes: dict[str, str]) -> None:
    make.campaign()

    assert follow(client, **changes).status_code == 422
    assert not Reader.objects.exists()


def test_a_machine_that_fills_every_field_is_told_that_all_went_well(client: Client) -> None:
    make.campaign()

    assert follow(client, website="https://spam.example").headers["Location"] == "/projects/sad/sent/"
    assert not Letter.objects.exists()


def test_a_project_that_is_over_is_followed_by_nobody(client: Client) -> None:
    found = make.campaign()
    make.cancel(found, at=make.NOW)

    assert follow(client).status_code == 200
    assert not Follow.objects.exists()
    assert client.get("/projects/nowhere/follow/").status_code == 404


def test_an_address_can_not_flood_mailboxes(client: Client) -> None:
    make.campaign()
    answers = [follow(client).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    many = [follow(client, email=f"a{number}@example.org").status_code for number in range(20)]

    assert many[-1] == 429
    assert Letter.objects.count() == 20


def test_a_gifts_page_sends_a_few_letters_at_most(client: Client) -> None:
    gift = make.paid_donation(make.campaign(), number=1)
    page = client.get(gift.get_absolute_url()).content.decode()
    assert f"{gift.get_absolute_url()}follow/" in page
    for _ in range(7):
        assert client.post(f"{gift.get_absolute_url()}follow/").headers["Location"] == gift.get_absolute_url()

    assert Letter.objects.count() == 5
    assert Follow.objects.get().confirmed_at is None, "that somebody gave does not say whose the e-mail is"
    assert client.get(f"{gift.get_absolute_url()}follow/").status_code == 405
    assert client.post("/gifts/" + "x" * 43 + "/follow/").status_code == 404


def test_a_link_that_is_too_old_confirms_nothing(client: Client) -> None:
    make.campaign()
    follow(client)
    path = "/" + link_in(Letter.objects.get())
    Follow.objects.update(created_at=make.NOW - 4 * DAY)

    assert client.post(path).status_code == 410
    readers.forget_unconfirmed(now=make.NOW)
    assert client.get(path).status_code == 410
    Reader.objects.update(consented_at=make.NOW - 4 * DAY)
    readers.forget_unconfirmed(now=make.NOW)
    assert not Reader.objects.exists()


def test_a_forged_link_opens_nothing(client: Client) -> None:
    make.campaign()
    follow(client)
    one, own = Follow.objects.get(), reader()
    wrong = tokens.token_for(tokens.FOLLOW, uuid4())
    other_purpose = tokens.token_for(tokens.PREFERENCES, own.reference)

    for path in (
        f"/letters/follow/{one.reference}/{wrong}/",
        f"/letters/follow/{one.reference}/{other_purpose}/",
        f"/letters/question/{one.reference}/{wrong}/",
        f"/letters/{own.reference}/{wrong}/",
        f"/letters/{own.reference}/updates/{other_purpose}/",
        f"/letters/{own.reference}/updates/{tokens.token_for(tokens.STOP, own.reference, 'result')}/",
        f"/letters/{own.reference}/nothing/{tokens.token_for(tokens.STOP, own.reference, 'nothing')}/",
    ):
        assert (client.get(path).status_code, client.post(path).status_code) == (404, 404), path
    assert Follow.objects.get().confirmed_at is None
    assert not StoppedKind.objects.exists()


def test_one_post_without_cookies_stops_one_kind_and_looking_stops_nothing() -> None:
    own = reader()
    path = tokens.stop_address(own, NewsKind.UPDATES).partition("//")[2].partition("/")[2]
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(f"/{path}").status_code == 200
    assert not StoppedKind.objects.exists()

    for _ in range(2):
        answer = stranger.post(f"/{path}", {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert list(StoppedKind.objects.values_list("kind", flat=True)) == ["updates"]


def test_who_was_forgotten_may_still_press_the_button() -> None:
    own = reader()
    path = tokens.stop_address(own, NewsKind.UPDATES).partition("//")[2].partition("/")[2]
    Reader.objects.all().delete()

    assert Client().post(f"/{path}").status_code == 200


def test_a_reader_chooses_kinds_and_ends_what_they_follow_and_nobody_elses(client: Client) -> None:
    sad, park = make.campaign(), make.campaign("park")
    own, other = reader(), reader("boris@example.org")
    mine = make.follow(sad, own.email)
    make.follow(park, own.email)
    theirs = make.follow(sad, other.email)
    path = tokens.preferences_path(own)
    assert "Сад" in client.get(path).content.decode()
    answer = client.post(path, {"wanted": ["answers", "result"], "left": [str(mine.pk)]})
    assert answer.headers["Location"] == path

    assert set(StoppedKind.objects.values_list("kind", flat=True)) == {"updates", "milestones", "reminder"}
    assert set(Follow.objects.values_list("campaign__slug", "reader__email")) == {
        ("park", own.email), ("sad", other.email),
    }  # fmt: skip
    assert client.post(path, {"left": [str(theirs.pk)]}).status_code == 404
    client.post(path, {"wanted": NewsKind.values})
    assert not StoppedKind.objects.exists()
    client.post(path, {"forget": "yes"})
    assert not Reader.objects.filter(pk=own.pk).exists()
    assert client.get(path).status_code == 404


def said_by(user: User | None, own: Reader, campaign: Campaign, **more: object) -> tuple[Comment, Question]:
    comment = Comment.objects.create(
        campaign=campaign, user=user, text="Слова", request_key=str(uuid4()), created_at=make.NOW, **more
    )
    question = Question.objects.create(
        campaign=campaign, reader=own, reference=uuid4(), text="Когда?", request_key=str(uuid4()), created_at=make.NOW,
        confirmed_at=make.NOW,
    )  # fmt: skip
    return comment, question


def test_an_erased_person_leaves_no_words_and_follows_nothing() -> None:
    sad, own = make.campaign(), reader("paid1@example.org")
    gift = make.paid_donation(sad, number=1, name="Анна")
    Donation.objects.update(created_at=make.NOW - DAY)
    user = make.user("paid1@example.org")
    by_gift = said_by(None, own, sad, donation=gift)[0]
    comment, question = said_by(user, own, sad)
    make.follow(sad, own.email)
    asked = request_erasure(email="paid1@example.org", origin=ErasureRequest.Origin.DONOR, now=make.NOW)
    carry_out_erasure(request_id=asked.pk, now=make.NOW)
    asked.refresh_from_db()
    assert asked.letter is not None
    send_letter(letter_id=asked.letter.pk, now=make.NOW)
    assert carry_out_erasure(request_id=asked.pk, now=make.NOW)

    for row in (by_gift, comment, question):
        row.refresh_from_db()
        assert (row.text, row.public_name, row.erased_at) == ("", "", make.NOW)
    assert (Reader.objects.count(), Follow.objects.count()) == (0, 0)


def test_somebody_who_only_follows_can_be_erased_too() -> None:
    make.follow(make.campaign(), reader().email)

    assert request_erasure(email="ANNA@example.org", origin=ErasureRequest.Origin.STAFF, now=make.NOW).pk


def test_a_closed_account_takes_its_words_with_it() -> None:
    sad, own = make.campaign(), reader("vera@example.org")
    user = make.user("vera@example.org")
    comment, question = said_by(user, own, sad)
    close_account(user=user, now=make.NOW)

    comment.refresh_from_db()
    question.refresh_from_db()
    assert (comment.text, question.text, comment.user_id) == ("", "", None)
    assert not Reader.objects.exists()
