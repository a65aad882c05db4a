"""What an organiser sees of the own campaigns before they are public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.life.acts import ACTS
from campaigns.life.amending import AMENDABLE
from campaigns.life.moves import ORGANISER, Actor, Status, is_suspended, possible
from campaigns.models import Amendment, Campaign, CampaignPicture, Step

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

    from people.models import User

OFFERED = ("submit", "withdraw", "revise", "launch", "fund", "deliver", "drop")
WRITABLE = (Status.DRAFT, Status.CHANGES_ASKED)
NEXT: dict[str, _StrPromise] = {
    Status.DRAFT: _("Write it, look at the preview, and hand it in to the council."),
    Status.IN_REVIEW: _("Two members of the council look at it. Nothing can be changed until they answer."),
    Status.CHANGES_ASKED: _("The council asks you to mend something: read why, mend it, hand it in again."),
    Status.REJECTED: _("The council said no; its reason stands on the project's page here."),
    Status.APPROVED: _("It is approved: open it for gifts when you are ready."),
    Status.LIVE: _("It collects. What changes now, donors see as an amendment."),
    Status.FUNDED: _("The collection is over: begin the work."),
    Status.NOT_FUNDED: _(
        "The collection did not bring what it needed. If there were gifts, they go back by themselves."
    ),
    Status.CANCELLED: _("It is closed. There is nothing to do."),
    Status.DELIVERING: _("Do what was promised, then report what it cost."),
    Status.REPORTED: _("Done, and reported. Thank you!"),
}


@dataclass(frozen=True)
class ActLink:
    """One act as a button that leads to where it is asked."""

    title: _StrPromise
    address: str

    @classmethod
    def to(cls, act: str, campaign: Campaign) -> ActLink:
        """Return the button of an act."""
        return cls(ACTS[act].title, reverse("own:step", kwargs={"slug": campaign.slug, "act": act}))


@dataclass(frozen=True)
class OwnCampaign:
    """One own campaign in the list: what is next, and the acts that are possible now."""

    campaign: Campaign
    next_words: _StrPromise
    acts: list[str]
    was_extended: bool = False

    @property
    def offered(self) -> list[ActLink]:
        """Return the acts as buttons."""
        return [ActLink.to(act, self.campaign) for act in self.acts if act in OFFERED]

    @property
    def is_amendable(self) -> bool:
        """Return whether what donors knew may be amended."""
        return self.campaign.status in AMENDABLE and not is_suspended(self.campaign)

    @property
    def is_extendable(self) -> bool:
        """Return whether there is a deadline that may be moved, and was not moved before."""
        return (
            self.campaign.status == Status.LIVE
            and self.campaign.closes_at is not None
            and not self.was_extended
            and not is_suspended(self.campaign)
        )

    @property
    def is_reportable(self) -> bool:
        """Return whether its report is due."""
        return self.campaign.status == Status.DELIVERING

    @property
    def is_writable(self) -> bool:
        """Return whether its form is open."""
        return self.campaign.status in WRITABLE


def own_row(*, campaign: Campaign, user: User) -> OwnCampaign:
    """Return one own campaign with what is next. No query where its organiser came with it.

    That its deadline was moved it knows of campaigns :func:`with_extension` alone.
    """
    acts = possible(campaign=campaign, actor=Actor(ORGANISER, user))
    return OwnCampaign(campaign, NEXT[campaign.status], acts, getattr(campaign, "was_extended", False))


def own_campaigns(*, user: User) -> list[OwnCampaign]:
    """Return the campaigns that a person runs, the newest first. One query."""
    found = with_extension(Campaign.objects.filter(organiser__user=user).select_related("organiser").order_by("-pk"))
    return [own_row(campaign=campaign, user=user) for campaign in found]


def with_extension(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Annotate campaigns with ``was_extended``: their deadline was moved, which is done once."""
    moved = Amendment.objects.filter(campaign=OuterRef("pk"), field=Amendment.Field.CLOSES_AT)
    return campaigns.annotate(was_extended=Exists(moved))


def pictures_of(*, campaign: Campaign) -> list[CampaignPicture]:
    """Return a campaign's pictures in the order in which they came, the cover first. One query."""
    found = CampaignPicture.objects.filter(campaign=campaign).order_by("pk")
    return sorted(found, key=lambda one: one.kind != CampaignPicture.Kind.COVER)


def reasons(*, campaign: Campaign) -> list[Step]:
    """Return why the council did not say yes, the newest first. One query."""
    asked = Step.objects.filter(campaign=campaign, to_status__in=[Status.CHANGES_ASKED, Status.REJECTED])
    return list(asked.order_by("-pk"))
