"""Whose a gift is that was paid with an order: the room above knows whether a campaign still takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

FUND = "fund"
_registry: list[Callable[[str, datetime], str]] = []


def register(receiver: Callable[[str, datetime], str]) -> None:
    """Let a room above say whose a gift for a subject is when it was paid; called from ``ready``."""
    _registry[:] = [receiver]


def receiver(subject: str, paid_at: datetime) -> str:
    """Return whose the gift is: the subject's, or the fund's, as the shop's rules say of a campaign that closed."""
    return _registry[0](subject, paid_at) if _registry else FUND
