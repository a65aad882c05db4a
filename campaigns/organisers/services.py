"""Who runs campaigns, as far as the desk knows them: whoever was given the role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaigns.models import Organiser

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User


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
