"""Roles are given and taken back by others, written down for ever, and allow what the table says."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction

from people import services
from people.models import RoleGrant, Session, StaffAct, User
from people.roles import APART, ROLES
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

LATER = make.NOW + timedelta(hours=1)


def acts() -> list[tuple[str, str, Any]]:
    return list(StaffAct.objects.order_by("pk").values_list("action", "subject", "details"))


def test_every_permission_of_the_table_is_a_models_own_or_an_act() -> None:
    verbs = {"add", "change", "delete", "view"}
    for role in ROLES.values():
        for permission in role.may:
            area, _, name = permission.partition(".")
            verb, _, rest = name.partition("_")
            assert area
            assert name
            if verb in verbs and area in apps.app_configs:
                assert apps.get_model(area, rest), permission


def test_who_proposes_never_approves_and_who_sees_no_donors_has_no_way_to_them() -> None:
    for role in ROLES.values():
        assert not {"payments.request_refund", "payments.approve_refund"} <= role.may
        assert not {"people.edit_legal_text", "people.publish_legal_text"} <= role.may
    for name in ("brand_manager", "auditor", "council_member", "administrator", "moderator"):
        assert not {"people.view_donor", "campaigns.view_donation", "letters.view_letter"} & ROLES[name].may
    assert all(name.partition(".")[2].startswith("view_") for name in ROLES["auditor"].may)
    assert {name for pair in APART for name in pair} <= set(ROLES)


@pytest.mark.django_db
def test_a_role_allows_what_the_table_says_and_nothing_else(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    treasurer = User.objects.get(pk=make.staff("treasurer").pk)

    with django_assert_num_queries(1):
        assert treasurer.has_perm("payments.request_refund")
        assert not treasurer.has_perm("payments.approve_refund")
        assert not treasurer.has_perm("people.grant_role")
        assert treasurer.has_module_perms("payments")
        assert not treasurer.has_module_perms("communities")
    assert treasurer.is_staff


@pytest.mark.django_db
def test_who_may_not_sign_in_may_do_nothing() -> None:
    User.objects.filter(pk=make.staff("treasurer").pk).update(is_active=False)

    assert not User.objects.get().has_perm("payments.view_payment")


@pytest.mark.django_db
def test_a_role_taken_back_allows_nothing_and_the_grant_stays() -> None:
    administrator, person = make.staff("administrator"), make.staff("moderator")
    grant = person.grants.get()
    services.revoke_role(grant=grant, revoked_by=administrator, now=LATER)
    again = services.revoke_role(grant=grant, revoked_by=administrator, now=LATER + timedelta(hours=1))

    person = User.objects.get(pk=person.pk)
    assert again.revoked_at == LATER
    assert (person.is_staff, person.has_perm("campaigns.moderate_gift_name")) == (False, False)
    assert acts()[-1] == ("people.revoke_role", f"user:{person.pk}", {"role": "moderator"})
    assert StaffAct.objects.filter(action="people.revoke_role").count() == 1


@pytest.mark.django_db
def test_a_role_given_twice_is_held_once() -> None:
    person = make.staff("moderator")
    first = person.grants.get()

    assert services.grant_role(user=person, role="moderator", granted_by=None, now=LATER) == first
    assert acts() == [("people.grant_role", f"user:{person.pk}", {"role": "moderator"})]


@pytest.mark.django_db
def test_nobody_gives_a_role_to_themselves() -> None:
    administrator = make.staff("administrator")

    with pytest.raises(services.OwnRoleError):
        services.grant_role(user=administrator, role="moderator", granted_by=administrator, now=LATER)
    with pytest.raises(IntegrityError, match="role_never_granted_to_oneself"), transaction.atomic():
        RoleGrant.objects.create(user=administrator, role="moderator", granted_by=administrator, granted_at=LATER)
    assert [grant.role for grant in RoleGrant.objects.all()] == ["administrator"]


@pytest.mark.django_db
@pytest.mark.parametrize(("held", "wanted"), [("treasurer", "signer"), ("administrator", "treasurer")])
def test_what_keeps_each_other_in_check_is_never_held_by_one_person(held: str, wanted: str) -> None:
    person = make.staff(held)

    with pytest.raises(services.RolesApartError, match=held):
        services.grant_role(user=person, role=wanted, granted_by=None, now=LATER)
    assert [grant.role for grant in RoleGrant.objects.all()] == [held]


@pytest.mark.django_db
def test_there_is_no_role_outside_the_table() -> None:
    person = make.user()

    with pytest.raises(services.UnknownRoleError):
        services.grant_role(user=person, role="tsar", granted_by=None, now=LATER)
    assert not RoleGrant.objects.exists()
    RoleGrant.objects.create(user=person, role="tsar", granted_at=LATER)
    assert not User.objects.get().has_perm("people.grant_role")


@pytest.mark.django_db
def test_the_last_administrator_stays() -> None:
    person = make.staff("administrator")
    asleep = make.staff("administrator")
    User.objects.filter(pk=asleep.pk).update(is_active=False)

    with pytest.raises(services.LastAdministratorError):
        services.revoke_role(grant=person.grants.get(), revoked_by=None, now=LATER)
    assert RoleGrant.objects.open().count() == 2


def at_once(*works: Callable[[], object]) -> list[Exception]:
    refused: list[Exception] = []
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        gate.wait()
        try:
            work()
        except services.RoleRefusedError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_two_administrators_who_revoke_each_other_at_once_leave_one(committed: str) -> None:
    one, two = make.staff("administrator"), make.staff("administrator")
    refused = at_once(
        lambda: services.revoke_role(grant=one.grants.get(), revoked_by=two, now=LATER),
        lambda: services.revoke_role(grant=two.grants.get(), revoked_by=one, now=LATER),
    )

    assert [type(error) for error in refused] == [services.LastAdministratorError]
    assert RoleGrant.objects.open().count() == 1


def test_two_roles_that_do_not_go_together_given_at_once_become_one(committed: str) -> None:
    person = make.user()
    refused = at_once(
        lambda: services.grant_role(user=person, role="treasurer", granted_by=None, now=LATER),
        lambda: services.grant_role(user=person, role="signer", granted_by=None, now=LATER),
    )

    assert [type(error) for error in refused] == [services.RolesApartError]
    assert RoleGrant.objects.count() == 1


@pytest.mark.django_db
def test_the_database_keeps_who_is_staff_whatever_is_written() -> None:
    plain, person = make.user(), make.staff("moderator")
    User.objects.filter(pk=plain.pk).update(is_staff=True)
    User.objects.filter(pk=person.pk).update(is_staff=False)

    assert set(User.objects.values_list("pk", "is_staff")) == {(plain.pk, False), (person.pk, True)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE people_staffact SET action = 'a.b'",
        "DELETE FROM people_staffact",
        "TRUNCATE people_staffact",
        "DELETE FROM people_rolegrant",
        "UPDATE people_rolegrant SET role = 'administrator'",
        "UPDATE people_rolegrant SET granted_by_id = NULL, revoked_at = NULL",
        "UPDATE people_rolegrant SET revoked_at = now(), user_id = user_id + 1",
    ],
)
def test_the_database_refuses_to_rewrite_what_staff_did(statement: str) -> None:
    make.staff("moderator")

    with pytest.raises(ProgrammingError, match=r"append-only|denied"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.django_db
def test_a_grant_that_was_closed_is_not_opened_again() -> None:
    grant = make.staff("moderator").grants.get()
    services.revoke_role(grant=grant, revoked_by=None, now=LATER)

    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        RoleGrant.objects.update(revoked_at=None)


@pytest.mark.django_db
def test_an_act_holds_no_address_and_no_telephone() -> None:
    reason = "просил a.b@example.org, тел. +7 (841) 252-12-12; сумма 1 250,50 по платежу 12"
    services.record_act(
        actor=None, action="payments.request_refund", subject="payment:12", details={"why": [reason]}, now=LATER
    )

    assert acts() == [
        ("payments.request_refund", "payment:12", {"why": ["просил … тел. …; сумма 1 250,50 по платежу 12"]})
    ]
    with pytest.raises(IntegrityError, match="staff_act_holds_no_address"), transaction.atomic():
        StaffAct.objects.create(action="a.b", subject="x:1", details={"why": "a@b"}, at=LATER)


@pytest.mark.django_db
def test_a_change_of_roles_signs_the_person_out_everywhere(client: Client) -> None:
    person = make.staff("moderator")
    make.sign_in(client, person)
    assert client.get("/desk/").status_code == 200
    services.grant_role(user=person, role="council_member", granted_by=None, now=LATER)

    assert not Session.objects.exists()
    assert client.get("/desk/").headers["Location"] == "/me/login/?next=/desk/"
