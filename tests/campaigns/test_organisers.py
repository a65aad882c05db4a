"""An application from its first step until it is handed in, by whose it is and nobody else."""

from __future__ import annotations

import logging
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.test import Client
from PIL import Image

from campaigns.models import Acceptance, Organiser, OrganiserDocument, OrganiserStep, Requisites
from campaigns.organisers import agreements, applying, papers
from campaigns.organisers.moves import WrongStateError
from campaigns.organisers.reviewing import Check, answer, verify
from campaigns.organisers.services import NotVerifiedError, require_verified, verified_organiser
from communities.models import Community
from people.models import Letter
from people.outbox import send_letter
from tests import make
from tests.campaigns.organiser_papers import (
    BIC,
    ORGANISATION,
    PDF,
    PERSON,
    begun,
    body,
    handed_in,
    picture,
    seen,
    sent,
)

if TYPE_CHECKING:
    from people.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
OWN = "/me/organiser/"
State = Organiser.State
WHO = {"kind": "person", "community": "", "name": "Анна Сурская", "about": "Сажаю деревья."}


def community(name: str = "Зелёная Пенза") -> Community:
    return Community.objects.create(slug="zelyonaya-penza", name=name, search_text=name.casefold())


def test_only_a_verified_organiser_may_run_campaigns() -> None:
    own = make.organiser()
    assert own.user is not None

    assert verified_organiser(user=own.user) == require_verified(user=own.user) == own
    stranger = make.user()
    assert verified_organiser(user=stranger) is None
    with pytest.raises(NotVerifiedError) as refused:
        require_verified(user=stranger)
    assert refused.value.state is None


@pytest.mark.parametrize("state", [state for state in State if state != State.VERIFIED])
def test_whoever_is_not_verified_is_told_how_far_they_are(state: Organiser.State) -> None:
    own = make.applicant(state)
    assert own.user is not None

    assert verified_organiser(user=own.user) is None
    with pytest.raises(NotVerifiedError) as refused:
        require_verified(user=own.user)
    assert refused.value.state == state


def test_a_person_applies_from_the_first_step_to_the_last(browser: Client, person: User) -> None:
    assert "Начать заявку" in browser.get(OWN).content.decode()
    assert browser.get(f"{OWN}requisites/").headers["Location"] == OWN, "nothing is begun yet"
    assert browser.post(f"{OWN}who/", WHO).headers["Location"] == f"{OWN}requisites/"
    assert browser.post(f"{OWN}requisites/", PERSON).headers["Location"] == f"{OWN}document/"
    assert "Сначала заполните предыдущие шаги" in browser.get(f"{OWN}agreement/").content.decode()
    assert browser.post(f"{OWN}document/", {"paper": sent(PDF)}).headers["Location"] == f"{OWN}document/"
    hashes = {f"{kind}_sha256": digest for kind, digest in seen().items() if kind.startswith("organiser")}
    ticked = {"organiser": "on", "organiser_data": "on"} | hashes
    for _ in range(2):
        assert browser.post(f"{OWN}agreement/", ticked).headers["Location"] == OWN, "sent twice, it is handed in once"

    own = Organiser.objects.get()
    assert (own.state, own.name, own.user, own.verified_at) == (State.IN_REVIEW, "Анна Сурская", person, None)
    assert [(step.from_state, step.to_state, step.role) for step in OrganiserStep.objects.all()] == [
        ("applying", "in_review", "organiser")
    ]
    accepted = Acceptance.objects.select_related("text").order_by("text__kind")
    assert [(row.text.kind, row.text_sha256 == row.text.sha256) for row in accepted] == [
        ("organiser", True), ("organiser_data", True),
    ]  # fmt: skip
    page = browser.get(OWN).content.decode()
    assert "Заявку смотрит член совета" in page
    assert Letter.objects.filter(kind="organiser", user=person).count() == 1


def test_an_organisation_applies_for_a_community_of_the_directory(browser: Client) -> None:
    green = community()
    browser.post(f"{OWN}who/", WHO | {"kind": "community", "community": str(green.pk), "name": "чужое имя"})
    assert browser.post(f"{OWN}requisites/?holder=organisation", ORGANISATION).status_code == 302

    own = Organiser.objects.get()
    assert (own.name, own.claimed, own.community) == ("Зелёная Пенза", green, None), "the fund has not looked yet"
    account = applying.open_account(requisites=Requisites.objects.get())
    assert (account.holder, account.kpp, account.ogrn) == ("organisation", "583601001", ORGANISATION["ogrn"])


