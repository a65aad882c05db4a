"""Closing one's own account, signing a colleague out, sealed second factors, and Redis that is away."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from cryptography.fernet import InvalidToken
from django.core.management import CommandError, call_command
from django.test import Client

from people import erasure
from people.letters import Words
from people.models import Letter, RoleGrant, Session, StaffAct, User
from people.outbox import queue_letter
from people.sealing import seal, unseal
from people.services import grant_role, revoke_role
from tests import make
from tests.people.test_sign_in import code_for, is_signed_in, sign_in

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db
CLOSE = "/me/close/"


def kept_of(person: User) -> dict[str, int]:
    models: tuple[Any, ...] = (EmailAddress, SocialAccount, Authenticator, Session, Letter)
    return {model.__name__: model.objects.filter(user_id=person.pk).count() for model in models}


def test_who_holds_no_role_closes_the_account_and_nothing_of_it_is_left(client: Client) -> None:
    person = make.user("a@example.org", password=make.PASSWORD)
    SocialAccount.objects.create(user=person, provider="yandex", uid="7")
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    queue_letter(kind="account", key="x", now=make.NOW, to=person, words=Words("Код", "ABCD-EFGH"))
    other = make.sign_in(Client(), person)
    make.sign_in(client, person)
    asked = client.get(CLOSE).content.decode()
    before = User.objects.filter(pk=person.pk).count()
    answer = client.post(CLOSE)

    assert "Отменить это нельзя" in asked
    assert before == 1
    assert answer.headers["Location"] == "/"
    assert not User.objects.filter(pk=person.pk).exists()
    assert kept_of(person) == dict.fromkeys(("EmailAddress", "SocialAccount", "Authenticator", "Session", "Letter"), 0)
    assert (is_signed_in(client), is_signed_in(other)) == (False, False)
    assert "Личный кабинет закрыт." in client.get("/").content.decode()
    assert client.post(CLOSE).headers["Location"].startswith("/me/login/")


def test_who_holds_a_role_keeps_the_account(client: Client) -> None:
    person = make.staff("moderator", email="a@example.org")
    make.sign_in(client, person)
    before = kept_of(person)
    page = client.get(CLOSE).content.decode()
    answer = client.post(CLOSE)

    assert "сначала попросите администратора" in page
    assert '<form method="post">' not in page
    assert answer.headers["Location"] == "/me/"
    assert kept_of(person) == before
    assert RoleGrant.objects.open().filter(user=person).count() == 1
    assert is_signed_in(client)


def test_who_once_held_a_role_becomes_nobody_and_the_acts_stay(client: Client) -> None:
    administrator, person = make.staff("administrator"), make.user("a@example.org", password=make.PASSWORD)
    grant = grant_role(user=person, role="moderator", granted_by=administrator, now=make.NOW)
    revoke_role(grant=grant, revoked_by=administrator, now=make.NOW)
    make.sign_in(client, person)
    client.post(CLOSE)
    person.refresh_from_db()

    assert (person.email, person.is_active) == (f"erased-{person.pk}@invalid.invalid", False)
    assert kept_of(person) == dict.fromkeys(("EmailAddress", "SocialAccount", "Authenticator", "Session", "Letter"), 0)
    assert StaffAct.objects.filter(subject=f"user:{person.pk}").count() == 2
    assert not is_signed_in(client)


def test_closing_asks_for_proof_some_minutes_after_signing_in(client: Client) -> None:
    person = make.user("a@example.org", password=make.PASSWORD)
    sign_in(client, person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 1.0}]
    session.save()

    assert client.post(CLOSE).headers["Location"].startswith("/me/reauthenticate/?next=")
    assert User.objects.filter(pk=person.pk).exists()


def test_a_role_given_meanwhile_keeps_the_account() -> None:
    person = make.user("a@example.org")
    grant_role(user=User.objects.get(pk=person.pk), role="moderator", granted_by=None, now=make.NOW)

    with pytest.raises(erasure.RoleHeldError):  # the object in hand still says otherwise
        erasure.close_account(user=person, now=make.NOW)
    assert User.objects.filter(pk=person.pk, is_active=True).exists()


def test_an_administrator_signs_a_colleague_out_everywhere(client: Client) -> None:
    administrator, person = make.staff("administrator"), make.staff("moderator")
    other = make.sign_in(Client(), person)
    make.sign_in(client, administrator)
    address = f"/desk/people/user/{person.pk}/end-sessions/"
    row = client.get(f"/desk/people/user/{person.pk}/change/").content.decode()
    asked = client.get(address)
    still = is_signed_in(other)
    answer = client.post(address)
    again = client.post(address)

    assert address in row
    assert (asked.status_code, still) == (200, True)
    assert (answer.status_code, again.status_code) == (302, 302)
    assert (is_signed_in(other), is_signed_in(client)) == (False, True)
    acts = StaffAct.objects.filter(action="people.end_session").order_by("pk")
    assert list(acts.values_list("actor", "details")) == [
        (administrator.pk, {"sessions": 1}),
        (administrator.pk, {"sessions": 0}),
    ]


@pytest.mark.parametrize("role", ["auditor", "treasurer"])
def test_who_is_no_administrator_signs_nobody_out(client: Client, role: str) -> None:
    person = make.staff("moderator")
    other = make.sign_in(Client(), person)
    make.sign_in(client, make.staff(role))

    assert client.post(f"/desk/people/user/{person.pk}/end-sessions/").status_code == 403
    assert is_signed_in(other)
    assert not StaffAct.objects.filter(action="people.end_session").exists()


def test_secrets_of_second_factors_lie_sealed(client: Client) -> None:
    person = make.user("a@example.org", password=make.PASSWORD)
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(person)
    rows = str(list(Authenticator.objects.values_list("data", flat=True)))
    sign_in(client, person)
    answer = client.post("/me/2fa/authenticate/", {"code": code_for(person)})

    assert "JBSWY3DPEHPK3PXP" not in rows
    assert unseal(codes.instance.data["seed"]) not in rows
    assert len(set(codes.get_unused_codes())) == 10
    assert answer.headers["Location"] == "/me/"


def test_a_key_that_is_being_replaced_opens_what_it_sealed_until_it_is_sealed_anew(settings: Settings) -> None:
    person = make.user("a@example.org")
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(person)
    sealed, old, new = seal("secret"), settings.SECRET_KEY, "n" * 60
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new, [old]
    between = unseal(sealed)
    said = StringIO()
    call_command("seal_second_factors", stdout=said)
    settings.SECRET_KEY_FALLBACKS = []
    totp = Authenticator.objects.get(type="totp")

    assert between == "secret"
    assert said.getvalue() == "2 sealed with the newest key\n"
    assert unseal(totp.data["secret"]) == "JBSWY3DPEHPK3PXP"
    with pytest.raises(InvalidToken):
        unseal(sealed)


def test_a_lost_key_changes_nothing(settings: Settings) -> None:
    TOTP.activate(make.user("a@example.org"), "JBSWY3DPEHPK3PXP")
    before = Authenticator.objects.get().data
    settings.SECRET_KEY = "n" * 60

    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("seal_second_factors")
    assert Authenticator.objects.get().data == before


def test_signing_in_while_redis_is_away_says_to_come_back(client: Client, settings: Settings) -> None:
    person = make.user("a@example.org", password=make.PASSWORD)
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    answer = sign_in(client, person)
    asked = client.post("/me/login/code/", {"email": person.email})

    for refused in (answer, asked):
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
        assert "попробуйте ещё раз через минуту" in refused.content.decode()
    assert not Session.objects.exists()
    assert not Letter.objects.exists()
    assert client.get("/me/login/").status_code == 200
