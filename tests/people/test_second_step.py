"""The second step of signing in: asked of all staff, guessed by nobody, proved anew before it is changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests import make
from tests.people.test_sign_in import LOGIN, ME, code_for, is_signed_in, last_letter, mailed_code, sign_in
from tests.totp import code_of

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
