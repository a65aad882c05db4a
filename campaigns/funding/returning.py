"""A missed goal, or a campaign cancelled before it was met: every gift goes back by itself, or to the fund.

To the fund where its donor chose so when giving.

The gift's own refund is its state: cut at any moment, the next tick finds what is left. A tick takes a few, so that
ЮKassa and the queue are not flooded, and stops where what lies at ЮKassa would not do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q

from campaigns.funding.fees import split
from campaigns.funding.pacing import UNFINISHED, is_covered, is_short, settle_each
from campaigns.letters import KEPT
from campaigns.models import Campaign, Donation
from fund.ledger import services as ledger
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.days import moscow_date
from fund.payments.models import Payment, Refund
from fund.payments.services.pace import COMMISSION_PATIENCE
from people.outbox import queue_letter

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

FUND = "fund"
ENDINGS = {  # the state of a campaign that keeps nothing: why the money goes back, what it is called where it is kept
    Campaign.Status.NOT_FUNDED: (Refund.Reason.GOAL_MISSED, "goal_missed_kept"),
    Campaign.Status.CANCELLED: (Refund.Reason.CAMPAIGN_CANCELLED, "cancelled_kept"),
}


@dataclass(frozen=True)
class Progress:
    """How far the money of a campaign that keeps nothing went back, in gifts; ``is_short``: it waits for a top-up."""

    gifts: int
    returned: int
    kept_by_fund: int
    owed: int
    under_way: int
    is_short: bool

    @property
    def waiting(self) -> int:
        """Return how many gifts are still to be asked for."""
        return self.gifts - self.returned - self.kept_by_fund - self.owed - self.under_way


def return_gifts(*, campaign_id: int, limit: int, now: datetime) -> int:
    """Send back the next gifts of a campaign that keeps nothing; return how many. Repeat-safe, resumable.

    Gifts after the first one that what lies at ЮKassa can't cover wait for a top-up.
    """
    campaign = Campaign.objects.get(pk=campaign_id)
    if not keeps_nothing(campaign):
        return 0
    return settle_each(
        gifts=list(_ready(campaign, now).order_by("pk").values_list("pk", flat=True)[:limit]),
        settle=lambda donation_id: _settle(donation_id, campaign, now),
        subject=f"campaign:{campaign.slug}",
        now=now,
    )


def keeps_nothing(campaign: Campaign) -> bool:
    """Return whether all that came in goes back: its minimum was never met, and it collects no more."""
    return campaign.status in ENDINGS and campaign.is_owed


def missed_campaigns() -> list[int]:
    """Return campaigns that missed their goal, or were cancelled before it, and still hold gifts. One query."""
    held = _waiting().filter(campaign=OuterRef("pk"))
    missed = Campaign.objects.filter(status__in=ENDINGS, funding=Campaign.Funding.ALL_OR_NOTHING, goal_met_at=None)
    missed = missed.filter(Exists(held))
    return list(missed.order_by("pk").values_list("pk", flat=True)[:100])


def progress(*, campaign: Campaign) -> Progress:
    """Return how far the money of a campaign that keeps nothing went back. As many queries, however many gifts."""
    paid = Donation.objects.filter(campaign=campaign, payment__state=Payment.State.SUCCEEDED)
    paid = paid.filter(payment__booked_event="gift_until_goal")
    refunds = Refund.objects.filter(payment__in=paid.values("payment"))
    gone = refunds.filter(reason__in=[reason for reason, _event in ENDINGS.values()]).aggregate(
        returned=Count("pk", filter=Q(state=Refund.State.SUCCEEDED)),
        owed=Count("pk", filter=Q(state=Refund.State.REFUSED)),
        under_way=Count("pk", filter=Q(state__in=UNFINISHED)),
        is_short=Count("pk", filter=Q(short_since__isnull=False)),  # asked for, and ЮKassa had not the money
    )
    is_short = gone.pop("is_short") > 0
    kept = paid.filter(payment__booked_subject=FUND).count()
    first = _left(campaign).order_by("pk").first()
    gifts = kept + sum(gone.values()) + _left(campaign).count()
    return Progress(gifts, kept_by_fund=kept, is_short=is_short or _waits_for_money(first), **gone)


def _waiting() -> QuerySet[Donation]:
    under_way = Refund.objects.filter(payment=OuterRef("payment"), state__in=UNFINISHED)
    gifts: QuerySet[Donation] = Donation.objects.kept().filter(payment__booked_event="gift_until_goal")
    return gifts.exclude(Exists(under_way))


def _left(campaign: Campaign) -> QuerySet[Donation]:
    return _waiting().filter(campaign=campaign)


def _ready(campaign: Campaign, now: datetime) -> QuerySet[Donation]:
    """Return what is left but for gifts whose fee is kept and not told yet: they hold up nobody."""
    since = now - COMMISSION_PATIENCE
    untold = Q(is_fee_kept=True, payment__income_kopecks__isnull=True, payment__settled_at__gt=since)
    return _left(campaign).exclude(untold & Q(is_kept_if_late=False))


@transaction.atomic
def _settle(donation_id: int, campaign: Campaign, now: datetime) -> bool:
    """Send one gift back, or give it to the fund; return whether there was the money for it."""
    payment_id = Donation.objects.values_list("payment", flat=True).get(pk=donation_id)
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    gift = _left(campaign).filter(pk=donation_id).select_related("donor").first()
    if gift is None:  # somebody else did it meanwhile
        return True
    kept = Kopecks(gift.kept_kopecks)  # type: ignore[attr-defined]  # annotated
    reason, kept_event = ENDINGS[Campaign.Status(campaign.status)]
    if gift.is_kept_if_late:
        ledger.post_event(
            event=kept_event,
            subject=campaign.slug,
            amounts={"gross": kept},
            key=f"{kept_event}:{payment.reference}",
            business_date=moscow_date(now),
            reference=gift.number,
        )
        payment.booked_subject = FUND
        payment.save(update_fields=["booked_subject"])
        if gift.donor is not None:
            key, context = f"kept:{payment.reference}", {"donation": gift.pk}
            queue_letter(kind=KEPT, key=key, to=gift.donor, context=context, now=now)
        return True
    is_fee_kept = gift.is_fee_kept and reason == Refund.Reason.GOAL_MISSED  # of a cancelled one all returns
    parts = split(payment=payment, is_fee_kept=is_fee_kept, now=now)
    if parts is None:  # ЮKassa tells its fee within minutes
        return True
    if not is_covered(amount_kopecks=parts.back_kopecks):
        return False
    payments.request_refund(
        payment_id=payment.pk,
        amount_kopecks=parts.back_kopecks,
        fee_kopecks=parts.fee_kopecks,
        reason=reason,
        request_key=f"missed:{payment.reference}:{kept}",
        now=now,
    )
    return True


def _waits_for_money(gift: Donation | None) -> bool:
    """Return whether what lies at ЮKassa would not do for this gift, the next one."""
    if gift is None or gift.is_kept_if_late:
        return False
    return is_short(amount_kopecks=gift.kept_kopecks)  # type: ignore[attr-defined]  # annotated
