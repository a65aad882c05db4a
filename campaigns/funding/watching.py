"""Mass refunds as the staff sees them: every missed campaign with its bar, every gift with its state; and debts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from campaigns.funding.returning import ENDINGS, FUND
from campaigns.models import BankDetails, Campaign, Donation
from fund.money import Kopecks
from fund.payments.models import BankEntry, Payment, Refund
from fund.payments.selectors import refund_sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from fund.payments.selectors import RefundSums

State = Refund.State
REASONS = [reason for reason, _event in ENDINGS.values()]


@dataclass(frozen=True)
class Bar:
    """How far one missed campaign is, in gifts. ``done``: returned, left to the fund, or owed."""

    campaign: Campaign
    gifts: int
    returned: int
    kept_by_fund: int
    owed: int
    under_way: int
    short: int

    @property
    def done(self) -> int:
        """Return how many gifts wait for nothing."""
        return self.returned + self.kept_by_fund + self.owed

    @property
    def percent(self) -> int:
        """Return how far it is; a hundred only at the end."""
        return self.done * 100 // self.gifts if self.gifts else 100

    @property
    def is_running(self) -> bool:
        """Return whether something is still to happen."""
        return self.done < self.gifts

    @property
    def mark(self) -> str:
        """Return what changes whenever the bar would."""
        return f"{self.gifts}-{self.returned}-{self.kept_by_fund}-{self.owed}-{self.under_way}-{self.short}"


@dataclass(frozen=True)
class GiftLine:
    """One gift of a missed campaign: its number alone, never who gave it."""

    donation: Donation
    sums: RefundSums
    is_kept: bool


@dataclass(frozen=True)
class Debt:
    """One debt to a donor: whether it is known where to pay, and whether a payment order waits."""

    refund: Refund
    donation: Donation | None
    has_details: bool
    is_entered: bool


def missed() -> QuerySet[Campaign]:
    """Return campaigns that missed their goal or were cancelled before it, the newest end first."""
    owed = Campaign.objects.filter(funding=Campaign.Funding.ALL_OR_NOTHING, goal_met_at__isnull=True)
    found = owed.filter(status__in=list(ENDINGS), launched_at__isnull=False)
    return found.order_by(F("moved_at").desc(nulls_last=True), "-pk")


def bars(*, campaigns: Sequence[Campaign]) -> list[Bar]:
    """Return how far these campaigns are. Two queries, however many campaigns and gifts."""
    gifts = _own([campaign.pk for campaign in campaigns])
    kept = Q(payment__booked_subject=FUND)
    counted: dict[int, Any] = {
        row["campaign"]: row for row in gifts.values("campaign").annotate(n=Count("pk"), kept=Count("pk", filter=kept))
    }
    gone = gifts.filter(payment__refunds__reason__in=REASONS).values("campaign")
    by_state = gone.annotate(
        returned=Count("pk", filter=Q(payment__refunds__state=State.SUCCEEDED)),
        owed=Count("pk", filter=Q(payment__refunds__state=State.REFUSED)),
        under_way=Count("pk", filter=Q(payment__refunds__state__in=[State.CREATING, State.PENDING])),
        short=Count("pk", filter=Q(payment__refunds__short_since__isnull=False)),
    )
    sent: dict[int, Any] = {row["campaign"]: row for row in by_state}
    found = []
    for campaign in campaigns:
        of, out = counted.get(campaign.pk, {}), sent.get(campaign.pk, {})
        states: dict[str, int] = {name: out.get(name, 0) for name in ("returned", "owed", "under_way", "short")}
        found.append(Bar(campaign, gifts=of.get("n", 0), kept_by_fund=of.get("kept", 0), **states))
    return found


def gift_lines(*, gifts: Sequence[Donation]) -> list[GiftLine]:
    """Return how far gifts are that came with their payments. One query."""
    sums = refund_sums(payment_ids=[gift.payment_id for gift in gifts])
    return [GiftLine(gift, sums[gift.payment_id], gift.payment.booked_subject == FUND) for gift in gifts]


def own_gifts(*, campaign: Campaign) -> QuerySet[Donation]:
    """Return the gifts that were owed to donors when the campaign missed its goal, in order, with their payments."""
    return _own([campaign.pk]).select_related("payment").order_by("pk")


def debts() -> QuerySet[Refund]:
    """Return what the fund owes donors, the oldest first, with whether it is known where to pay."""
    details = BankDetails.objects.filter(donation__payment=OuterRef("payment"))
    waiting = BankEntry.objects.filter(refund=OuterRef("pk"), state=BankEntry.State.PROPOSED)
    found = Refund.objects.owed().select_related("payment").order_by("created_at", "pk")
    return found.annotate(has_details=Exists(details), is_entered=Exists(waiting))


def debt_lines(*, refunds: Sequence[Refund]) -> list[Debt]:
    """Return debts, as ``debts`` gives them, with their gifts. One query."""
    payments = [refund.payment_id for refund in refunds]
    gifts = {gift.payment_id: gift for gift in Donation.objects.filter(payment__in=payments).select_related("campaign")}
    return [
        Debt(refund, gifts.get(refund.payment_id), refund.has_details, refund.is_entered)  # type: ignore[attr-defined]
        for refund in refunds
    ]


def owed_kopecks() -> Kopecks:
    """Return all that the fund owes donors. One query."""
    owed = Refund.objects.owed().aggregate(total=Sum(F("amount_kopecks") - F("discharged_kopecks")))
    return Kopecks(owed["total"] or 0)


def _own(campaign_ids: Sequence[int]) -> QuerySet[Donation]:
    paid = Donation.objects.filter(campaign__in=list(campaign_ids), payment__state=Payment.State.SUCCEEDED)
    was_owed = paid.filter(payment__booked_event="gift_until_goal")
    other = Refund.objects.filter(payment=OuterRef("payment"), state__in=[State.SUCCEEDED, State.REFUSED])
    before = (
        other.exclude(reason__in=REASONS).values("payment").annotate(total=Sum(F("amount_kopecks") + F("fee_kopecks")))
    )
    return was_owed.exclude(Exists(before.filter(total__gte=OuterRef("amount_kopecks"))))
