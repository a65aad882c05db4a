"""What donors ask of a gift they made: to have it back; and where to pay what the fund owes them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.giving import Donation
from fund.payments.models import RefundProposal


class RefundRequest(models.Model):
    """A donor asks for a gift back, and says why. One is open at a time; an agreed one goes the staff's way of refunds.

    ``reason`` is the donor's own word: it goes when the donor is erased.
    """

    class State(models.TextChoices):
        """Forward only: open → agreed | declined | closed; an agreed one that a second person rejects opens again."""

        OPEN = "open", _("Waits for an answer")
        AGREED = "agreed", _("Agreed")
        DECLINED = "declined", _("Declined")
        CLOSED = "closed", _("No longer needed")

    donation = models.ForeignKey(Donation, models.PROTECT, related_name="refund_requests")
    reason = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=500, blank=True)
    proposal = models.OneToOneField(RefundProposal, models.PROTECT, null=True, related_name="+")

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(
                fields=["donation"], condition=Q(state="open"), name="refund_request_one_open_a_gift"
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True, proposal__isnull=True)
                | Q(state="agreed", answered_at__isnull=False, answered_by__isnull=False, proposal__isnull=False)
                | Q(state="declined", answered_at__isnull=False, answered_by__isnull=False, proposal__isnull=True)
                | Q(state="closed", answered_at__isnull=False, proposal__isnull=True),
                name="refund_request_answered_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(answer=""), name="refund_request_declined_says_why"
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], name="refund_request_open", condition=Q(state="open"))]

    def __str__(self) -> str:
        return f"refund request {self.pk} ({self.state})"


class BankDetails(models.Model):
    """Where the fund pays what it owes of a gift: sealed, shown to the treasurer alone, deleted after the payment."""

    donation = models.OneToOneField(Donation, models.PROTECT, related_name="bank_details")
    sealed = models.TextField()
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"bank details {self.pk}"
