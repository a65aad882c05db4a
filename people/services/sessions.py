"""Ends sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from people.models import Session
from people.services.acts import record_act, subject_of
from people.services.api_keys import revoke_keys

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User


@transaction.atomic
def end_sessions(*, user: User, but: str | None = None) -> int:
    """Sign a person out everywhere, except in the session whose key is given; return how many sessions ended."""
    ended, _rows = Session.objects.filter(user=user).exclude(session_key=but or "").delete()
    return ended


@transaction.atomic
def end_sessions_of(*, user: User, by: User, now: datetime) -> int:
    """Sign somebody else out everywhere, their programs too, as an act of staff; return how many sessions ended."""
    ended = end_sessions(user=user)
    revoke_keys(user=user, now=now)
    record_act(actor=by, action="people.end_session", subject=subject_of(user), details={"sessions": ended}, now=now)
    return ended
