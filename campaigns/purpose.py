"""How a paid gift goes into the books, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from campaigns import selectors
from campaigns.letters import LATE, REFUND, REPAID
from campaigns.life.moves import share_campaign
from campaigns.models import Campaign, Donation
from fund.payments.models import Refund
from fund.payments.purposes import Booking, Label, RefundEvents, Undivided
from people.models import Letter
from people.outbox import queue_letter

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

    from fund.payments.models import Payment

FUND_SUBJECT = "fund"
REFUNDS_OF_OWED: dict[str, str] = {
    Campaign.Status.NOT_FUNDED: "goal_missed_refund",
    Campaign.Status.CANCELLED: "cancelled_refund",
}


class DonationPurpose(Undivided):
    """A gift to a campaign."""

    def book(self, *, payment: Payment, paid_at: datetime, now: datetime) -> Booking:
        """Book the gift for its campaign; one that came too late goes back, or to the fund if the donor chose so."""
        donation = Donation.objects.select_related("donor").get(payment=payment)
        campaign = donation.campaign = share_campaign(campaign_id=donation.campaign_id)
        ends_at = campaign.ends_at
        is_in_time = ends_at is None or paid_at < ends_at
        if not is_in_time and not donation.is_kept_if_late:
            _write(donation, LATE, f"late:{payment.reference}", now)
            reason = Refund.Reason.CAMPAIGN_CLOSED.value
            return Booking("gift", donation.campaign.slug, donation.number, refund_reason=reason)
        Donation.objects.filter(pk=donation.pk).update(receipt_due_at=now)
        if not is_in_time:
            return Booking("gift", FUND_SUBJECT, donation.number)
        return Booking("gift_until_goal" if campaign.is_owed else "gift", campaign.slug, donation.number)

    def refund_events(self, *, payment: Payment) -> RefundEvents:
        """Return from where the money goes back: what is owed to donors, or what is the project's."""
        if payment.refunds.filter(reason=Refund.Reason.PURPOSE_CHANGED, operation=None).exists():
            return RefundEvents("purpose_refund")
        if payment.booked_event != "gift_until_goal":
            return RefundEvents()
        donation = Donation.objects.get(payment=payment)
        campaign = share_campaign(campaign_id=donation.campaign_id)
        if payment.booked_subject != campaign.slug or not campaign.is_owed:
            return RefundEvents()
        return RefundEvents(
            returned=REFUNDS_OF_OWED.get(campaign.status, "refund_until_goal"),
            refused="refund_until_goal_refused",
            disputed="chargeback_until_goal",
            fee="fee_kept_until_goal",
        )

    def refunded(self, *, refund: Refund, now: datetime) -> None:
        """Let the donor know that the money is back, or owed."""
        donation = Donation.objects.select_related("donor").get(payment=refund.payment_id)
        _write(donation, REFUND, f"refund:{refund.reference}", now, refund=refund.pk)

    def repaid(self, *, refund: Refund, now: datetime) -> None:
        """Let the donor know that the debt is paid by bank."""
        donation = Donation.objects.select_related("donor").get(payment=refund.payment_id)
        _write(donation, REPAID, f"repaid:{refund.reference}", now, refund=refund.pk)

    def settled(self, *, payment: Payment) -> None:
        """Let donors be counted anew and start the receipt; a sweep does it where this is lost."""
        from campaigns import tasks
        from campaigns.funding.tasks import meet_goal
        from campaigns.subscriptions.tasks import follow_charge

        slugs = Donation.objects.filter(payment=payment).values_list("campaign__slug", flat=True)
        selectors.forget_donors(slugs=list(slugs))
        for charge_id in Donation.objects.filter(payment=payment, charge__isnull=False).values_list(
            "charge", flat=True
        ):
            follow_charge.delay(charge_id=charge_id)
        due = Donation.objects.filter(payment=payment, receipt_due_at__isnull=False, letter__isnull=True)
        for donation_id in due.values_list("pk", flat=True):
            tasks.finish_receipt.delay(donation_id=donation_id)
        owed = Campaign.objects.filter(donations__payment=payment, funding=Campaign.Funding.ALL_OR_NOTHING)
        for campaign_id in owed.filter(goal_met_at__isnull=True).values_list("pk", flat=True):
            meet_goal.delay(campaign_id=campaign_id)

    def labels(self, *, payment_ids: Collection[int]) -> dict[int, Label]:
        """Return number and campaign of the gifts behind payments. One query."""
        gifts = Donation.objects.filter(payment__in=payment_ids).select_related("campaign")
        return {gift.payment_id: Label(gift.number, gift.campaign.title) for gift in gifts}

    def numbered(self, *, numbers: Collection[int]) -> dict[int, int]:
        """Return payments by the public numbers of their gifts. One query."""
        return dict(Donation.objects.filter(pk__in=numbers).values_list("pk", "payment"))

    def letters(self, *, payment: Payment) -> QuerySet[Letter]:
        """Return the letters to the donor about this gift. One query."""
        return Letter.objects.filter(donor__donation__payment=payment)

    def about(self, *, subject: str) -> QuerySet[Any, int]:
        """Return the payments of a campaign's gifts."""
        return Donation.objects.filter(campaign__slug=subject).values_list("payment", flat=True)


def _write(donation: Donation, kind: str, key: str, now: datetime, **more: int) -> None:
    """Queue a letter; the sweep sends it. Nobody is left to write to where the donor was erased."""
    if donation.donor is not None:
        queue_letter(kind=kind, key=key, to=donation.donor, context={"donation": donation.pk, **more}, now=now)
