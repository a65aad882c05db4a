"""Gifts that come each month: what was agreed, each month's charge, and every step of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign
from fund.payments.models import SavedMethod
from people.models import Donor, Letter


class Subscription(models.Model):
    """A donor lets the fund charge a sum each month. A promise is no money: it counts nowhere as raised.

    ``donor`` is who agreed to it last: who raises the sum agrees anew. ``next_at`` is when the next charge is due of
    which nobody was told yet. The secret link is the token; only the donor's letters and browser know it.
    """

    class State(models.TextChoices):
        """Forward only: awaiting → active → ended; the database keeps the steps."""

        AWAITING = "awaiting", _("Waits for the first payment")
        ACTIVE = "active", _("Goes on")
        ENDED = "ended", _("Ended")

    class Ending(models.TextChoices):
        """Why it ended."""

        DONOR = "donor", _("The donor stopped it")
        REFUSED = "refused", _("The charges were refused too often")
        CARD = "card", _("The card can't be charged any more")
        CAMPAIGN = "campaign", _("The project takes no more gifts")
        ERASED = "erased", _("The donor's data were erased")
        NOT_PAID = "not_paid", _("The first payment was not made")
        NOT_KEPT = "not_kept", _("The way to pay can't be charged each month")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="subscriptions")
    donor = models.ForeignKey(Donor, models.PROTECT, related_name="subscriptions")
    method = models.OneToOneField(SavedMethod, models.PROTECT, null=True, related_name="+")
    amount_kopecks = models.BigIntegerField()
    anchor_day = models.PositiveSmallIntegerField()
    token = models.CharField(max_length=43, unique=True)
    state = models.CharField(max_length=16, choices=State, default=State.AWAITING)
    ended_because = models.CharField(max_length=16, choices=Ending, blank=True)
    refusals = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules; what guards its life is in ``migrations/0040_monthly.sql``."""

        constraints = [
            models.CheckConstraint(condition=Q(amount_kopecks__gt=0), name="subscription_amount_positive"),
            models.CheckConstraint(
                condition=Q(anchor_day__gte=1, anchor_day__lte=31), name="subscription_anchor_is_a_day"
            ),
            models.CheckConstraint(
                condition=Q(state="awaiting", method__isnull=True, next_at__isnull=True)
                | Q(state="active", method__isnull=False, next_at__isnull=False)
                | Q(state="ended", method__isnull=True, next_at__isnull=True),
                name="subscription_active_can_charge",
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) & ~Q(ended_because="")
                | ~Q(state="ended") & Q(ended_at__isnull=True, ended_because=""),
                name="subscription_ended_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="subscription_due", condition=Q(state="active")),
            models.Index(fields=["campaign"], name="subscription_open", condition=~Q(state="ended")),
        ]

    def __str__(self) -> str:
        return f"subscription {self.pk} ({self.state})"

    def get_absolute_url(self) -> str:
        """Return the subscription's own secret page."""
        return reverse("monthly:subscription", kwargs={"token": self.token})


class SubscriptionStep(models.Model):
    """A subscription moved, or its sum changed. The database writes these rows itself, and nobody else can."""

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="steps")
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16)
    amount_kopecks = models.BigIntegerField()
    reason = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class Charge(models.Model):
    """One month of a subscription. Each attempt at it is a gift of its own, one after the other; one at most is paid.

    ``month`` is the first day of the month in Moscow, in which every attempt lies. ``due_at`` is what the donor was
    told, ``next_try_at`` when the next attempt is made.
    """

    class State(models.TextChoices):
        """waiting ⇄ trying → paid | failed; waiting → failed | dropped."""

        WAITING = "waiting", _("Waits for its day")
        TRYING = "trying", _("Is being paid")
        PAID = "paid", _("Paid")
        FAILED = "failed", _("Not paid")
        DROPPED = "dropped", _("Not needed any more")

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="charges")
    month = models.DateField()
    amount_kopecks = models.BigIntegerField()
    due_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    letter = models.OneToOneField(Letter, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    failed_because = models.CharField(max_length=64, blank=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(fields=["subscription", "month"], name="charge_once_a_month"),
            models.CheckConstraint(condition=Q(amount_kopecks__gt=0), name="charge_amount_positive"),
            models.CheckConstraint(condition=Q(month__day=1), name="charge_of_a_month"),
            models.CheckConstraint(
                condition=Q(state="waiting", next_try_at__isnull=False)
                | ~Q(state="waiting") & Q(next_try_at__isnull=True),
                name="charge_waiting_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="charge_due", condition=Q(state="waiting")),
            models.Index(fields=["subscription"], name="charge_trying", condition=Q(state="trying")),
        ]

    def __str__(self) -> str:
        return f"charge {self.pk} ({self.state})"
