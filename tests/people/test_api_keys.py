"""Keys of one's own programs: shown once, kept as a hash, taken back at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from people import erasure
from people.models import ApiKey
from people.services.api_keys import MOST_KEYS, TooManyKeysError, find_key, make_key, revoke_key
from people.services.sessions import end_sessions_of
from tests import make
from tests.people.test_sign_in import last_letter, mailed_code
from tests.totp import code_of

pytestmark = pytest.mark.django_db
KEYS = "/me/keys/"
GOES = "все ключи ваших программ перестанут действовать"
GONE = "Все ключи ваших программ больше не действуют"


def new_key(user: object = None, **more: object) -> tuple[ApiKey, str]:
    wanted = {"name": "Бот", "may_launch": False, "days": 30, "now": make.NOW} | more
    return make_key(user=user or make.user(), **wanted)  # type: ignore[arg-type]


def test_a_key_is_shown_once_and_kept_as_a_hash() -> None:
    client = make.sign_in(Client(), make.user(), second_factor=False)
    made = client.post(KEYS, {"name": "Отчёты", "days": "30"})
    secret = made.context["secret"]
    row = ApiKey.objects.get()

    assert secret in made.content.decode()
    assert secret not in client.get(KEYS).content.decode()
    assert secret.startswith(row.start)
    assert secret not in str(list(ApiKey.objects.values()))
    assert made.headers["Cache-Control"].startswith("max-age=0")
    assert find_key(secret=secret, now=make.NOW + timedelta(minutes=5)) == row


def test_a_key_opens_nothing_once_it_is_taken_back_has_run_out_or_its_owner_is_gone() -> None:
    row, secret = new_key()
    assert find_key(secret=secret, now=make.NOW) == row
    assert find_key(secret=secret + "x", now=make.NOW) is None
    assert find_key(secret="", now=make.NOW) is None
    assert find_key(secret=secret, now=make.NOW + timedelta(days=30)) is None
    assert revoke_key(user=row.user, key_id=row.pk, now=make.NOW)
    assert not revoke_key(user=row.user, key_id=row.pk, now=make.NOW)
    assert find_key(secret=secret, now=make.NOW) is None
    other, secret = new_key()
    other.user.is_active = False
    other.user.save()
    assert find_key(secret=secret, now=make.NOW) is None


def test_nobody_takes_back_the_key_of_another() -> None:
    row, _secret = new_key()
    client = make.sign_in(Client(), make.user(), second_factor=False)

    assert client.post(f"{KEYS}{row.pk}/revoke/").status_code == 302
    row.refresh_from_db()
    assert row.revoked_at is None
    owner = make.sign_in(Client(), row.user, second_factor=False)
    assert owner.get(f"{KEYS}{row.pk}/revoke/").status_code == 405
    owner.post(f"{KEYS}{row.pk}/revoke/")
    row.refresh_from_db()
    assert row.revoked_at is not None


def test_ten_keys_are_enough_for_anybody() -> None:
    user = make.user()
    for _number in range(MOST_KEYS):
        new_key(user)
    with pytest.raises(TooManyKeysError):
        new_key(user)
    client = make.sign_in(Client(), user, second_factor=False)
    refused = client.post(KEYS, {"name": "Ещё", "days": "30"})

    assert refused.status_code == 422
    assert "У вас десять ключей" in refused.content.decode()


def test_making_a_key_asks_for_the_password_anew(client: Client) -> None:
    assert client.get(KEYS).status_code == 302
    client.force_login(make.user(password=make.PASSWORD), backend="people.backends.RoleBackend")

    assert client.get(KEYS).headers["Location"].startswith("/me/reauthenticate/")
    assert client.post(KEYS, {"name": "Бот", "days": "30"}).status_code == 302
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("bad", [{"name": ""}, {"name": "x" * 61}, {"days": "9999"}, {"days": "x"}])
def test_a_key_needs_a_name_and_an_end(bad: dict[str, str]) -> None:
    client = make.sign_in(Client(), make.user(), second_factor=False)

    assert client.post(KEYS, {"name": "Бот", "days": "30"} | bad).status_code == 422
    assert not ApiKey.objects.exists()


def test_keys_go_with_the_account_and_with_its_sessions() -> None:
    row, secret = new_key()
    end_sessions_of(user=row.user, by=make.staff("administrator"), now=make.NOW)
    assert find_key(secret=secret, now=make.NOW) is None
    erasure.close_account(user=row.user, now=make.NOW)
    assert not ApiKey.objects.exists()


def test_a_new_password_takes_every_key_back(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    user, other = make.user(email="k@example.org", password="old-Password-1"), make.user()
    _row, secret = new_key(user)
    kept, _secret = new_key(other)
    make.sign_in(client, user, second_factor=False)
    assert GOES in client.get("/me/password/change/").content.decode()
    words = {"oldpassword": "old-Password-1", "password1": "new-Password-22", "password2": "new-Password-22"}
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/me/password/change/", words)
    user.refresh_from_db()

    assert user.check_password("new-Password-22")
    assert find_key(secret=secret, now=make.NOW) is None
    assert list(ApiKey.objects.filter(revoked_at__isnull=True)) == [kept]
    assert GONE in last_letter().body


def test_a_second_factor_set_up_takes_every_key_back(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    user = make.user(email="k@example.org", password=make.PASSWORD)
    _row, secret = new_key(user)
    make.sign_in(client, user, second_factor=False)
    page = client.get("/me/2fa/totp/activate/")
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/me/2fa/totp/activate/", {"code": code_of(page.context["form"].secret)})

    assert GOES in page.content.decode()
    assert GOES in client.get("/me/2fa/webauthn/add/").content.decode()
    assert find_key(secret=secret, now=make.NOW) is None
    assert GONE in last_letter().body


def test_a_password_of_ones_first_and_a_forgotten_one_say_so_too(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    user = make.user(email="k@example.org")
    new_key(user)
    make.sign_in(client, user, second_factor=False)
    assert GOES in client.get("/me/password/set/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/me/password/set/", {"password1": "new-Password-22", "password2": "new-Password-22"})
    assert GONE in last_letter().body
    new_key(user)
    stranger = Client()
    with django_capture_on_commit_callbacks(execute=True):
        stranger.post("/me/password/reset/", {"email": user.email})
    assert GONE not in last_letter().body
    stranger.post("/me/password/reset/confirm/", {"code": mailed_code()})
    form = stranger.get("/me/password/reset/complete/")
    with django_capture_on_commit_callbacks(execute=True):
        stranger.post("/me/password/reset/complete/", {"password1": "new-Password-33", "password2": "new-Password-33"})

    assert GOES in form.content.decode()
    assert GONE in last_letter().body
    assert not ApiKey.objects.filter(revoked_at__isnull=True).exists()
