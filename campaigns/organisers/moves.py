"""The one guarded way from state to state: what leads where, who may do it, what is written down and told.

The database holds the same table and writes the step (``0021_guarded_organisers.sql``); a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaigns.models import Organiser, OrganiserStep
from people.names import visible_lines
from people.outbox import queue_letter
from people.services import record_act, subject_of
from people.tasks import send_soon

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from people.models import User

State = Organiser.State
ORGANISER, COUNCIL = "organiser", "council_member"
LONGEST_REASON = 1000
LETTER = "organiser"


class ApplicationError(Exception):
    """An application does not go there."""


class WrongStateError(ApplicationError):
    """It is in a state from which this does not lead on; most often somebody did it before."""


class OwnApplicationError(ApplicationError):
    """Nobody answers an application of their own."""


class NoReasonError(ApplicationError):
    """This needs a reason, which the applicant reads."""


@dataclass(frozen=True)
class Move:
    """One act: from which states, to which, by which role, and whether it must say why."""

    sources: tuple[Organiser.State, ...]
    target: Organiser.State
    role: str
    needs_reason: bool = False


MOVES: dict[str, Move] = {
    "hand_in": Move((State.APPLYING, State.CHANGES_ASKED), State.IN_REVIEW, ORGANISER),
    "change_requisites": Move((State.VERIFIED,), State.IN_REVIEW, ORGANISER),
    "verify": Move((State.IN_REVIEW,), State.VERIFIED, COUNCIL),
    "ask_changes": Move((State.IN_REVIEW,), State.CHANGES_ASKED, COUNCIL, needs_reason=True),
    "refuse": Move((State.IN_REVIEW,), State.REFUSED, COUNCIL, needs_reason=True),
    "suspend": Move((State.VERIFIED,), State.SUSPENDED, COUNCIL, needs_reason=True),
    "restore": Move((State.SUSPENDED,), State.VERIFIED, COUNCIL, needs_reason=True),
}


def lock_organiser(*, organiser_id: int) -> Organiser:
    """Lock and return an organiser with its account; every move begins here, inside the caller's transaction.

    :raises Organiser.DoesNotExist: if there is none.
    """
    return Organiser.objects.select_for_update(of=("self",)).select_related("user").get(pk=organiser_id)


def possible(*, organiser: Organiser, user: User) -> list[str]:
    """Return what a council member may answer an organiser now. No query."""
    if organiser.erased_at is not None or organiser.user_id == user.pk:
        return []
    return [name for name, wanted in MOVES.items() if wanted.role == COUNCIL and organiser.state in wanted.sources]


def require(*, organiser: Organiser, action: str, user: User, reason: str = "") -> Move:
    """Return the act, if this person may do it with this organiser as it stands.

    :raises OwnApplicationError: if a council member answers their own, or an applicant hands in another's.
    :raises WrongStateError: if the state does not lead there.
    :raises NoReasonError: if the act needs a reason and has none.
    """
    wanted = MOVES[action]
    if (wanted.role == ORGANISER) != (organiser.user_id == user.pk):
        raise OwnApplicationError(action)
    if organiser.state not in wanted.sources or organiser.erased_at is not None:
        raise WrongStateError(action)
    if wanted.needs_reason and not visible_lines(reason):
        raise NoReasonError(action)
    return wanted


def move(
    *, organiser: Organiser, action: str, user: User, now: datetime, reason: str = "", checks: Sequence[str] = ()
) -> None:
    """Put a locked organiser into its next state. The database writes the step; the organiser gets a letter of it.

    Fields that the caller changed on ``organiser`` beside the state are saved with it.

    :raises ApplicationError: one of its kinds, as :func:`require`.
    """
    wanted = require(organiser=organiser, action=action, user=user, reason=reason)
    organiser.state = wanted.target
    organiser.moved_by, organiser.moved_as, organiser.moved_at = user, wanted.role, now
    organiser.moved_because, organiser.moved_checks = visible_lines(reason)[:LONGEST_REASON], list(checks)
    organiser.save()
    if wanted.role == COUNCIL:
        record_act(actor=user, action=f"organisers.{action}", subject=subject_of(organiser), now=now)
    _tell(organiser, action, now)


def _tell(organiser: Organiser, action: str, now: datetime) -> None:
    """Queue the letter of the step that was just taken: each step has one."""
    if organiser.user is None:
        return
    step = OrganiserStep.objects.filter(organiser=organiser).latest("pk")
    context = {"step": step.pk, "action": action}
    key = f"organiser-step:{step.pk}"
    send_soon(letter=queue_letter(kind=LETTER, key=key, to=organiser.user, context=context, now=now))