def test_requisites_are_sealed_and_shown_by_their_tail_alone(browser: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    browser.post(f"{OWN}who/", WHO)
    browser.post(f"{OWN}requisites/", PERSON)
    browser.post(f"{OWN}requisites/", PERSON)
    row = Requisites.objects.get()

    secrets = [PERSON["account"], PERSON["inn"], PERSON["name"]]
    shown = [browser.get(f"{OWN}{page}").content.decode() for page in ("", "requisites/", "document/")]
    for secret in secrets:
        assert all(secret not in text for text in (*shown, row.sealed, caplog.text)), secret
    assert row.tail == PERSON["account"][-4:]
    assert f"•••• {row.tail}" in shown[0]


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("inn", PERSON["inn"][:-1] + str((int(PERSON["inn"][-1]) + 1) % 10), "Контрольная цифра не сходится"),
        ("inn", ORGANISATION["inn"], "двенадцать цифр"),
        ("inn", "0" * 12, "Контрольная цифра не сходится"),
        ("bic", "145655635", "первые две — 04"),
        ("account", "40817810000000000056", "не подходит к БИК"),
        ("account", "40817840000000000055", "не рублёвый"),
        ("account", "4" * 19, "двадцать цифр"),
        ("account", "4" * 500, "Убедитесь"),
        ("name", "\u200b", "обычными буквами"),
        ("bank", "", "Обязательное"),
    ],
)
def test_each_wrong_number_has_its_sentence_at_its_field(browser: Client, field: str, typed: str, words: str) -> None:
    browser.post(f"{OWN}who/", WHO)
    answer = browser.post(f"{OWN}requisites/", PERSON | {field: typed})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert words in str(answer.context["form"].errors[field])
    assert Requisites.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [("kpp", "12", "девять знаков"), ("ogrn", "1" * 13, "Контрольная цифра"), ("ogrn", "12", "тринадцать цифр")],
)
def test_an_organisations_numbers_are_looked_at_too(browser: Client, field: str, typed: str, words: str) -> None:
    browser.post(f"{OWN}who/", WHO | {"kind": "community", "name": "Сад"})
    answer = browser.post(f"{OWN}requisites/", ORGANISATION | {field: typed})

    assert words in str(answer.context["form"].errors[field])


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": "x"}, {"name": ""}, {"name": "\u202e\u200b"}, {"name": "я" * 201}, {"about": ""},
        {"about": "я" * 1001}, {"about": "\u200b \u2028"}, {"kind": "community", "community": "99"}, {"name": "а\x00б"},
    ],
)  # fmt: skip
def test_who_applies_is_not_left_blank_or_endless(browser: Client, broken: dict[str, str]) -> None:
    assert browser.post(f"{OWN}who/", WHO | broken).status_code == 422
    assert Organiser.objects.count() == 0


def test_a_script_in_a_name_is_words(browser: Client) -> None:
    browser.post(f"{OWN}who/", WHO | {"name": "<script>alert(1)</script>", "about": "<img src=x onerror=y>"})
    page = browser.get(OWN).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_picture_is_drawn_anew_without_what_the_camera_noted(browser: Client) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Camera of Anna", 6
    browser.post(f"{OWN}who/", WHO)
    browser.post(f"{OWN}document/", {"paper": sent(picture(size=(40, 30), exif=exif), "x.pdf")})
    row = OrganiserDocument.objects.get()

    with default_storage.open(row.file_name) as stream:
        content = stream.read()
    with Image.open(BytesIO(content)) as kept:
        assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (30, 40), {}), "turned as the camera was held"
    assert b"Camera of Anna" not in content
    assert (row.kind, row.size_bytes) == ("image/jpeg", len(content))


BOMB = b"%PDF-1.7" + b"\n" * 4000
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (SVG, "не PDF"), (b"GIF89a" + b"\0" * 50, "не PDF"), (b"", "не PDF"), (b"MZ\x90", "не PDF"),
        (BOMB, "не PDF"), (b"%PDF-1.7\n%%EOF", "не PDF"), (picture()[:60], "не PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "не PDF"), (b"<html><script>%PDF-1.7", "не PDF"),
        (picture("PNG", (8000, 5000)), "слишком большой"), (PDF + b" " * papers.LARGEST_BYTES, "слишком большой"),
    ],
)  # fmt: skip
def test_what_is_no_paper_is_refused(browser: Client, content: bytes, words: str) -> None:
    browser.post(f"{OWN}who/", WHO)
    answer = browser.post(f"{OWN}document/", {"paper": sent(content)})

    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert OrganiserDocument.objects.count() == 0


