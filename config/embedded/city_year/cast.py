"""Who acts in the year beside organisers and donors: two of the council, treasurer, second signer, moderator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from campaigns.life.moves import COUNCIL
from config.embedded.city_year.treasury import seat_hands
from people.services import grant_role, open_account

if TYPE_CHECKING:
    from people.models import User


@dataclass(frozen=True)
class Cast:
    """Members of staff; nobody of them can exist (RFC 2606)."""

    council: list[User]
    treasurer: User
    signer: User
    moderator: User


def seat_cast() -> Cast:
    """Return the year's staff, their accounts opened. Repeat-safe."""
    treasurer, signer = seat_hands()
    council = [_seat(f"sovet-{number}", COUNCIL) for number in (1, 2)]
    return Cast(council, treasurer, signer, _seat("moderator", "moderator"))


def _seat(name: str, role: str) -> User:
    user = open_account(email=f"god-{name}@demo.example")
    if not user.is_staff:
        grant_role(user=user, role=role, granted_by=None, now=timezone.now())
    return user
