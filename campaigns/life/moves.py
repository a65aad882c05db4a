"""The one guarded way from state to state: what leads where, who may do it, what is written down.

The database holds the same table and writes the step (``migrations/0016_guarded_life.sql``); a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaigns.life.notifying import tell_step
from campaigns.models import Campaign, Organiser
from people.names import visible_lines
from people.services import record_act, subject_of

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User

Status = Campaign.Status
ORGANISER, COUNCIL, SYSTEM_ROLE = "organiser", "council_member", "system"
LONGEST_REASON = 1000
WHILE_SUSPENDED = ("withdraw", "report")  # what a suspended organiser may still do: donors wait for the report


class MoveError(Exception):
    """The campaign does not go there."""


class WrongStateError(MoveError):
    """It is in a state from which this does not lead on; most often somebody did it before."""


class NotAllowedError(MoveError):
    """This is not for them to do, or not with this campaign."""


class OrganiserNotVerifiedError(MoveError):
    """The fund does not vouch (now) for who runs it: nothing is handed in and nothing begins."""


class OrganiserSuspendedError(OrganiserNotVerifiedError):
    """The council has suspended who runs it: they take back and report, nothing else."""


class PastDeadlineError(MoveError):
    """The deadline is missing, or has passed."""


class NoReasonError(MoveError):
    """This needs a reason, which everybody will read."""


@dataclass(frozen=True)
class Actor:
    """Who moves a campaign, and in which role; the role alone is public."""

    role: str
    user: User | None = None


SYSTEM = Actor(SYSTEM_ROLE)


@dataclass(frozen=True)
class Move:
    """One act: from which states, to which, by which roles, and whether it must say why.

    ``while_owed``: it is for campaigns alone whose money is owed to donors, or whose is not; None: for either.
    """

    sources: tuple[Campaign.Status, ...]
    target: Campaign.Status
    roles: tuple[str, ...]
    needs_reason: bool = False
    while_owed: bool | None = None

    def fits(self, campaign: Campaign) -> bool:
        """Return whether the campaign's state leads there."""
        return campaign.status in self.sources and self.while_owed in {None, campaign.is_owed}


MOVES: dict[str, Move] = {
    "submit": Move((Status.DRAFT, Status.CHANGES_ASKED), Status.IN_REVIEW, (ORGANISER,)),
    "withdraw": Move((Status.IN_REVIEW,), Status.DRAFT, (ORGANISER,)),
    "revise": Move((Status.APPROVED,), Status.DRAFT, (ORGANISER,)),
    "ask_changes": Move((Status.IN_REVIEW,), Status.CHANGES_ASKED, (COUNCIL,), needs_reason=True),
    "reject": Move((Status.IN_REVIEW,), Status.REJECTED, (COUNCIL,), needs_reason=True),
    "approve": Move((Status.IN_REVIEW,), Status.APPROVED, (COUNCIL,)),
    "launch": Move((Status.APPROVED,), Status.LIVE, (ORGANISER, SYSTEM_ROLE)),
    "drop": Move((Status.DRAFT, Status.CHANGES_ASKED, Status.APPROVED), Status.CANCELLED, (ORGANISER,)),
    "fund": Move((Status.LIVE,), Status.FUNDED, (SYSTEM_ROLE, ORGANISER, COUNCIL), while_owed=False),
    "miss": Move((Status.LIVE,), Status.NOT_FUNDED, (SYSTEM_ROLE,), while_owed=True),
    "close": Move((Status.LIVE,), Status.NOT_FUNDED, (SYSTEM_ROLE, ORGANISER, COUNCIL), while_owed=False),
    "cancel": Move((Status.LIVE, Status.FUNDED, Status.DELIVERING), Status.CANCELLED, (COUNCIL,), needs_reason=True),
    "deliver": Move((Status.FUNDED,), Status.DELIVERING, (ORGANISER,)),
    "report": Move((Status.DELIVERING,), Status.REPORTED, (ORGANISER,)),
}


def lock_campaign(*, campaign_id: int) -> Campaign:
    """Lock and return a campaign with its organiser; every move begins here, inside the caller's transaction.

    :raises Campaign.DoesNotExist: if there is none.
    """
    return Campaign.objects.select_for_update(of=("self",)).select_related("organiser").get(pk=campaign_id)


