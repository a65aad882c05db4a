"""Gives roles and takes them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from people.models import RoleGrant, User
from people.roles import ADMINISTRATOR, APART, ROLES
from people.services.acts import record_act, subject_of
from people.services.sessions import end_sessions

if TYPE_CHECKING:
    from datetime import datetime


class RoleRefusedError(Exception):
    """A role can't be given or taken back."""


class UnknownRoleError(RoleRefusedError):
    """There is no such role."""


class OwnRoleError(RoleRefusedError):
    """Nobody gives a role to themselves."""


class RolesApartError(RoleRefusedError):
    """One person never holds these two roles; the message names the role that is in the way."""


class LastAdministratorError(RoleRefusedError):
    """Somebody must be left who can grant roles."""


@transaction.atomic
def grant_role(*, user: User, role: str, granted_by: User | None, now: datetime) -> RoleGrant:
    """Give a person a role and sign them out everywhere. Repeat-safe: a role that is held is returned as it is.

    :param granted_by: nobody where a command on the machine itself does it.
    :raises UnknownRoleError: if there is no such role.
    :raises OwnRoleError: if somebody would give it to themselves.
    :raises RolesApartError: if the person holds what does not go together with it.
    """
    if role not in ROLES:
        raise UnknownRoleError(role)
    if granted_by is not None and granted_by.pk == user.pk:
        raise OwnRoleError
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two at once: the second one sees the first
    held = {grant.role: grant for grant in RoleGrant.objects.open().filter(user=user)}
    if role in held:
        return held[role]
    for other in held:
        if frozenset({role, other}) in APART:
            raise RolesApartError(other)
    grant = RoleGrant.objects.create(user=user, role=role, granted_by=granted_by, granted_at=now)
    record_act(actor=granted_by, action="people.grant_role", subject=subject_of(user), details={"role": role}, now=now)
    end_sessions(user=user)
    return grant


@transaction.atomic
def revoke_role(*, grant: RoleGrant, revoked_by: User | None, now: datetime) -> RoleGrant:
    """Take a role back and sign the person out everywhere. Repeat-safe: what is revoked stays as it is.

    :param revoked_by: nobody where a command on the machine itself does it.
    :raises LastAdministratorError: if nobody would be left who can grant roles.
    """
    if grant.role == ADMINISTRATOR:
        _lock_administrators(but=grant)
    found = RoleGrant.objects.select_for_update(of=("self",)).select_related("user").get(pk=grant.pk)
    if found.revoked_at is not None:
        return found
    found.revoked_by, found.revoked_at = revoked_by, now
    found.save(update_fields=["revoked_by", "revoked_at"])
    record_act(
        actor=revoked_by,
        action="people.revoke_role",
        subject=subject_of(found.user),
        details={"role": found.role},
        now=now,
    )
    end_sessions(user=found.user)
    return found


def _lock_administrators(*, but: RoleGrant) -> None:
    """Lock every administrator's grant: two who revoke each other's at once stand in line."""
    rows = RoleGrant.objects.open().filter(role=ADMINISTRATOR).select_related("user").order_by("pk")
    locked = list(rows.select_for_update(of=("self",)))
    if but.pk in {row.pk for row in locked} and not any(row.pk != but.pk and row.user.is_active for row in locked):
        raise LastAdministratorError
