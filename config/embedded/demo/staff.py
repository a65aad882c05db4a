"""One demo account for each role, and for an organiser, who is no staff; in a demonstration alone."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import transaction

from campaigns.models import Organiser
from config import env
from people.models import User
from people.roles import ADMINISTRATOR, ROLES
from people.services import grant_role, open_account

if TYPE_CHECKING:
    from datetime import datetime

PASSWORD_BYTES = 9
ORGANISER = "organiser"


class NoDemonstrationError(Exception):
    """Here money or people may be real."""


class NoSuchAccountError(Exception):
    """The role has no demo account."""


@dataclass(frozen=True)
class DemoAccount:
    """How one demo account signs in; told once, kept nowhere in the clear."""

    role: str
    email: str
    password: str
    secret: str


def demo_email(role: str) -> str:
    """Return the address of a role's demo account, which can't exist (RFC 2606)."""
    return f"{role.replace('_', '-')}@demo.example"


@transaction.atomic
def open_demo_accounts(*, now: datetime) -> list[DemoAccount]:
    """Open the accounts that are not there yet and return them. Repeat-safe: one that is there is not told again.

    :raises NoDemonstrationError: where anything may be real.
    """
    require_demonstration()
    known = set(User.objects.filter(email__endswith="@demo.example").values_list("email", flat=True))
    roles = [*sorted(ROLES, key=lambda role: (role != ADMINISTRATOR, role)), ORGANISER]
    return [_open(role, now) for role in roles if demo_email(role) not in known]


def code_of(*, role: str, at: float | None = None) -> str:
    """Return the six digits that the account's authenticator app would show.

    :raises NoDemonstrationError: where anything may be real.
    :raises NoSuchAccountError: if there is no such account.
    """
    require_demonstration()
    found = Authenticator.objects.filter(user__email=demo_email(role), type=Authenticator.Type.TOTP).first()
    if found is None:
        raise NoSuchAccountError(role)
    counter = int(time.time() if at is None else at) // app_settings.TOTP_PERIOD
    return str(format_hotp_value(hotp_value(decrypt(found.data["secret"]), counter)))


def require_demonstration() -> None:
    """Check that nothing here is real.

    :raises NoDemonstrationError: if something may be.
    """
    if not settings.DEMO_MODE or not env.is_demonstration():
        raise NoDemonstrationError


def _open(role: str, now: datetime) -> DemoAccount:
    account = DemoAccount(role, demo_email(role), secrets.token_urlsafe(PASSWORD_BYTES), generate_totp_secret())
    user = open_account(email=account.email)
    user.set_password(account.password)
    user.save(update_fields=["password"])
    TOTP.activate(user, account.secret)
    if role == ORGANISER:
        _vouch(user, now)
    else:
        grant_role(user=user, role=role, granted_by=None, now=now)
    return account


def _vouch(user: User, now: datetime) -> None:
    """Let the fund have verified the demo organiser, whom nobody looked at: the row says that it is a demo."""
    Organiser.objects.create(
        slug="demo-organiser", kind=Organiser.Kind.PERSON, name="Демонстрационный организатор", user=user,
        state=Organiser.State.VERIFIED, verified_at=now, created_at=now, is_demo=True,
    )  # fmt: skip
