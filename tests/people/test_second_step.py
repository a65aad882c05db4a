"""The second step of signing in: asked of all staff, guessed by nobody, proved anew before it is changed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from django.test import Client
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

from tests import make
from tests.people.test_sign_in import LOGIN, ME, code_for, is_signed_in, last_letter, mailed_code, sign_in
from tests.totp import code_of

if TYPE_CHECKING:
    from people.models import User

pytestmark = pytest.mark.django_db


def test_staff_sign_in_with_password_and_second_step(client: Client) -> None:
    person = make.staff("treasurer", password=make.PASSWORD)
    first = sign_in(client, person)
    between = client.get("/desk/").headers["Location"]
    second = client.post("/me/2fa/authenticate/", {"code": code_for(person)})

    assert first.headers["Location"] == "/me/2fa/authenticate/"
    assert between.startswith(LOGIN)
    assert second.headers["Location"] == ME
    assert client.get("/desk/").status_code == 200


def test_a_code_works_once(client: Client) -> None:
    person = make.staff("treasurer", password=make.PASSWORD)
    code = code_for(person)
    sign_in(client, person)
    client.post("/me/2fa/authenticate/", {"code": code})
    thief = Client()
    sign_in(thief, person)
    answer = thief.post("/me/2fa/authenticate/", {"code": code})

    assert answer.status_code == 200
    assert not is_signed_in(thief)


def test_codes_of_the_second_step_cant_be_guessed(client: Client) -> None:
    person = make.staff("treasurer", password=make.PASSWORD)
    sign_in(client, person)
    for _each in range(5):
        client.post("/me/2fa/authenticate/", {"code": "000000"})
    answer = client.post("/me/2fa/authenticate/", {"code": code_for(person)})

    assert "Слишком много неудачных попыток" in answer.content.decode()
    assert not is_signed_in(client)


NO_ANSWERS = {
    "nothing": {},
    "no base64": {"id": "x", "rawId": "x"},
    "no object": [],
    "a number": 7,
    "no response": {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": None},
    "nothing attested": {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "clientExtensionResults": {},
                         "response": {"clientDataJSON": "e30", "attestationObject": "", "authenticatorData": "",
                                      "signature": ""}},
    "a list of results": {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "clientExtensionResults": [],
                          "response": {"clientDataJSON": "e30", "attestationObject": "oA", "authenticatorData": "AA",
                                       "signature": ""}},
}  # fmt: skip


@pytest.mark.parametrize("answer", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_what_no_key_answered_is_wrong_and_no_more(client: Client, answer: Any) -> None:
    member = make.staff("treasurer", password=make.PASSWORD)
    posted = {"credential": json.dumps(answer), "name": "k"}
    sign_in(client, member)
    client.get("/me/2fa/authenticate/")
    between = client.post("/me/2fa/authenticate/", posted)
    assert not is_signed_in(client)
    client.post("/me/2fa/authenticate/", {"code": code_for(member)})
    client.get("/me/2fa/webauthn/add/")
    added = client.post("/me/2fa/webauthn/add/", posted)
    assert not Authenticator.objects.filter(user=member, type="webauthn").exists()
    keep_key(member)
    client.get("/me/2fa/webauthn/reauthenticate/")
    proved = client.post("/me/2fa/webauthn/reauthenticate/", posted)

    assert [page.status_code for page in (between, added)] == [200, 200]
    assert proved.headers["Location"] == LOGIN


def keep_key(member: User) -> None:
    """Keep a security key for somebody, as one that was added."""
    made = generate_private_key(SECP256R1()).public_key()
    public = ES256.from_cryptography_key(made)  # type: ignore[no-untyped-call]
    attested = AttestedCredentialData.create(Aaguid.NONE, b"a key", public)
    data = AuthenticatorData.create(sha256(b"testserver"), AuthenticatorData.FLAG(0x41), 0, attested)
    response = {"clientDataJSON": websafe_encode(b'{"type":"webauthn.create","challenge":"AA","origin":"https://x"}'),
                "attestationObject": websafe_encode(AttestationObject.create("none", data, {}))}  # fmt: skip
    number = websafe_encode(b"a key")
    kept = {"id": number, "rawId": number, "type": "public-key", "response": response, "clientExtensionResults": {}}
    WebAuthn.add(member, "key", kept)


def test_a_code_by_mail_does_not_stand_for_the_second_step(client: Client) -> None:
    person = make.staff("treasurer")
    client.post("/me/login/code/", {"email": person.email})
    answer = client.post("/me/login/code/confirm/", {"code": mailed_code()})

    assert answer.headers["Location"] == "/me/2fa/authenticate/"
    assert not is_signed_in(client)


def test_staff_without_a_second_step_set_it_up_and_are_in(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    person = make.staff("treasurer", password=make.PASSWORD, second_factor=False)
    landed = sign_in(client, person).headers["Location"]
    secret = client.get("/me/2fa/totp/activate/").context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/me/2fa/totp/activate/", {"code": code_of(secret)})

    assert landed == "/me/2fa/"
    assert answer.headers["Location"] == "/me/2fa/recovery-codes/"
    assert client.get("/desk/").status_code == 200
    assert "Подключено приложение с кодами" in last_letter().subject


def test_a_second_step_asks_for_proof_some_minutes_after_signing_in(client: Client) -> None:
    person = make.user(password=make.PASSWORD)
    sign_in(client, person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 1.0}]
    session.save()

    assert client.get("/me/2fa/totp/activate/").headers["Location"].startswith("/me/reauthenticate/?next=")


def test_staff_keep_one_second_step(client: Client) -> None:
    person = make.staff("treasurer", password=make.PASSWORD)
    sign_in(client, person)
    client.post("/me/2fa/authenticate/", {"code": code_for(person)})
    answer = client.post("/me/2fa/totp/deactivate/")

    assert "нужен хотя бы один второй шаг" in answer.content.decode()
    assert Authenticator.objects.filter(user=person, type="totp").exists()


def test_a_code_for_recovery_opens_the_second_step_once(client: Client) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    person = make.staff("treasurer", password=make.PASSWORD)
    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    sign_in(client, person)
    client.post("/me/2fa/authenticate/", {"code": code})
    thief = Client()
    sign_in(thief, person)
    thief.post("/me/2fa/authenticate/", {"code": code})

    assert client.get("/desk/").status_code == 200
    assert not is_signed_in(thief)


def test_a_staff_session_is_short_from_the_start(client: Client) -> None:
    person = make.staff("treasurer", password=make.PASSWORD)
    sign_in(client, person)
    answer = client.post("/me/2fa/authenticate/", {"code": code_for(person)})

    assert int(answer.cookies["sessionid"]["max-age"]) == timedelta(hours=12).total_seconds()
