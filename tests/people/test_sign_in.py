"""Signing in: by password and by code, the second step, what is limited, what is never told."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.internal.flows.login import complete_login
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.core import mail
from django.test import Client
from django.urls import reverse

from people.models import Letter, Session, User
from people.outbox import recipient_of, send_letter
from people.sealing import unseal
from tests import make
from tests.totp import code_of

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db
LOGIN, ME = "/me/login/", "/me/"
WORDS = re.compile(r"[A-Za-z]{3,}")
# Names of things, of this site and of other sites; addresses are cut before.
FOREIGN = {"API", "JavaScript", "Passkey", "Google", "Authenticator", "Aegis", "USB", "VK", "Yandex"}
FOREIGN |= {"this", "page", "English"}  # the link to the same page in English


def code_for(person: User) -> str:
    secret = unseal(Authenticator.objects.get(user=person, type="totp").data["secret"])
    return code_of(secret)


def mailed_code() -> str:
    body = last_letter().body
    found = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", body, re.MULTILINE)
    assert found, body
    return found[0]


def last_letter() -> Letter:
    return Letter.objects.latest("pk")


def is_signed_in(client: Client) -> bool:
    return client.get(ME).status_code == 200


def sign_in(client: Client, person: User, password: str = make.PASSWORD) -> Any:
    return client.post(LOGIN, {"login": person.email, "password": password})


def test_a_person_signs_in_with_a_password(client: Client) -> None:
    person = make.user("a@example.org", password=make.PASSWORD)

    assert sign_in(client, person).headers["Location"] == ME
    assert is_signed_in(client)
    assert Session.objects.get().user == person


def test_a_wrong_password_and_an_unknown_mail_are_told_apart_by_nobody(client: Client) -> None:
    person = make.user("a@example.org", password=make.PASSWORD)
    wrong = sign_in(client, person, "wrong")
    unknown = client.post(LOGIN, {"login": "b@example.org", "password": "wrong"})

    for answer in (wrong, unknown):
        assert answer.context["form"].errors == {"__all__": ["Почта или пароль не подошли."]}
    assert not is_signed_in(client)


def test_passwords_cant_be_guessed_even_from_many_addresses(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    person = make.user("a@example.org", password=make.PASSWORD)
    for last in range(5):
        client = Client(headers={"X-Forwarded-For": f"10.0.0.{last}"})
        sign_in(client, person, "wrong")
    client = Client(headers={"X-Forwarded-For": "10.0.0.99"})
    answer = sign_in(client, person)

    assert "Слишком много неудачных попыток" in answer.content.decode()
    assert not is_signed_in(client)


def test_one_address_cant_try_many_people_and_does_not_stop_another(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    person = make.user("a@example.org", password=make.PASSWORD)
    bad, good = Client(headers={"X-Forwarded-For": "10.0.0.1"}), Client(headers={"X-Forwarded-For": "10.0.0.2"})
    for number in range(10):
        bad.post(LOGIN, {"login": f"{number}@example.org", "password": "wrong"})

    assert "Слишком много неудачных попыток" in sign_in(bad, person).content.decode()
    assert sign_in(good, person).status_code == 302


def test_too_many_requests_get_a_page_of_ours(client: Client) -> None:
    for number in range(5):
        client.post("/me/signup/", {"email": f"{number}@example.org", "password1": "x"})
    answer = client.post("/me/signup/", {"email": "6@example.org", "password1": make.PASSWORD})

    assert answer.status_code == 429
    assert "Слишком много попыток" in answer.content.decode()
    assert not User.objects.exists()


def test_a_person_signs_in_with_a_code_from_the_mail(client: Client) -> None:
    make.user("a@example.org")
    client.post("/me/login/code/", {"email": "a@example.org"})
    answer = client.post("/me/login/code/confirm/", {"code": mailed_code()})

    assert answer.headers["Location"] == ME
    assert is_signed_in(client)


def test_three_wrong_codes_end_the_attempt(client: Client) -> None:
    make.user("a@example.org")
    client.post("/me/login/code/", {"email": "a@example.org"})
    right = mailed_code()
    for _each in range(3):
        client.post("/me/login/code/confirm/", {"code": "AAAA-AAAA"})
    client.post("/me/login/code/confirm/", {"code": right})

    assert not is_signed_in(client)


def test_an_unknown_mail_gets_no_letter_and_the_same_answer(client: Client) -> None:
    make.user("a@example.org")
    known = client.post("/me/login/code/", {"email": "a@example.org"})
    unknown = Client().post("/me/login/code/", {"email": "b@example.org"})
    reset = Client().post("/me/password/reset/", {"email": "c@example.org"})

    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert reset.status_code == 302
    assert [recipient_of(letter) for letter in Letter.objects.all()] == ["a@example.org"]


def test_a_letter_with_a_code_goes_out_once_and_is_of_no_use_later(client: Client, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    make.user("a@example.org")
    client.post("/me/login/code/", {"email": "a@example.org"})
    letter = last_letter()
    code = mailed_code()
    for _each in range(2):
        send_letter(letter_id=letter.pk, now=letter.queued_at)
    letter.refresh_from_db()

    assert [code in sent.body for sent in mail.outbox] == [True]
    assert letter.body == ""
    assert letter.expires_at == letter.queued_at + timedelta(minutes=15)


def test_anybody_signs_up_and_proves_the_mail_first(client: Client) -> None:
    answer = client.post("/me/signup/", {"email": "New@Example.org", "password1": make.PASSWORD})
    before = is_signed_in(client)
    client.post("/me/confirm-email/", {"code": mailed_code()})
    person = User.objects.get()

    assert (answer.headers["Location"], before) == ("/me/confirm-email/", False)
    assert is_signed_in(client)
    assert (person.email, person.is_staff, person.has_perm("people.grant_role")) == ("new@example.org", False, False)


def test_who_signs_up_with_a_taken_mail_learns_nothing_and_its_owner_everything(client: Client) -> None:
    make.user("a@example.org", password=make.PASSWORD)
    answer = client.post("/me/signup/", {"email": "a@example.org", "password1": make.PASSWORD})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/me/confirm-email/")
    assert User.objects.count() == 1
    assert "Личный кабинет с ней уже есть" in last_letter().body
    assert not is_signed_in(client)


@pytest.mark.parametrize("password", ["short", "1234567890", "password123", "a@example.org"])
def test_a_weak_password_is_refused(client: Client, password: str) -> None:
    answer = client.post("/me/signup/", {"email": "a@example.org", "password1": password})

    assert answer.context["form"].errors["password1"]
    assert not User.objects.exists()


def test_a_forgotten_password_is_set_anew_with_a_code_and_ends_every_session(client: Client) -> None:
    person = make.user("a@example.org", password=make.PASSWORD)
    other = Client()
    sign_in(other, person)
    client.post("/me/password/reset/", {"email": "a@example.org"})
    client.post("/me/password/reset/confirm/", {"code": mailed_code()})
    client.post("/me/password/reset/complete/", {"password1": "новый пароль 2027", "password2": "новый пароль 2027"})

    assert not is_signed_in(other)
    assert sign_in(Client(), person).status_code == 200
    assert sign_in(Client(), person, "новый пароль 2027").status_code == 302
    assert "задан новый пароль" in last_letter().body


def test_a_changed_password_ends_the_other_sessions_and_not_this_one(client: Client) -> None:
    person = make.user("a@example.org", password=make.PASSWORD)
    other = Client()
    sign_in(other, person)
    sign_in(client, person)
    answer = client.post(
        "/me/password/change/",
        {"oldpassword": make.PASSWORD, "password1": "новый пароль 2027", "password2": "новый пароль 2027"},
    )

    assert answer.headers["Location"] == ME
    assert (is_signed_in(client), is_signed_in(other)) == (True, False)


def test_other_browsers_are_signed_out_from_ones_own_page(client: Client) -> None:
    person = make.user("a@example.org", password=make.PASSWORD)
    other = Client()
    sign_in(other, person)
    sign_in(client, person)
    page = client.get(ME).content.decode()
    client.post("/me/sessions/end/")

    assert "Выйти на других устройствах" in page
    assert (is_signed_in(client), is_signed_in(other)) == (True, False)
    assert client.get("/me/sessions/end/").status_code == 405
    assert Client().post("/me/sessions/end/").headers["Location"].startswith(LOGIN)


def test_a_changed_mail_waits_for_its_code(client: Client) -> None:
    person = make.user("a@example.org", password=make.PASSWORD)
    sign_in(client, person)
    client.post("/me/email/", {"email": "b@example.org", "action_add": ""})
    person.refresh_from_db()
    before = person.email
    client.post("/me/confirm-email/", {"code": mailed_code()})
    person.refresh_from_db()

    assert (before, person.email) == ("a@example.org", "b@example.org")
    assert [row.email for row in EmailAddress.objects.filter(user=person)] == ["b@example.org"]


def test_buttons_of_other_sites_appear_with_their_keys(client: Client, settings: Settings) -> None:
    bare = client.get(LOGIN).content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = {"vk": {"APPS": [{"client_id": "1", "secret": "s"}]}}
    dressed = client.get(LOGIN).content.decode()
    away = client.post("/me/vk/login/").headers["Location"]

    assert "/me/vk/login/" not in bare
    assert "/me/vk/login/" in dressed
    assert "/me/yandex/login/" not in dressed
    assert away.startswith("https://id.vk.ru/authorize?")
    assert "code_challenge=" in away
    assert client.get("/me/yandex/login/").status_code == 404
    assert client.get("/me/yandex/login/callback/").status_code in {200, 404}


def test_another_site_opens_no_account_by_its_mail_alone(client: Client, rf: Any, settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"yandex": {"APPS": [{"client_id": "1", "secret": "s"}]}}
    person = make.staff("treasurer", email="a@example.org")
    from allauth.core import context
    from allauth.socialaccount.adapter import get_adapter

    request = rf.get("/me/yandex/login/callback/")
    request.session, request.user = (
        client.session,
        type("Nobody", (), {"is_authenticated": False, "is_anonymous": True, "pk": None})(),
    )
    request._messages = type("Messages", (), {"add": lambda *_args, **_more: None})()
    with context.request_context(request):
        provider = get_adapter().get_provider(request, "yandex")
        login: SocialLogin = provider.sociallogin_from_response(
            request, {"id": 7, "default_email": "a@example.org", "last_name": "Иванов"}
        )
        answer = complete_login(request, login)

    assert login.account.extra_data == {}
    assert (answer.status_code, answer.headers["Location"]) == (302, "/me/confirm-email/")
    assert not SocialAccount.objects.exists()
    assert not Session.objects.filter(user=person).exists()


def seen(page: bytes) -> str:
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", page.decode(), flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", " ", text))
    return re.sub(r"\S*[@/]\S*|[A-Z2-7]{32}", " ", text)


ENTRANCE = [
    "account_login",
    "account_signup",
    "account_request_login_code",
    "account_reset_password",
    "account_inactive",
    "account_password_reset_completed",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
]
INSIDE = [
    "people:me",
    "account_logout",
    "account_email",
    "account_change_password",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "socialaccount_connections",
]


@pytest.mark.parametrize("name", [*ENTRANCE, *INSIDE])
def test_each_page_speaks_russian_in_our_looks(client: Client, name: str) -> None:
    if name in INSIDE:
        sign_in(client, make.user("a@example.org", password=make.PASSWORD))
    answer = client.get(reverse(name))
    page = answer.content.decode()

    assert answer.status_code == (401 if name == "socialaccount_login_error" else 200)
    assert set(WORDS.findall(seen(answer.content))) <= FOREIGN | {"passkey"}
    assert 'class="header"' in page
    assert page.count("<h1") == 1
    assert "style=" not in page
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_each_letter_speaks_russian(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    client.post("/me/signup/", {"email": "a@example.org", "password1": make.PASSWORD})
    client.post("/me/confirm-email/", {"code": mailed_code()})
    inside = Client()
    sign_in(inside, User.objects.get())
    make.user("b@example.org")
    Client().post("/me/signup/", {"email": "b@example.org", "password1": make.PASSWORD})
    Client().post("/me/login/code/", {"email": "a@example.org"})
    Client().post("/me/password/reset/", {"email": "a@example.org"})
    secret = inside.get("/me/2fa/totp/activate/").context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        inside.post("/me/2fa/totp/activate/", {"code": code_of(secret)})

    letters = list(Letter.objects.order_by("pk"))

    assert [letter.subject for letter in letters] == [
        "Код для подтверждения почты",
        "У вас уже есть личный кабинет",
        "Код для входа",
        "Код для нового пароля",
        "Подключено приложение с кодами",
    ]
    for letter in letters:
        text = re.sub(
            r"\S*[@/]\S*|[A-Z0-9]{4}-[A-Z0-9]{4}|127\.0\.0\.1\S*|testserver", " ", f"{letter.subject}\n{letter.body}"
        )
        assert set(WORDS.findall(text)) == set(), text
        assert letter.body.startswith("Здравствуйте!")
        assert letter.body.count("\n\n\n") == 0
