"""Which legal texts are in force, and what a donor agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from people.models import LegalText

if TYPE_CHECKING:
    from datetime import datetime


def texts_in_force(*, now: datetime) -> dict[str, LegalText]:
    """Return the newest text in force of each kind, by kind. One query."""
    rows = LegalText.objects.filter(in_force_at__lte=now).order_by("kind", "-in_force_at", "-pk").distinct("kind")
    return {row.kind: row for row in rows}
