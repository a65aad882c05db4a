"""What one member of staff proposes about refunds and another one confirms."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fund.payments.models.money import Payment, Refund


class Proposed(models.Model):
    """Something that one member of staff asks for and another one allows."""

    request_key = models.CharField(max_length=64, unique=True)
    proposed_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        """No table of its own."""

        abstract = True


class RefundProposal(Proposed):
    """Somebody of the staff wants a sum to go back. Decided once; the database refuses a second decision.

    ``note`` and ``answer`` are typed by people and stay here: nothing of them reaches the books.
    """

    class State(models.TextChoices):
        """Forward only: proposed → approved | rejected | withdrawn; or direct, where one person was enough."""

        PROPOSED = "proposed", _("Waits for a second person")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        DIRECT = "direct", _("Small: no second person needed")

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="proposals")
    amount_kopecks = models.BigIntegerField()
    reason = models.CharField(max_length=32, choices=Refund.Reason)
    note = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.PROPOSED)
    refund = models.OneToOneField(Refund, models.PROTECT, null=True, related_name="proposal")

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(condition=Q(amount_kopecks__gt=0), name="proposal_amount_positive"),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "rejected"]) | ~Q(decided_by=F("proposed_by")),
                name="proposal_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by__isnull=True, decided_at__isnull=True, refund__isnull=True)
                | Q(state="direct", decided_by__isnull=True, decided_at__isnull=False, refund__isnull=False)
                | Q(state="approved", decided_by__isnull=False, decided_at__isnull=False, refund__isnull=False)
                | Q(
                    state__in=["rejected", "withdrawn"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    refund__isnull=True,
                ),
                name="proposal_decided_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(decided_by=F("proposed_by")),
                name="proposal_withdrawn_by_its_author",
            ),
        ]
        indexes = [
            models.Index(fields=["proposed_at"], name="proposal_open", condition=Q(state="proposed")),
            models.Index(fields=["proposed_by", "proposed_at"], name="proposal_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk} ({self.state})"


class LostRefund(Proposed):
    """Somebody of the staff saw in ЮKassa's cabinet that a refund whose key is lost is not there.

    Confirmed by a second person the refund is owed to the donor. Decided once; the database refuses a second standing
    word of the same refund. ``note`` and ``answer`` are typed by people and stay here.
    """

    class State(models.TextChoices):
        """Forward only: proposed → approved | rejected | withdrawn."""

        PROPOSED = "proposed", _("Waits for a second person")
        APPROVED = "approved", _("Confirmed: owed to the donor")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="losses")
    note = models.CharField(max_length=300)
    state = models.CharField(max_length=16, choices=State, default=State.PROPOSED)

    class Meta:
        """The database's own rules; ``migrations/0026_lost_refunds.py`` guards what was written."""

        constraints = [
            models.CheckConstraint(condition=~Q(note=""), name="lost_refund_says_what_was_seen"),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "rejected"]) | ~Q(decided_by=F("proposed_by")),
                name="lost_refund_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(decided_by=F("proposed_by")),
                name="lost_refund_withdrawn_by_its_author",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="lost_refund_decided_whole",
            ),
            models.UniqueConstraint(
                fields=["refund"], condition=Q(state__in=["proposed", "approved"]), name="lost_refund_once"
            ),
        ]
        indexes = [models.Index(fields=["proposed_at"], name="lost_refund_open", condition=Q(state="proposed"))]

    def __str__(self) -> str:
        return f"lost refund {self.pk} ({self.state})"
