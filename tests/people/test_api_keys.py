"""Keys of one's own programs: shown once, kept as a hash, taken back at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from people import erasure
from people.models import ApiKey
from people.services.api_keys import MOST_KEYS, TooManyKeysError, find_key, make_key, revoke_key
from people.services.sessions import end_sessions_of
from tests import make

pytestmark = pytest.mark.django_db
KEYS = "/me/keys/"


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


def test_a_new_password_takes_every_key_back() -> None:
    user, other = make.user(email="k@example.org", password="old-Password-1"), make.user()
    _row, secret = new_key(user)
    kept, _secret = new_key(other)
    client = make.sign_in(Client(), user, second_factor=False)
    words = {"oldpassword": "old-Password-1", "password1": "new-Password-22", "password2": "new-Password-22"}
    client.post("/me/password/change/", words)
    user.refresh_from_db()

    assert user.check_password("new-Password-22")
    assert find_key(secret=secret, now=make.NOW) is None
    assert list(ApiKey.objects.filter(revoked_at__isnull=True)) == [kept]
