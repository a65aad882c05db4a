"""One step of an organiser with their own campaign, wherever it was pressed: on the site or by a program of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaigns.drafting.forms import CampaignForms
from campaigns.drafting.services import ensure_draft, hand_in_draft
from campaigns.life import reviewing
from campaigns.life.acts import ACTS
from campaigns.life.moves import ORGANISER, Actor

if TYPE_CHECKING:
    from datetime import datetime

    from campaigns.models import Campaign
    from people.models import User

WEIGHTY = ("launch", "fund")  # asks for who has just proved who they are


class IncompleteError(Exception):
    """The draft can't be handed in: ``missing`` names each field and what is wrong with it."""

    def __init__(self, missing: list[tuple[str, str]]) -> None:
        super().__init__(len(missing))
        self.missing = missing


def take_step(*, campaign: Campaign, act: str, user: User, now: datetime, reason: str = "") -> None:
    """Take one step; handing in makes the campaign what its draft says.

    :param reason: why, for an act that asks it.
    :raises IncompleteError: if something is missing in the draft that is handed in.
    :raises OvertakenError: if the draft was saved meanwhile.
    :raises PictureWaitingError: if a picture is still being prepared.
    :raises MoveError: one of its kinds: another state, another's campaign, a deadline that has passed.
    """
    actor = Actor(ORGANISER, user)
    if act == "submit":
        draft = ensure_draft(campaign=campaign, now=now)
        forms = CampaignForms(draft.words, now=now)
        terms = forms.terms()
        if terms is None:
            raise IncompleteError(forms.missing())
        hand_in_draft(campaign_id=campaign.pk, terms=terms, version=draft.version, actor=actor, now=now)
        return
    service = ACTS[act].service
    more = {"reason": reason} if ACTS[act].asks_why else {}
    if service is reviewing.step_campaign:
        more = {"action": act, "reason": reason}
    service(campaign_id=campaign.pk, actor=actor, now=now, **more)