def test_the_pages_limit_is_the_documents_and_nothing_else_grows(browser: Client) -> None:
    browser.post(f"{OWN}who/", WHO)
    whole = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "wsgi.input": BytesIO()}
    sender: Any = browser
    over = str(papers.LARGEST_BYTES + 2 * 1024 * 1024)
    statuses = [
        sender.generic("POST", path, **whole | {"CONTENT_LENGTH": length}).status_code
        for path, length in ((f"{OWN}document/", over), (f"{OWN}who/", str(2 * 1024 * 1024)))
    ]

    assert statuses == [413, 413]


def test_a_paper_is_kept_once_and_some_are_enough(browser: Client, person: User) -> None:
    browser.post(f"{OWN}who/", WHO)
    for _ in range(2):
        browser.post(f"{OWN}document/", {"paper": sent(PDF)})
    assert OrganiserDocument.objects.count() == 1, "sent twice, it is kept once"
    for number in range(papers.MOST_KEPT):
        answer = browser.post(f"{OWN}document/", {"paper": sent(PDF + bytes([number]))})
    assert (answer.status_code, OrganiserDocument.objects.count()) == (422, papers.MOST_KEPT)
    first = OrganiserDocument.objects.order_by("pk")[0]
    browser.post(f"{OWN}document/{first.reference}/remove/")
    first.refresh_from_db()

    assert (first.removed_at is None, first.sha256, default_storage.exists(first.file_name)) == (False, "", False)
    assert browser.get(f"{OWN}document/{first.reference}/").status_code == 404
    OrganiserDocument.objects.exclude(pk=first.pk).update(removed_at=make.NOW)
    for number in range(papers.MOST_A_DAY):
        OrganiserDocument.objects.create(
            organiser=person.organiser, kind="application/pdf", size_bytes=1, uploaded_at=make.NOW,
            removed_at=make.NOW, sha256=str(number),
        )  # fmt: skip
    answer = browser.post(f"{OWN}document/", {"paper": sent(PDF)})
    assert "приходите завтра" in answer.content.decode(), "counted in the database, deleted ones too"


def test_a_paper_is_a_file_for_its_owner_alone_and_never_shown(browser: Client, person: User) -> None:
    begun(person)
    row = OrganiserDocument.objects.get()
    here = f"{OWN}document/{row.reference}/"
    answer = browser.get(here)
    other = handed_in()
    assert other.user is not None
    stranger = make.sign_in(Client(), other.user, second_factor=False)

    assert body(answer) == PDF
    assert answer.headers["Content-Disposition"] == f'attachment; filename="dokument-{row.pk}.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in answer.headers["Cache-Control"]
    assert stranger.get(here).status_code == 404
    assert stranger.post(f"{here}remove/").status_code == 302
    assert OrganiserDocument.objects.filter(removed_at=None).count() == 2, "another's paper stays"
    assert Client().get(here).headers["Location"].startswith("/me/login/")


def test_a_lost_paper_is_swept_away(person: User) -> None:
    begun(person)
    row = OrganiserDocument.objects.get()
    OrganiserDocument.objects.update(stored_at=None)
    assert papers.drop_lost(now=make.NOW) == 0, "it may be on its way"
    assert papers.drop_lost(now=make.NOW + timedelta(hours=2)) == 1
    assert papers.drop_lost(now=make.NOW + timedelta(hours=2)) == 0

    assert not default_storage.exists(row.file_name)


def test_what_is_looked_at_stays_as_it_is(browser: Client, person: User) -> None:
    own = handed_in(person)
    for page, typed in (("who/", WHO), ("requisites/", PERSON), ("document/", {"paper": sent(b"x")})):
        assert browser.post(f"{OWN}{page}", typed).headers["Location"] == OWN, page
        assert browser.get(f"{OWN}{page}").headers["Location"] == OWN, page
    assert Requisites.objects.count() == OrganiserDocument.objects.count() == 1
    for write in (
        lambda: applying.save_who(user=person, kind="person", community=None, name="x", about="x", now=make.NOW),
        lambda: applying.hand_in(user=person, seen=seen(), now=make.NOW),
        lambda: papers.remove_paper(user=person, reference=OrganiserDocument.objects.get().reference, now=make.NOW),
    ):
        with pytest.raises(WrongStateError):
            write()

    assert Organiser.objects.get().name == own.name


