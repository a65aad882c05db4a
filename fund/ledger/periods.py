"""Periods that people ask for by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.http import urlencode
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True)
class Period:
    """Business dates, both days included; open where a day is left out."""

    since: date | None
    until: date | None

    @property
    def query(self) -> str:
        """Return it as an address has it; days left out are named too, so that they are not taken for this month's."""
        return urlencode({"since": str(self.since or ""), "until": str(self.until or "")})


def this_month(*, today: date) -> Period:
    """Return the month so far."""
    return Period(today.replace(day=1), today)


def presets(*, today: date) -> list[tuple[str, Period]]:
    """Return periods that end today, with their names."""
    quarter = today.replace(month=today.month - (today.month - 1) % 3, day=1)
    return [
        (_("This month"), this_month(today=today)),
        (_("This quarter"), Period(quarter, today)),
        (_("This year"), Period(today.replace(month=1, day=1), today)),
        (_("All the time"), Period(None, None)),
    ]
