"""The desk opens with a second factor alone, shows what a role may see, and writes down what is done."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.test import RequestFactory
from django.utils import timezone

from config.env import BASE_DIR
from people import services
from people.access import STAFF_IDLE, needs
from people.act_titles import TITLES
from people.models import RoleGrant, Session, StaffAct, User
from people.sessions import SessionStore
from people.tasks import clear_sessions
from tests import make

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
GRANTS, ACTS = "/desk/people/rolegrant/", "/desk/people/staffact/"


def test_a_stranger_is_led_to_the_sign_in_and_back(client: Client) -> None:
    assert client.get(f"{ACTS}?q=x").headers["Location"] == "/me/login/?next=/desk/people/staffact/%3Fq%3Dx"


def test_who_holds_no_role_is_refused(client: Client) -> None:
    make.sign_in(client, make.user())

    assert client.get("/desk/").status_code == 403


def test_staff_without_a_second_factor_is_led_to_its_set_up(client: Client) -> None:
    make.sign_in(client, make.staff("administrator", second_factor=False))

    for path in ("/desk/", GRANTS, f"{GRANTS}grant/", "/desk/logout/"):
        assert client.get(path).headers["Location"] == "/me/2fa/"


def test_staff_whose_second_factor_was_not_used_in_this_session_is_asked_for_it(client: Client) -> None:
    make.sign_in(client, make.staff("administrator"), second_factor=False)

    assert client.get(ACTS).headers["Location"] == "/me/2fa/reauthenticate/?next=%2Fdesk%2Fpeople%2Fstaffact%2F"


def test_codes_for_recovery_alone_are_no_second_factor(client: Client) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    person = make.staff("administrator", second_factor=False)
    RecoveryCodes.activate(person)
    make.sign_in(client, person, second_factor=True)

    assert client.get("/desk/").headers["Location"] == "/me/2fa/"


def test_a_role_opens_its_own_pages_and_no_other(client: Client) -> None:
    make.sign_in(client, make.staff("moderator"))

    assert client.get("/desk/").status_code == 200
    assert client.get(GRANTS).status_code == 403
    assert client.get(f"{GRANTS}grant/").status_code == 403
    assert client.get("/desk/people/user/").status_code == 403


def test_the_browsers_tab_says_in_russian_what_is_open(client: Client) -> None:
    administrator = make.staff("administrator")
    make.sign_in(client, administrator)
    pages = {address: client.get(address).content.decode() for address in (GRANTS, "/desk/people/user/")}
    pages["one"] = client.get(f"{GRANTS}{administrator.grants.get().pk}/change/").content.decode()

    titles = [re.findall(r"<title>\s*(.*?)\s*</title>", page, re.DOTALL)[0] for page in pages.values()]
    assert titles == [
        "Выданные роли | Рабочий стол фонда",
        "Личные кабинеты | Рабочий стол фонда",
        f"Выданная роль № {administrator.grants.get().pk} | Выданные роли | Рабочий стол фонда",
    ]


def test_a_page_of_ones_own_asks_for_its_permission(client: Client) -> None:
    @needs("payments.approve_refund")
    def page(request: HttpRequest) -> HttpResponse:
        raise AssertionError("nobody gets here")

    from django.core.exceptions import PermissionDenied

    make.sign_in(client, make.staff("treasurer"))
    request = RequestFactory().get("/desk/refunds/")
    request.session, request.user = client.session, User.objects.get()

    with pytest.raises(PermissionDenied):
        page(request)


def test_an_administrator_grants_and_revokes(client: Client) -> None:
    administrator, person = make.staff("administrator"), make.user("new@example.org")
    make.sign_in(client, administrator)
    granted = client.post(f"{GRANTS}grant/", {"email": "New@example.org", "role": "moderator"})
    grant = person.grants.get()
    asked = client.get(f"{GRANTS}{grant.pk}/revoke/")
    still = person.grants.open().count()
    revoked = client.post(f"{GRANTS}{grant.pk}/revoke/")

    assert (granted.status_code, asked.status_code, revoked.status_code, still) == (302, 200, 302, 1)
    assert not person.grants.open().exists()
    assert list(StaffAct.objects.filter(actor=administrator).order_by("pk").values_list("action", flat=True)) == [
        "people.grant_role",
        "people.revoke_role",
    ]


def test_roles_are_given_only_by_who_proved_themselves_lately(client: Client) -> None:
    person = make.staff("administrator")
    make.sign_in(client, person)
    session = client.session
    for record in (records := session[AUTHENTICATION_METHODS_SESSION_KEY]):
        record["at"] -= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session.save()
    make.user("new@example.org")
    asked = client.get(f"{GRANTS}grant/")
    tried = client.post(f"{GRANTS}grant/", {"email": "new@example.org", "role": "moderator"})

    for answer in (asked, tried, client.post(f"{GRANTS}{person.grants.get().pk}/revoke/")):
        assert answer.headers["Location"].startswith("/me/2fa/reauthenticate/?next=%2Fdesk%2Fpeople%2Frolegrant%2F")
    assert RoleGrant.objects.open().count() == 1
    assert client.get(GRANTS).status_code == 200


@pytest.mark.parametrize(
    ("email", "role", "sentence"),
    [
        ("nobody@example.org", "moderator", "сначала человек регистрируется"),
        ("me@example.org", "moderator", "Никто не даёт роль самому себе"),
        ("new@example.org", "tsar", "tsar"),
        ("signer@example.org", "treasurer", "не сочетается"),
        ("", "moderator", "Обязательное поле"),
    ],
)
def test_a_role_that_cant_be_granted_is_refused_in_words(client: Client, email: str, role: str, sentence: str) -> None:
    make.user("new@example.org")
    make.staff("signer", email="signer@example.org")
    make.sign_in(client, make.staff("administrator", email="me@example.org"))
    before = RoleGrant.objects.count()
    answer = client.post(f"{GRANTS}grant/", {"email": email, "role": role})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert RoleGrant.objects.count() == before


def test_the_last_administrator_is_told_so(client: Client) -> None:
    person = make.staff("administrator")
    make.sign_in(client, person)
    answer = client.post(f"{GRANTS}{person.grants.get().pk}/revoke/")

    assert answer.status_code == 422
    assert "последний администратор" in answer.content.decode()
    assert person.grants.open().count() == 1


@pytest.mark.parametrize("path", [ACTS, GRANTS, "/desk/people/user/"])
def test_a_list_asks_the_same_number_of_questions_however_long(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    make.sign_in(client, make.staff("administrator"))
    client.get(path)
    with django_assert_num_queries(7 if path == "/desk/people/user/" else 6):
        client.get(path)
    for _each in range(2):
        make.staff("moderator", "council_member")
    with django_assert_num_queries(7 if path == "/desk/people/user/" else 6):
        answer = client.get(path)

    assert len(answer.context["cl"].result_list) >= 3


def test_acts_are_searched_by_their_subject_and_nobody_changes_them(client: Client) -> None:
    person = make.staff("administrator")
    make.sign_in(client, person)
    services.record_act(actor=person, action="payments.close_alarm", subject="alarm:7", now=make.NOW)
    act = StaffAct.objects.get(subject="alarm:7")
    found = client.get(f"{ACTS}?q=alarm:7").content.decode()

    assert "Тревога закрыта" in found
    assert "people.grant_role" not in found
    assert client.get(f"{ACTS}{act.pk}/change/").status_code == 200
    assert client.post(f"{ACTS}{act.pk}/change/", {"action": "a.b"}).status_code == 403
    assert client.get(f"{ACTS}add/").status_code == 403
    assert client.post(f"{ACTS}{act.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(ACTS, {"action": "delete_selected", "_selected_action": act.pk, "post": "yes"})
    assert StaffAct.objects.filter(subject="alarm:7", action="payments.close_alarm").exists()


def test_only_the_desk_has_the_weaker_policy(client: Client) -> None:
    make.sign_in(client, make.staff("administrator"))
    desk = client.get("/desk/").headers["Content-Security-Policy"]
    public = client.get("/ledger/").headers["Content-Security-Policy"]

    assert "script-src 'self' 'unsafe-eval';" in f"{desk};"
    assert "style-src 'self' 'unsafe-inline'" in desk
    assert "script-src 'self' 'unsafe-inline'" not in desk
    assert "unsafe" not in public


def test_a_staff_session_ends_twelve_hours_after_its_last_use(client: Client) -> None:
    make.sign_in(client, make.staff("administrator"))
    client.get("/desk/")
    row = Session.objects.get()
    left = row.expire_date - timezone.now()

    assert STAFF_IDLE - timedelta(minutes=1) < left <= STAFF_IDLE
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/desk/").headers["Location"].startswith("/me/login/")


def test_a_stranger_costs_no_session(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        answer = client.get("/legal/offer/")

    assert "sessionid" not in answer.cookies
    assert not Session.objects.exists()


def test_a_session_knows_whose_it_is_and_an_ended_one_stays_ended(client: Client) -> None:
    person = make.user()
    make.sign_in(client, person)
    key = client.session.session_key or ""
    store = SessionStore(key)
    assert store[SESSION_KEY] == str(person.pk)
    assert Session.objects.get().user == person
    services.end_sessions(user=person)

    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.exists()


def test_sessions_that_have_expired_are_cleared_and_others_stay(client: Client) -> None:
    make.sign_in(client, make.user())
    Session.objects.create(session_key="old", session_data="", expire_date=timezone.now() - timedelta(days=1))
    clear_sessions()
    clear_sessions()

    assert [row.session_key for row in Session.objects.all()] == [client.session.session_key]


def test_acts_of_staff_are_told_in_words(client: Client) -> None:
    administrator = make.staff("administrator")
    services.grant_role(user=make.user("new@example.org"), role="moderator", granted_by=administrator, now=make.NOW)
    make.sign_in(client, administrator)
    page = client.get("/desk/people/staffact/").content.decode()

    assert "Роль выдана" in page
    assert "role: moderator" in page
    assert "{&#x27;role" not in page


def test_every_act_has_its_words() -> None:
    named = re.compile(r"""(?:action=|_record\(|ACTION = )"([a-z]+\.[a-z_]+)\"""")
    rooms = (path for room in ("people", "fund", "campaigns") for path in (BASE_DIR / room).rglob("*.py"))
    found = {action for path in rooms for action in named.findall(path.read_text(encoding="utf-8"))}

    assert len(found) > 10
    assert found - set(TITLES) == set()
