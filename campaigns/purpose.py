"""How a paid gift goes into the books, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaigns import selectors
from campaigns.models import Donation
from fund.payments.models import Refund
from fund.payments.purposes import Booking

if TYPE_CHECKING:
    from datetime import datetime

    from fund.payments.models import Payment

FUND_SUBJECT = "fund"


class DonationPurpose:
    """A gift to a campaign."""

    def book(self, *, payment: Payment, paid_at: datetime, now: datetime) -> Booking:
        """Book the gift for its campaign; one that came too late goes back, or to the fund if the donor chose so."""
        donation = Donation.objects.select_related("campaign").get(payment=payment)
        is_in_time = donation.campaign.closes_at is None or paid_at < donation.campaign.closes_at
        if not is_in_time and not donation.is_kept_if_late:
            reason = Refund.Reason.CAMPAIGN_CLOSED.value
            return Booking("gift", donation.campaign.slug, donation.number, refund_reason=reason)
        Donation.objects.filter(pk=donation.pk).update(receipt_due_at=now)
        subject = donation.campaign.slug if is_in_time else FUND_SUBJECT
        return Booking("gift", subject, donation.number)

    def settled(self, *, payment: Payment) -> None:
        """Let donors be counted anew and start the receipt; a sweep does it where this is lost."""
        from campaigns import tasks

        slugs = Donation.objects.filter(payment=payment).values_list("campaign__slug", flat=True)
        selectors.forget_donors(slugs=list(slugs))
        due = Donation.objects.filter(payment=payment, receipt_due_at__isnull=False, letter_sent_at__isnull=True)
        for donation_id in due.values_list("pk", flat=True):
            tasks.finish_receipt.delay(donation_id=donation_id)
