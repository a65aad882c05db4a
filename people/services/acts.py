"""What staff did."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db import transaction

from people.models import StaffAct

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db.models import Model

    from people.models import User

# An address or a telephone number that somebody typed into a reason: the record stays for ever, so it goes.
PERSONAL = re.compile(r"\S*@\S*|(?<!\w)\+?\d[\d ()\u00a0-]{8,}\d(?!\w)")
CUT = "…"


@transaction.atomic
def record_act(
    *, actor: User | None, action: str, subject: str, details: Mapping[str, Any] | None = None, now: datetime
) -> StaffAct:
    """Write down what somebody of the staff did. Joins the caller's transaction: what is undone is not told.

    :param actor: nobody where a command on the machine itself did it.
    :param action: ``<area>.<verb_noun>``, as in ``roles.toml``.
    :param subject: ``<model>:<key>``, see :func:`subject_of`.
    :param details: no donor's data; e-mail addresses and telephone numbers in texts are cut out.
    """
    return StaffAct.objects.create(
        actor=actor, action=action, subject=subject, details=_without_personal_data(dict(details or {})), at=now
    )


def subject_of(row: Model) -> str:
    """Return how an act names a row: its model and key."""
    return f"{row._meta.model_name}:{row.pk}"


def _without_personal_data(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_personal_data(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_personal_data(inner) for inner in value]
    return PERSONAL.sub(CUT, value) if isinstance(value, str) else value
