"""What is left to be shared out, and whose part of it is how much: in whole kopecks, to the last one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Sum

from campaigns.models import Donation
from fund.ledger.purposes import COSTS_HEAD, purpose_money
from fund.ledger.selectors import account_totals
from fund.money import Kopecks, split
from fund.payments.models import Refund
from fund.payments.selectors.left import left_expression
from fund.sales.selectors import gifts_leaving

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from campaigns.models import Campaign

LEAST_KOPECKS = 100  # ЮKassa refunds no less than a rouble; a smaller share goes to the fund, as the offer says


@dataclass(frozen=True)
class Pool:
    """What a campaign still holds unspent, and the weights of gifts and of what no gift on the site brought."""

    pool_kopecks: Kopecks
    gifts_kopecks: Kopecks
    others_kopecks: Kopecks

    def share(self, kept_kopecks: int) -> Kopecks:
        """Return about how much of a gift is left, rounded down; the last kopecks are decided when all is shared."""
        total = self.gifts_kopecks + self.others_kopecks
        return Kopecks(min(self.pool_kopecks, total) * kept_kopecks // total if total else 0)


def shares_of(
    *, pool_kopecks: Kopecks, others_kopecks: Kopecks, kept: Sequence[Kopecks]
) -> tuple[list[Kopecks], Kopecks]:
    """Return each gift's share of what is left, in proportion to what it gave, and the share of what no gift brought.

    Together they are the pool, but never more than was given. Nobody gets more than they gave.
    """
    total = sum(kept) + others_kopecks
    if not total:
        return [Kopecks(0)] * len(kept), Kopecks(0)
    *shares, others = split(Kopecks(min(pool_kopecks, total)), [*kept, others_kopecks])
    return shares, others


def partakers(*, campaign: Campaign) -> QuerySet[Donation]:
    """Return gifts that the campaign has; ``free_kopecks`` is what of each has not gone back, nor is on its way."""
    found: QuerySet[Donation] = Donation.objects.filter(campaign=campaign).kept()
    return found.annotate(free_kopecks=left_expression(payment="payment__")).filter(free_kopecks__gt=0)


def pool_of(*, campaign: Campaign) -> Pool:
    """Return what is left of a campaign as the books stand now. Five queries.

    Its money (86) less what its suppliers are owed (20, not covered yet) and what is on its way back to donors.
    """
    codes = {head: f"{head}.{campaign.slug}" for head in ("86", COSTS_HEAD)}
    totals = account_totals(codes=codes.values())
    held, costs = (totals.get(codes[head]) for head in ("86", COSTS_HEAD))
    leaving = Refund.objects.filter(
        payment__in=Donation.objects.filter(campaign=campaign).values("payment"),
        payment__booked_subject=campaign.slug,
        state__in=(Refund.State.CREATING, Refund.State.PENDING),
    ).aggregate(total=Sum(F("amount_kopecks") + F("fee_kopecks")))["total"]
    of_orders = gifts_leaving(subject=campaign.slug)
    held_kopecks = (held.balance_kopecks if held else 0) - (leaving or 0) - of_orders
    spent = costs.credit_kopecks if costs else 0
    raised = purpose_money(held_kopecks=held_kopecks, costs_credit_kopecks=spent).raised_kopecks
    gifts = partakers(campaign=campaign).aggregate(total=Sum("free_kopecks"))["total"] or 0
    return Pool(
        Kopecks(max(0, held_kopecks - (costs.balance_kopecks if costs else 0))),
        Kopecks(gifts),
        Kopecks(max(0, raised - gifts)),
    )
