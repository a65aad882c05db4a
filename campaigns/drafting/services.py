"""Drafts: begun, saved as they stand, handed in. Every save is the last one, or says that another tab was later."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction

from campaigns.drafting.selectors import WRITABLE
from campaigns.drafting.slugs import free_slug
from campaigns.drafting.terms import words_of
from campaigns.life import reviewing
from campaigns.life.moves import WrongStateError, lock_campaign
from campaigns.models import BudgetLine, Campaign, CampaignPicture, Draft
from people.turns import take_turns

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from campaigns.drafting.terms import Terms, Words
    from campaigns.life.moves import Actor
    from campaigns.models import Organiser

MOST_DRAFTS = 10  # that one organiser may have begun and not launched
NO_BUDGET_YET_KOPECKS = 1  # a goal is more than nought; the budget sets it, and without one nothing is handed in


class OvertakenError(Exception):
    """Another tab saved later; ``draft`` is what stands now."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft.version)
        self.draft = draft


class TooManyDraftsError(Exception):
    """The organiser has ``MOST_DRAFTS`` drafts."""


class PictureWaitingError(Exception):
    """A picture is still being prepared."""


@transaction.atomic
def start_campaign(*, organiser: Organiser, title: str, summary: str, key: UUID, now: datetime) -> Campaign:
    """Begin a draft. Repeat-safe: a form sent twice begins one.

    :raises TooManyDraftsError: if there are too many already.
    """
    take_turns(f"drafts:{organiser.pk}", "drafts:slug")
    begun = Draft.objects.filter(request_key=key, campaign__organiser=organiser).select_related("campaign").first()
    if begun is not None:
        return begun.campaign
    if Campaign.objects.filter(organiser=organiser, status__in=WRITABLE).count() >= MOST_DRAFTS:
        raise TooManyDraftsError
    campaign = Campaign.objects.create(
        slug=free_slug(title), title=title, summary=summary, story="", organiser=organiser, opens_at=now,
        funding=Campaign.Funding.OPEN_ENDED, goal_kopecks=NO_BUDGET_YET_KOPECKS,
    )  # fmt: skip
    words = words_of(campaign=campaign, lines=[]) | {"funding": ""}
    Draft.objects.create(campaign=campaign, request_key=key, words=words, saved_at=now)
    return campaign


@transaction.atomic
def save_draft(
    *,
    campaign_id: int,
    words: Words,
    version: int,
    tab: str,
    terms: Terms | None,
    heading: dict[str, str],
    now: datetime,
) -> Draft:
    """Keep the form as it stands; what is whole also becomes the campaign.

    A tab's own save may be repeated. What another tab had saved before is kept aside when somebody saves over it.

    :param version: the draft that the form was shown with.
    :raises OvertakenError: if another tab saved later; nothing is written then.
    :raises WrongStateError: if the campaign can't be written now: it was handed in.
    """
    campaign = lock_campaign(campaign_id=campaign_id)
    if campaign.status not in WRITABLE:
        raise WrongStateError("edit")
    draft = ensure_draft(campaign=campaign, now=now)
    if draft.version != version and draft.tab != tab:
        raise OvertakenError(draft)
    if draft.tab not in {tab, ""} and draft.words != words:
        draft.overtaken, draft.overtaken_at = draft.words, draft.saved_at
    draft.words, draft.tab, draft.saved_at = words, tab, now
    draft.version += 1
    draft.save()
    if terms is not None:
        _write(campaign, terms)
    elif heading:
        Campaign.objects.filter(pk=campaign.pk).update(**heading)
    return draft


@transaction.atomic
def hand_in_draft(*, campaign_id: int, terms: Terms, version: int, actor: Actor, now: datetime) -> Campaign:
    """Make the campaign what its draft says, and hand it in.

    :raises OvertakenError: if the draft was saved meanwhile.
    :raises PictureWaitingError: if a picture is still being prepared.
    :raises MoveError: as :func:`reviewing.submit_campaign`.
    """
    campaign = lock_campaign(campaign_id=campaign_id)
    if campaign.status in WRITABLE:
        if campaign.draft.version != version:
            raise OvertakenError(campaign.draft)
        if campaign.pictures.filter(state=CampaignPicture.State.WAITING).exists():
            raise PictureWaitingError
        _write(campaign, terms)
    return reviewing.submit_campaign(campaign_id=campaign_id, actor=actor, now=now)


def ensure_draft(*, campaign: Campaign, now: datetime) -> Draft:
    """Return a campaign's draft; one that was begun before drafts were kept gets it from what stands. Repeat-safe."""
    lines = list(campaign.budget_lines.order_by("position"))
    first = {"request_key": uuid4(), "words": words_of(campaign=campaign, lines=lines), "saved_at": now}
    return Draft.objects.get_or_create(campaign=campaign, defaults=first)[0]


def _write(campaign: Campaign, terms: Terms) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(**terms.columns())
    campaign.budget_lines.all().delete()
    BudgetLine.objects.bulk_create(terms.budget(campaign))
