"""Ends sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from people.models import Session

if TYPE_CHECKING:
    from people.models import User


@transaction.atomic
def end_sessions(*, user: User, but: str | None = None) -> int:
    """Sign a person out everywhere, except in the session whose key is given; return how many sessions ended."""
    ended, _rows = Session.objects.filter(user=user).exclude(session_key=but or "").delete()
    return ended