def test_nothing_is_handed_in_unread_or_half(browser: Client, person: User) -> None:
    begun(person)
    with pytest.raises(applying.TextChangedError):
        applying.hand_in(user=person, seen=seen() | {"organiser": "0" * 64}, now=make.NOW)
    answer = browser.post(f"{OWN}agreement/", {"organiser": "on"})
    assert (answer.status_code, "organiser_data" in answer.context["form"].errors) == (422, True)
    Requisites.objects.all().delete()
    with pytest.raises(applying.UnfinishedError):
        applying.hand_in(user=person, seen=seen(), now=make.NOW)

    assert (Organiser.objects.get().state, Acceptance.objects.count()) == (State.APPLYING, 0)


def test_the_agreement_is_one_pdf_with_version_time_and_hash(browser: Client, person: User) -> None:
    handed_in(person)
    one = Acceptance.objects.get(text__kind="organiser")
    here = f"{OWN}agreement/{one.reference}.pdf"
    assert browser.get(here).status_code == 404, "the worker has not made it yet"
    assert agreements.unmade_agreements(now=make.NOW + timedelta(minutes=1)) == [one.pk]
    for _ in range(2):
        agreements.make_agreement(acceptance_id=one.pk, now=make.NOW)
    one.refresh_from_db()
    first = body(browser.get(here))
    context = agreements.agreement_context(one)

    assert (first[:5], one.made_at) == (b"%PDF-", make.NOW)
    assert one.pdf_sha256 == sha256(first).hexdigest()
    assert context["account"] == {"holder": "person", "kpp": "", "ogrn": "", **PERSON}
    answer = browser.get(here)
    assert (answer.headers["Content-Disposition"][:10], body(answer)) == ("attachment", first)
    assert make.sign_in(Client(), handed_in().user, second_factor=False).get(here).status_code == 404  # type: ignore[arg-type]
    assert agreements.unmade_agreements(now=make.NOW + timedelta(minutes=1)) == [
        Acceptance.objects.filter(text__kind="organiser").latest("pk").pk
    ]


def test_changed_requisites_are_proved_anew_looked_at_anew_and_told_of(browser: Client, person: User) -> None:
    own = make.organiser(owner=person)
    session = browser.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": 0}]
    session.save()
    answer = browser.post(f"{OWN}requisites/?holder=person", PERSON)
    assert answer.headers["Location"].startswith("/me/reauthenticate/")
    assert Requisites.objects.count() == 1

    make.sign_in(browser, person, second_factor=False)
    assert "проверяем заново" in browser.get(f"{OWN}requisites/").content.decode()
    browser.post(f"{OWN}requisites/?holder=person", PERSON)
    own.refresh_from_db()
    letter = Letter.objects.get(kind="organiser")
    send_letter(letter_id=letter.pk, now=make.NOW)
    page = Client().get(own.get_absolute_url()).content.decode()

    assert (own.state, verified_organiser(user=person)) == (State.IN_REVIEW, None)
    assert [row.checked_at is None for row in Requisites.objects.order_by("pk")] == [False, True], "the old ones stay"
    assert "Фонд проверяет новые реквизиты" in page
    assert BIC not in page


def test_a_suspended_organiser_changes_nothing(browser: Client, person: User) -> None:
    make.applicant("suspended", owner=person)

    assert browser.post(f"{OWN}requisites/?holder=person", PERSON).headers["Location"] == OWN
    assert Requisites.objects.count() == 1


def test_whom_the_fund_has_verified_once_keeps_the_name(browser: Client, person: User) -> None:
    own = handed_in(person)
    checks = [check.value for check in Check]
    at = [make.NOW + timedelta(minutes=minute) for minute in range(4)]
    verify(organiser_id=own.pk, user=make.user(), checks=checks, now=at[1])
    applying.save_requisites(user=person, account=applying.Account(holder="person", **PERSON), now=at[2])
    answer(organiser_id=own.pk, action="ask_changes", user=make.user(), reason="Чужой счёт", now=at[3])

    assert browser.post(f"{OWN}who/", WHO | {"name": "Другой человек"}).headers["Location"] == OWN
    assert f"{OWN}who/" not in browser.get(f"{OWN}document/").content.decode()
    with pytest.raises(WrongStateError):
        applying.save_who(user=person, kind="person", community=None, name="x", about="x", now=make.NOW)
    with pytest.raises(DatabaseError, match="as it was looked at"), transaction.atomic():
        Organiser.objects.filter(pk=own.pk).update(name="Другой человек")
    assert browser.post(f"{OWN}requisites/", PERSON).headers["Location"] == f"{OWN}document/", "that is asked for"
    assert [row.checked_at for row in Requisites.objects.order_by("pk")] == [at[1], None]
