"""How soon to look at ЮKassa again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from datetime import datetime

FIRST_LOOK = timedelta(seconds=15)  # by then the request that made the row has asked ЮKassa itself
LATEST_UNKNOWN = timedelta(minutes=2)
LATEST_PENDING = timedelta(minutes=10)
COMMISSION_LOOK = timedelta(minutes=1)
COMMISSION_PATIENCE = timedelta(days=3)


def after_attempt(*, attempts: int, now: datetime) -> datetime:
    """Return when to ask again after an attempt whose outcome may stay unknown."""
    pause: timedelta = min(_soonest() * int(2 ** min(attempts - 1, 8)), LATEST_UNKNOWN)
    return now + pause


def while_pending(*, since: datetime, now: datetime) -> datetime:
    """Return when to look again at something that waits for others: rarer as it grows older."""
    pause: timedelta = min(max((now - since) / 4, _soonest()), LATEST_PENDING)
    return now + pause


def claim() -> timedelta:
    """Return how long a sweep keeps what it handed out from the next; a task that was lost is found soon after."""
    return 3 * _soonest()


def _soonest() -> timedelta:
    seconds: int = settings.PACE_SECONDS
    return timedelta(seconds=seconds)
