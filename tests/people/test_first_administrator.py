"""The first administrator is made on the machine itself; everybody else on the desk."""

from __future__ import annotations

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from people.models import RoleGrant, StaffAct, User
from tests import make

pytestmark = pytest.mark.django_db


def grant(*arguments: str) -> str:
    told = StringIO()
    call_command("grant_role", *arguments, stdout=told)
    return told.getvalue()


def test_a_fresh_installation_gets_its_administrator_and_is_told_what_to_do() -> None:
    told = grant("Boss@Example.org", "administrator")
    again = grant("boss@example.org", "administrator")
    person = User.objects.get()

    assert "boss@example.org is an administrator now" in told == again
    assert "/me/login/code/" in told
    assert (person.is_staff, person.has_usable_password(), person.has_perm("people.grant_role")) == (True, False, True)
    assert EmailAddress.objects.get().verified
    assert RoleGrant.objects.count() == StaffAct.objects.filter(actor=None).count() == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["x", "administrator"], "no e-mail address"),
        (["new@example.org", "treasurer"], "only an administrator"),
        (["new@example.org", "administrator"], "There is an administrator already"),
        (["money@example.org", "administrator", "--anyway"], "holds the role treasurer"),
    ],
)
def test_what_it_does_not_do_it_says(arguments: list[str], sentence: str) -> None:
    make.staff("administrator", second_factor=False)
    make.staff("treasurer", email="money@example.org", second_factor=False)

    with pytest.raises(CommandError, match=sentence):
        grant(*arguments)
    assert (User.objects.count(), RoleGrant.objects.count()) == (2, 2)


def test_an_administrator_who_lost_the_second_step_is_replaced() -> None:
    make.staff("administrator")

    assert "is an administrator now" in grant("new@example.org", "administrator", "--anyway")
    assert RoleGrant.objects.open().count() == 2


def test_one_who_may_not_sign_in_is_no_obstacle() -> None:
    User.objects.filter(pk=make.staff("administrator").pk).update(is_active=False)

    assert "is an administrator now" in grant("new@example.org", "administrator")
