"""Opens accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.db import transaction

from people.models import RoleGrant, User
from people.roles import ADMINISTRATOR
from people.services.roles import RoleRefusedError, grant_role

if TYPE_CHECKING:
    from datetime import datetime


class AdministratorExistsError(RoleRefusedError):
    """Somebody can grant roles already: on the desk, where it is written down who did it."""


@transaction.atomic
def open_account(*, email: str) -> User:
    """Return the account of an address, opened where there is none: without a password, one signs in with a code."""
    found = User.objects.filter(email__iexact=email).first()
    if found is not None:
        return found
    user = User.objects.create_user(email)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)  # each code proves it anew
    return user


@transaction.atomic
def appoint_administrator(*, email: str, anyway: bool, now: datetime) -> RoleGrant:
    """Make somebody an administrator from the machine itself. Repeat-safe.

    :param anyway: also where there is an active administrator, who may have lost the second factor.
    :raises AdministratorExistsError: if there is one.
    """
    user = open_account(email=email)
    others = RoleGrant.objects.open().filter(role=ADMINISTRATOR, user__is_active=True).exclude(user=user)
    if not anyway and others.exists():
        raise AdministratorExistsError
    return grant_role(user=user, role=ADMINISTRATOR, granted_by=None, now=now)
