"""What a project's money may be spent on, and when; payments ask it, and everybody reads what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, Q

from campaigns import selectors
from campaigns.life.moves import lock_campaign
from campaigns.models import Campaign, PurposeQuestion
from campaigns.repurposing.pool import pool_of
from fund.payments.purposes import Spendable
from fund.payments.selectors import expenses

if TYPE_CHECKING:
    from django.db.models import QuerySet

Status, Funding = Campaign.Status, Campaign.Funding
COLLECTED = (Status.FUNDED, Status.DELIVERING, Status.REPORTED, Status.CANCELLED)
WITHOUT_END = (Funding.OPEN_ENDED, Funding.MONTHLY)
SPENDS = Q(status__in=COLLECTED, launched_at__isnull=False) | Q(status=Status.LIVE, funding__in=WITHOUT_END)


SHOWN = 8


def shown_expenses(*, campaign: Campaign) -> dict[str, Any]:
    """Return the newest expenses as pages of the campaign show them, and whether there are more. One query."""
    found = list(expenses(subject=campaign.slug)[: SHOWN + 1])
    return {"expenses": found[:SHOWN], "has_more_expenses": len(found) > SHOWN}


class CampaignSpending:
    """A campaign's money is spent once it is collected; where there is no deadline, while it is collected too.

    A late act of a project that is reported or was stopped still counts, until what is left is shared out to donors.
    """

    def spendable(self, *, subject: str, is_held: bool = False) -> Spendable | None:
        """Return what may be spent of a campaign's money, held under its lock and that of its question if asked so."""
        known = Campaign.objects.filter(slug=subject).values_list("pk", flat=True).first()
        if known is None:
            return None
        questions = PurposeQuestion.objects.filter(campaign=known).order_by("pk")
        if is_held:
            lock_campaign(campaign_id=known)
            questions = questions.select_for_update()
        campaign = Campaign.objects.filter(SPENDS, pk=known).first()
        if campaign is None or any(question.shared_at is not None for question in questions):
            return None
        lines = tuple(line.title for line in selectors.budget(campaign=campaign))
        return Spendable(campaign.title, pool_of(campaign=campaign).pool_kopecks, lines)

    def subjects(self) -> QuerySet[Any, str]:
        """Return campaigns whose money may be spent, the last that moved first."""
        found = Campaign.objects.filter(SPENDS).exclude(purpose_questions__shared_at__isnull=False)
        return found.order_by(F("moved_at").desc(nulls_last=True), "-pk").values_list("slug", flat=True)