def share_campaign(*, campaign_id: int) -> Campaign:
    """Return a campaign whose decisions wait until the caller's transaction ends; callers do not wait for each other.

    As a gift's own foreign key does: only ``lock_campaign``, FOR UPDATE, waits for it, and is waited for.
    """
    (found,) = Campaign.objects.raw("SELECT * FROM campaigns_campaign WHERE id = %s FOR KEY SHARE", [campaign_id])
    return found


def require(*, campaign: Campaign, action: str, actor: Actor, reason: str = "") -> Move:
    """Return the act, if this actor may do it with this campaign as it stands.

    :raises NotAllowedError: if the role may not, the campaign is another organiser's, or the council's member runs it.
    :raises OrganiserSuspendedError: if its organiser is suspended, and this is more than what that leaves to them.
    :raises WrongStateError: if the campaign's state does not lead there.
    :raises OrganiserNotVerifiedError: if it would be handed in or begin, and its organiser is not verified.
    :raises NoReasonError: if the act needs a reason and has none.
    """
    wanted = MOVES[action]
    if actor.role not in wanted.roles or not _is_seated(campaign, actor):
        raise NotAllowedError(action)
    if actor.role == ORGANISER and action not in WHILE_SUSPENDED:
        refuse_suspended(campaign)
    if not wanted.fits(campaign):
        raise WrongStateError(action)
    runs, vouched = campaign.organiser, Organiser.State.VERIFIED
    if wanted.target in {Status.IN_REVIEW, Status.LIVE} and runs is not None and runs.state != vouched:
        raise OrganiserNotVerifiedError(action)
    if wanted.needs_reason and not visible_lines(reason):
        raise NoReasonError(action)
    return wanted


def move(*, campaign: Campaign, action: str, actor: Actor, now: datetime, reason: str = "") -> None:
    """Put a locked campaign into its next state. The database writes the step; an act of staff is written down too.

    Whoever runs the campaign gets a letter of what others decided about it.

    Fields that the caller changed on ``campaign`` beside the state are saved with it.

    :raises MoveError: one of its kinds, as :func:`require`.
    """
    wanted = require(campaign=campaign, action=action, actor=actor, reason=reason)
    campaign.status = wanted.target
    campaign.moved_by, campaign.moved_as = actor.user, actor.role
    campaign.moved_because, campaign.moved_at = visible_lines(reason)[:LONGEST_REASON], now
    campaign.save()
    if actor.role == COUNCIL and actor.user is not None:
        record_act(actor=actor.user, action=f"campaigns.{action}", subject=subject_of(campaign), now=now)
    tell_step(campaign=campaign, action=action, now=now)


def refuse_past(*, campaign: Campaign, now: datetime) -> None:
    """Do nothing where a campaign that needs a deadline has one that lies ahead.

    :raises PastDeadlineError: otherwise.
    """
    has_deadline = campaign.funding in {Campaign.Funding.ALL_OR_NOTHING, Campaign.Funding.FLEXIBLE}
    if has_deadline and (campaign.closes_at is None or campaign.closes_at <= now):
        raise PastDeadlineError


def possible(*, campaign: Campaign, actor: Actor) -> list[str]:
    """Return the acts that this actor may do with this campaign now. No query where its organiser came with it."""
    return [
        action
        for action, wanted in MOVES.items()
        if wanted.fits(campaign)
        and actor.role in wanted.roles
        and _is_seated(campaign, actor)
        and not (actor.role == ORGANISER and action not in WHILE_SUSPENDED and is_suspended(campaign))
    ]


def is_suspended(campaign: Campaign) -> bool:
    """Return whether the council stopped its organiser. No query where the organiser came with the campaign."""
    return campaign.organiser is not None and campaign.organiser.state == Organiser.State.SUSPENDED


def refuse_suspended(campaign: Campaign) -> None:
    """Do nothing where the campaign's organiser is not suspended.

    :raises OrganiserSuspendedError: otherwise.
    """
    if is_suspended(campaign):
        raise OrganiserSuspendedError


def is_own(campaign: Campaign, actor: Actor) -> bool:
    """Return whether the actor runs the campaign. No query where its organiser came with it."""
    return actor.user is not None and campaign.organiser is not None and campaign.organiser.user_id == actor.user.pk


def _is_seated(campaign: Campaign, actor: Actor) -> bool:
    """Return whether the role is the actor's here: who runs a campaign is its organiser and never its council."""
    if actor.role == ORGANISER:
        return is_own(campaign, actor)
    return actor.role != COUNCIL or not is_own(campaign, actor)
