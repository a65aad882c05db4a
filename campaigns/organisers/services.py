"""Who runs campaigns: whom the fund has verified, and whoever was given the role at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaigns.models import Organiser

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User


class NotVerifiedError(Exception):
    """Who wants to run a campaign is not verified; ``state`` says how far they have come, None: never applied."""

    def __init__(self, state: Organiser.State | None) -> None:
        super().__init__(state)
        self.state = state


def verified_organiser(*, user: User) -> Organiser | None:
    """Return the organiser that a person may run campaigns as; None where there is none. One query."""
    return Organiser.objects.filter(user=user, state=Organiser.State.VERIFIED).first()


def require_verified(*, user: User) -> Organiser:
    """Return the organiser that a person may run campaigns as. One query.

    :raises NotVerifiedError: if they have not applied, or the fund does not vouch for them (now).
    """
    found = Organiser.objects.filter(user=user).first()
    if found is None:
        raise NotVerifiedError(None)
    if found.state != Organiser.State.VERIFIED:
        raise NotVerifiedError(Organiser.State(found.state))
    return found


def own_organiser(*, user: User, name: str, now: datetime) -> Organiser:
    """Return a person's organiser; made under this name where there is none yet. Repeat-safe."""
    found, _is_new = Organiser.objects.get_or_create(
        user=user,
        defaults={
            "slug": f"organiser-{user.pk}",
            "kind": Organiser.Kind.PERSON,
            "name": name,
            "state": Organiser.State.VERIFIED,
            "verified_at": now,
            "created_at": now,
        },
    )
    return found
