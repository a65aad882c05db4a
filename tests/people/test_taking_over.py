"""Ways to take over somebody's account that are closed: an address signed up before its owner, a session before."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from people import services
from people.models import RoleGrant, User
from tests import make
from tests.people.test_sign_in import is_signed_in, mailed_code, sign_in
from tests.totp import code_of

pytestmark = pytest.mark.django_db
AHEAD = {"email": "boss@example.org", "password1": make.PASSWORD}
PROVE = "/me/2fa/reauthenticate/"


def test_who_signs_up_with_anothers_address_has_no_password_once_its_owner_comes(client: Client) -> None:
    thief = Client()
    thief.post("/me/signup/", AHEAD)
    services.appoint_administrator(email="boss@example.org", anyway=False, now=make.NOW)
    client.post("/me/login/code/", {"email": "boss@example.org"})
    client.post("/me/login/code/confirm/", {"code": mailed_code()})
    for browser in (thief, other := Client()):
        browser.get("/me/confirm-email/")
        sign_in(browser, User.objects.get())

    assert is_signed_in(client)
    assert (is_signed_in(thief), is_signed_in(other)) == (False, False)
    assert not User.objects.get().has_usable_password()


def test_who_proves_the_own_address_keeps_the_password(client: Client) -> None:
    client.post("/me/signup/", AHEAD)
    client.post("/me/confirm-email/", {"code": mailed_code()})
    client.post("/me/logout/")
    person = User.objects.get()
    client.post("/me/login/code/", {"email": person.email})
    client.post("/me/login/code/confirm/", {"code": mailed_code()})

    assert is_signed_in(client)
    assert User.objects.get().check_password(make.PASSWORD)


def test_no_role_goes_to_an_address_that_nobody_has_proved(client: Client) -> None:
    Client().post("/me/signup/", AHEAD)
    make.sign_in(client, make.staff("administrator"))
    answer = client.post("/desk/people/rolegrant/grant/", {"email": "boss@example.org", "role": "treasurer"})

    assert answer.status_code == 422
    assert not RoleGrant.objects.filter(role="treasurer").exists()


def test_a_look_alike_of_an_address_is_given_no_role(client: Client) -> None:
    make.user("ſigner@example.org")  # the long s: in capitals it is an S
    make.sign_in(client, make.staff("administrator"))
    answer = client.post("/desk/people/rolegrant/grant/", {"email": "signer@example.org", "role": "signer"})

    assert answer.status_code == 422
    assert not RoleGrant.objects.filter(role="signer").exists()


@pytest.mark.parametrize(
    "path",
    ["/me/2fa/recovery-codes/", "/me/2fa/recovery-codes/generate/", "/me/2fa/recovery-codes/download/",
     "/me/2fa/webauthn/add/", "/en/me/2fa/webauthn/add/"],
)  # fmt: skip
def test_a_session_from_before_the_second_step_gets_none_of_its_secrets_by_the_password(path: str) -> None:
    person = make.staff("treasurer", password=make.PASSWORD, second_factor=False)
    thief = Client()
    sign_in(thief, person)
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    before = thief.get(path)
    thief.post("/me/reauthenticate/", {"password": make.PASSWORD})
    after = thief.get(path)

    assert (_led_to(before), _led_to(after)) == (PROVE, PROVE)
    assert thief.get("/desk/").headers["Location"].startswith(PROVE)


def test_setting_up_a_second_step_ends_the_sessions_that_know_the_first_alone(client: Client) -> None:
    person, thief = make.staff("treasurer", password=make.PASSWORD, second_factor=False), Client()
    sign_in(client, person)
    sign_in(thief, person)
    client.get("/me/2fa/totp/activate/")
    client.post("/me/2fa/totp/activate/", {"code": code_of(client.session["mfa.totp.secret"])})

    assert Authenticator.objects.filter(user=person, type="totp").exists()
    assert (is_signed_in(client), is_signed_in(thief)) == (True, False)


def _led_to(answer: Any) -> str:
    return str(answer.headers.get("Location", "")).partition("?")[0].removeprefix("/en")
