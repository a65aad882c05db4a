"""The council's answers to an application, and to an organiser later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from campaigns.models import Organiser
from campaigns.organisers.applying import newest_requisites
from campaigns.organisers.moves import ApplicationError, lock_organiser, move, require
from people.turns import take_turns

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from people.models import User


class Check(models.TextChoices):
    """What a council member looks at before they say yes."""

    IDENTITY = "identity", _("The document belongs to whoever applies")
    REQUISITES = "requisites", _("The requisites are those of the document")
    AGREEMENT = "agreement", _("The agreement is accepted, and its PDF says the same")
    SPEAKS_FOR = "speaks_for", _("They speak for this community: it knows of the application")


class UncheckedError(ApplicationError):
    """Something was not looked at."""


class CommunityTakenError(ApplicationError):
    """The community has an organiser already."""


def wanted_checks(*, organiser: Organiser) -> list[Check]:
    """Return what is to be looked at; who speaks for a community of the directory must show that they do."""
    return [check for check in Check if check != Check.SPEAKS_FOR or organiser.claimed_id is not None]


@transaction.atomic
def verify(*, organiser_id: int, user: User, checks: Collection[str], now: datetime) -> Organiser:
    """Vouch for an organiser: from now on they may run campaigns, and the public sees them.

    :raises UncheckedError: if something was not looked at.
    :raises CommunityTakenError: if another one speaks for that community.
    :raises ApplicationError: one of its kinds.
    """
    found = lock_organiser(organiser_id=organiser_id)
    require(organiser=found, action="verify", user=user)
    if not {*wanted_checks(organiser=found)} <= {*checks}:
        raise UncheckedError
    requisites = newest_requisites(organiser=found)
    if requisites is not None:
        requisites.checked_at = requisites.checked_at or now
        requisites.save(update_fields=["checked_at"])
    if found.verified_at is None:
        _name(found)
        found.verified_at = now
    move(organiser=found, action="verify", user=user, now=now, checks=sorted({*checks}))
    return found


def _name(organiser: Organiser) -> None:
    """Give an organiser the address of their public page, and the community that they speak for.

    :raises CommunityTakenError: if another one speaks for that community.
    """
    organiser.slug = f"organiser-{organiser.pk}"
    if organiser.claimed is None:
        return
    take_turns(f"community:{organiser.claimed.pk}")
    if Organiser.objects.filter(community=organiser.claimed).exists():
        raise CommunityTakenError
    organiser.community = organiser.claimed
    if not Organiser.objects.filter(slug=organiser.claimed.slug).exists():
        organiser.slug = organiser.claimed.slug


@transaction.atomic
def answer(*, organiser_id: int, action: str, user: User, reason: str, now: datetime) -> Organiser:
    """Ask for changes, refuse, suspend or restore, each with its reason.

    :raises ApplicationError: one of its kinds.
    """
    found = lock_organiser(organiser_id=organiser_id)
    move(organiser=found, action=action, user=user, now=now, reason=reason)
    return found
