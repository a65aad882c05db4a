"""ЮKassa's days are Moscow days (its daily registry, 00:00:00 to 23:59:59)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date, datetime

MOSCOW = ZoneInfo("Europe/Moscow")


def moscow_date(at: datetime) -> date:
    """Return the business date of a moment."""
    return at.astimezone(MOSCOW).date()
