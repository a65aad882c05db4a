"""Which legal texts are in force, and which roles are held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.db.models import Prefetch

from people.models import LegalText, RoleGrant, Session

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from people.models import User


def texts_in_force(*, now: datetime) -> dict[str, LegalText]:
    """Return the newest text in force of each kind, by kind. One query."""
    rows = LegalText.objects.filter(in_force_at__lte=now).order_by("kind", "-in_force_at", "-pk").distinct("kind")
    return {row.kind: row for row in rows}


def roles_held(*, user_id: int) -> list[str]:
    """Return the names of the roles that a person holds now. One query."""
    return list(RoleGrant.objects.open().filter(user_id=user_id).order_by("role").values_list("role", flat=True))


def open_roles_of(users: QuerySet[User]) -> QuerySet[User]:
    """Return the people, each with ``open_grants``. One query more, however many people."""
    return users.prefetch_related(Prefetch("grants", RoleGrant.objects.open().order_by("role"), to_attr="open_grants"))


@dataclass(frozen=True)
class SignedIn:
    """One browser in which a person is signed in."""

    since: datetime | None
    is_current: bool


MOST_SESSIONS = 20


def sessions_of(*, user: User, current: str | None, now: datetime) -> list[SignedIn]:
    """Return where a person is signed in, the newest first, at most twenty. One query."""
    rows = Session.objects.filter(user=user, expire_date__gt=now).order_by("-expire_date")[:MOST_SESSIONS]
    found = [SignedIn(_signed_in_at(row), row.session_key == current) for row in rows]
    return sorted(found, key=lambda one: (one.is_current, one.since or datetime.min.replace(tzinfo=UTC)), reverse=True)


def _signed_in_at(row: Session) -> datetime | None:
    records = row.get_decoded().get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return datetime.fromtimestamp(records[0]["at"], tz=UTC) if records else None
