"""Which legal texts are in force, and which roles are held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Prefetch

from people.models import LegalText, RoleGrant

if TYPE_CHECKING:
    from datetime import datetime

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
