"""Campaigns, what they need the money for, and the gifts to them. What was raised stands in the books alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fund.payments.models import Payment, Refund

if TYPE_CHECKING:
    from datetime import datetime


RESERVED_SLUGS = ("debts", "fund")  # accounts 76.debts and 86.fund are the fund's own


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Campaigns, by who may see them."""

    def published(self) -> CampaignQuerySet:
        """Return those that the public sees: live or closed."""
        return self.exclude(status=Campaign.Status.DRAFT)


class Campaign(models.Model):
    """A city project that collects money."""

    class Status(models.TextChoices):
        """Whether the public sees it and may give."""

        DRAFT = "draft", _("Draft")
        LIVE = "live", _("Collecting")
        CLOSED = "closed", _("Closed")

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300)
    story = models.TextField()
    theme = models.CharField(max_length=60, blank=True)
    organiser = models.ForeignKey("communities.Community", models.PROTECT, null=True, related_name="campaigns")
    goal_kopecks = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(condition=Q(goal_kopecks__gt=0), name="campaign_goal_positive"),
            models.CheckConstraint(condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="campaign_slug_shape"),
            models.CheckConstraint(condition=~Q(slug__in=RESERVED_SLUGS), name="campaign_slug_not_reserved"),
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="campaign_closes_after_opening",
            ),
        ]
        indexes = [models.Index(fields=["status", "-opens_at", "-id"], name="campaign_newest")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the campaign's page."""
        return reverse("campaigns:detail", kwargs={"slug": self.slug})

    def is_open(self, at: datetime) -> bool:
        """Return whether it takes gifts at that moment."""
        is_in_time = self.opens_at <= at and (self.closes_at is None or at < self.closes_at)
        return self.status == self.Status.LIVE and is_in_time

    def days_left(self, now: datetime) -> int | None:
        """Return how many days remain, begun ones too; None where there is no end."""
        if self.closes_at is None:
            return None
        return max(0, -((now - self.closes_at) // timedelta(days=1)))


class BudgetLine(models.Model):
    """One thing that the money is for."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="budget_lines")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    note = models.CharField(max_length=300, blank=True)
    amount_kopecks = models.BigIntegerField()

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(fields=["campaign", "position"], name="budget_line_position_unique"),
            models.CheckConstraint(condition=Q(amount_kopecks__gt=0), name="budget_line_amount_positive"),
        ]

    def __str__(self) -> str:
        return self.title


class DonationQuerySet(models.QuerySet["Donation"]):
    """Gifts, by what became of their money."""

    def kept(self) -> models.QuerySet[Any]:
        """Return those whose money came for their campaign and has not all left it; ``kept_kopecks`` is what stays."""
        left = Refund.objects.filter(
            payment=OuterRef("payment"), state__in=[Refund.State.SUCCEEDED, Refund.State.REFUSED]
        )
        total = left.values("payment").annotate(total=Sum("amount_kopecks")).values("total")
        stays = F("amount_kopecks") - Coalesce(Subquery(total), 0)
        paid = self.filter(payment__state=Payment.State.SUCCEEDED, payment__booked_subject=F("campaign__slug"))
        return paid.annotate(kept_kopecks=stays).filter(kept_kopecks__gt=0)


class Donation(models.Model):
    """One gift. Whether it is paid is its payment's word; who gave it stands apart."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="donations")
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="+")
    donor = models.OneToOneField("people.Donor", models.SET_NULL, null=True, related_name="donation")
    amount_kopecks = models.BigIntegerField()
    message = models.CharField(max_length=500, blank=True)
    is_kept_if_late = models.BooleanField(default=False)
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
