"""Following a project: by a link in a letter, or at once for an e-mail that is known to be one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction

from campaigns.models import Campaign, Follow
from campaigns.telling.kinds import CONFIRM_FOLLOW
from campaigns.telling.pacing import count_attempt
from campaigns.telling.readers import UNCONFIRMED, confirmed_email, reader_of
from people.outbox import queue_letter

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from people.models import Letter, User

Status = Campaign.Status
FOLLOWED = (Status.LIVE, Status.FUNDED, Status.DELIVERING)  # something is still to come


class NotFollowedError(Exception):
    """Nothing more is to be told of this project."""


class LinkError(Exception):
    """The link is too old: what it confirmed is forgotten."""


@transaction.atomic
def ask_to_follow(*, campaign: Campaign, email: str, address: str, now: datetime) -> Letter:
    """Write down that somebody wants to follow a project, and queue the letter with the link that confirms it.

    The same whether the e-mail follows already: nobody learns by it who does.

    :raises NotFollowedError: if nothing more is to be told of the project.
    :raises TooOftenError: if this address or e-mail asks too often.
    """
    _refuse_over(campaign)
    count_attempt(what="follow", address=address, person=email, now=now)
    follow = _follow(campaign, email, confirmed_at=None, now=now)
    return queue_letter(
        kind=CONFIRM_FOLLOW,
        key=f"{CONFIRM_FOLLOW}:{follow.reference}:{now.isoformat()}",
        to=follow.reader.email,
        context={"follow": follow.pk},
        expires_at=now + UNCONFIRMED,
        now=now,
    )


@transaction.atomic
def follow_at_once(*, campaign: Campaign, user: User, now: datetime) -> Follow | None:
    """Let somebody signed in follow a project; None where their e-mail never answered. Repeat-safe.

    :raises NotFollowedError: if nothing more is to be told of the project.
    """
    _refuse_over(campaign)
    email = confirmed_email(user=user)
    return _follow(campaign, email, confirmed_at=now, now=now) if email else None


@transaction.atomic
def confirm_follow(*, reference: UUID, now: datetime) -> Follow:
    """Let a follow count; the caller has seen its secret. Repeat-safe.

    :raises LinkError: if it is forgotten.
    """
    found = Follow.objects.select_for_update(of=("self",)).select_related("campaign", "reader")
    follow = found.filter(reference=reference).first()
    if follow is None or (follow.confirmed_at is None and follow.created_at < now - UNCONFIRMED):
        raise LinkError
    if follow.confirmed_at is None:
        follow.confirmed_at = now
        follow.save(update_fields=["confirmed_at"])
    return follow


def _follow(campaign: Campaign, email: str, *, confirmed_at: datetime | None, now: datetime) -> Follow:
    """Return the one follow of a reader and a project; what is confirmed stays so, what is not begins anew."""
    reader = reader_of(email=email, now=now, has_agreed=confirmed_at is None)
    follow, is_new = Follow.objects.select_for_update().get_or_create(
        reader=reader,
        campaign=campaign,
        defaults={"reference": uuid4(), "created_at": now, "confirmed_at": confirmed_at},
    )
    if not is_new and follow.confirmed_at is None:
        follow.created_at, follow.confirmed_at = now, confirmed_at
        follow.save(update_fields=["created_at", "confirmed_at"])
    follow.reader = reader
    return follow


def _refuse_over(campaign: Campaign) -> None:
    if campaign.status not in FOLLOWED:
        raise NotFollowedError
