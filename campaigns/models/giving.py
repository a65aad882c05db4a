"""Gifts to campaigns, the statements of them, and names that are not shown."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign
from fund.payments.models import Chargeback, Payment, Refund
from people.models import Letter, Visit


class DonationQuerySet(models.QuerySet["Donation"]):
    """Gifts, by what became of their money."""

    def paid(self) -> models.QuerySet[Any]:
        """Return those whose money came; ``kept_kopecks`` is what has not gone back: owed, returned or disputed."""
        left = Refund.objects.filter(
            payment=OuterRef("payment"), state__in=[Refund.State.SUCCEEDED, Refund.State.REFUSED]
        )
        total = left.values("payment").annotate(total=Sum(F("amount_kopecks") + F("fee_kopecks"))).values("total")
        disputed = Chargeback.objects.filter(payment=OuterRef("payment")).values("payment")
        taken = disputed.annotate(total=Sum("gift_kopecks")).values("total")
        stays = F("amount_kopecks") - Coalesce(Subquery(total), 0) - Coalesce(Subquery(taken), 0)
        return self.filter(payment__state=Payment.State.SUCCEEDED).annotate(kept_kopecks=stays)

    def kept(self) -> models.QuerySet[Any]:
        """Return those whose money came for their campaign and has not all left it.

        Of a gift that came from another project ``kept_kopecks`` is what was not spent there.
        """
        paid = self.paid().filter(payment__booked_subject=F("campaign__slug"))
        here: models.QuerySet[Any] = paid.annotate(kept_kopecks=F("kept_kopecks") - F("spent_before_kopecks"))
        return here.filter(kept_kopecks__gt=0)

    def unfinished(self) -> models.QuerySet[Any]:
        """Return those about which something is still to happen: payment, refund, receipt or letter."""
        refunds = Refund.objects.filter(
            payment=OuterRef("payment"), state__in=[Refund.State.CREATING, Refund.State.PENDING]
        )
        letters = Letter.objects.waiting().filter(donor=OuterRef("donor"))
        asked = Q(refund_requests__state="open")
        return self.filter(
            Q(payment__state__in=[Payment.State.CREATING, Payment.State.PENDING])
            | Q(receipt_due_at__isnull=False, letter__isnull=True)
            | Exists(refunds)
            | Exists(self.model.objects.filter(asked, pk=OuterRef("pk")))
            | Exists(letters)
        )


class Donation(models.Model):
    """One gift. Whether it is paid is its payment's word; who gave it stands apart."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="donations")
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="+")
    donor = models.OneToOneField("people.Donor", models.SET_NULL, null=True, related_name="donation")
    charge = models.ForeignKey("campaigns.Charge", models.PROTECT, null=True, related_name="donations", db_index=False)
    amount_kopecks = models.BigIntegerField()
    message = models.CharField(max_length=500, blank=True)
    is_kept_if_late = models.BooleanField(default=False)
    spent_before_kopecks = models.BigIntegerField(default=0, db_default=0)  # for another project, before it moved here
    is_fee_kept = models.BooleanField(default=False, db_default=False)
    token = models.CharField(max_length=43, unique=True)
    request_key = models.CharField(max_length=70, unique=True)
    request_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    receipt_due_at = models.DateTimeField(null=True)
    receipt_name = models.CharField(max_length=120, blank=True)
    letter = models.OneToOneField("people.Letter", models.PROTECT, null=True, related_name="+")

    objects = DonationQuerySet.as_manager()

    class Meta:
        """The database's own rules."""

        constraints = [models.CheckConstraint(condition=Q(amount_kopecks__gt=0), name="donation_amount_positive")]
        indexes = [
            models.Index(fields=["campaign", "created_at"], name="donation_pace"),
            models.Index(fields=["charge"], name="donation_of_charge", condition=Q(charge__isnull=False)),
            models.Index(
                fields=["receipt_due_at"],
                name="donation_receipt_due",
                condition=Q(receipt_due_at__isnull=False, letter__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Return the gift's own secret page."""
        return reverse("gifts:gift", kwargs={"token": self.token})

    @property
    def number(self) -> str:
        """Return the public number, by which the books know the gift."""
        return f"{self.pk:06}"


class Statement(models.Model):
    """A donor's PDF of one year's gifts, made by the worker; it goes with the visit that asked for it."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="statements")
    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    year = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        indexes = [models.Index(fields=["asked_at"], name="statement_unmade", condition=Q(made_at__isnull=True))]

    def __str__(self) -> str:
        return f"statement {self.pk}"

    def get_absolute_url(self) -> str:
        """Return the page that waits for the file and offers it."""
        return reverse("my:statement", kwargs={"reference": self.reference})

    @property
    def file_name(self) -> str:
        """Return the storage's name of the file."""
        return f"statements/{self.reference}.pdf"


class HiddenName(models.Model):
    """A public name that a moderator took off the campaign's page. The row goes when the name is shown again."""

    class Reason(models.TextChoices):
        """What is wrong with the name."""

        INSULT = "insult", _("Insult or threat")
        PERSONAL = "personal", _("Somebody else's name, address or telephone")
        ADVERTISING = "advertising", _("Advertising")
        UNLAWFUL = "unlawful", _("Against the law")

    donation = models.OneToOneField(Donation, models.CASCADE, related_name="hidden_name")
    reason = models.CharField(max_length=16, choices=Reason)
    hidden_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    hidden_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"name of {self.donation_id}"
