"""Who may run campaigns: whom the fund has verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaigns.models import Organiser

if TYPE_CHECKING:
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
