"""Payments and refunds, as far as we know them; ЮKassa's word moves them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import datetime

KEY_LIFE = timedelta(hours=23)  # ЮKassa forgets a key after 24; an hour for clocks and queues


class Cause(models.TextChoices):
    """What made us look at a payment or refund, so that its state moved."""

    REQUEST = "request", _("a request on the site")
    NOTIFICATION = "notification", _("a notification of ЮKassa")
    RECONCILER = "reconciler", _("our own look at ЮKassa")
    COMPARISON = "comparison", _("the comparison of days")
    STAFF = "staff", _("a member of staff")


class Asked(models.Model):
    """Something that ЮKassa was asked for: its key, its attempts, when to look again. Committed before it is asked."""

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    idempotence_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    amount_kopecks = models.BigIntegerField()
    yookassa_id = models.CharField(max_length=64, null=True, unique=True)
    cancel_reason = models.CharField(max_length=64, blank=True)
    operation = models.OneToOneField("ledger.Operation", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    first_attempt_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    next_check_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    moved_by = models.CharField(max_length=16, choices=Cause, default=Cause.REQUEST, db_default=Cause.REQUEST.value)
    is_first_attempt = False  # in no column: whether the attempt under way is the first with its key

    class Meta:
        """No table of its own."""

        abstract = True

    def has_lost_key(self, now: datetime) -> bool:
        """Return whether ЮKassa may have forgotten the key: sent once more, it could charge or pay twice."""
        return self.first_attempt_at is not None and now - self.first_attempt_at >= KEY_LIFE


class Payment(Asked):
    """One intent to pay, committed before ЮKassa hears of it."""

    class State(models.TextChoices):
        """Forward only: creating → pending → succeeded | canceled."""

        CREATING = "creating", _("Being created")
        PENDING = "pending", _("Waiting to be paid")
        SUCCEEDED = "succeeded", _("Paid")
        CANCELED = "canceled", _("Not paid")

    purpose = models.CharField(max_length=32)
    description = models.CharField(max_length=128)
    return_url = models.CharField(max_length=2048)
    state = models.CharField(max_length=16, choices=State, default=State.CREATING)
    confirmation_url = models.CharField(max_length=2048, blank=True)
    method = models.CharField(max_length=32, blank=True)
    income_kopecks = models.BigIntegerField(null=True)
    booked_event = models.CharField(max_length=40, blank=True)
    booked_subject = models.CharField(max_length=80, blank=True)
    booked_reference = models.CharField(max_length=64, blank=True)
    commission_operation = models.OneToOneField("ledger.Operation", models.PROTECT, null=True, related_name="+")
    saves_method = models.BooleanField(default=False, db_default=False)
    charged_method = models.ForeignKey(
        "payments.SavedMethod", models.PROTECT, null=True, related_name="charges", db_index=False
    )
    spent_kopecks = models.BigIntegerField(default=0, db_default=0)  # known to be spent: it can't go back any more

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(condition=Q(amount_kopecks__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(income_kopecks__isnull=True)
                | Q(income_kopecks__gte=0, income_kopecks__lte=F("amount_kopecks")),
                name="payment_income_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(state="succeeded", operation__isnull=False)
                | (~Q(state="succeeded") & Q(operation__isnull=True)),
                name="payment_paid_is_booked",
            ),
            models.CheckConstraint(
                condition=Q(spent_kopecks__gte=0, spent_kopecks__lte=F("amount_kopecks")),
                name="payment_spent_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(state="creating") | Q(state="canceled") | Q(yookassa_id__isnull=False),
                name="payment_known_to_yookassa",
            ),
        ]
        indexes = [
            models.Index(fields=["next_check_at"], name="payment_due", condition=Q(next_check_at__isnull=False)),
            models.Index(fields=["settled_at"], name="payment_settled", condition=Q(state="succeeded")),
            models.Index(fields=["-created_at", "-id"], name="payment_newest"),
            models.Index(fields=["amount_kopecks", "-created_at", "-id"], name="payment_by_amount"),
            models.Index(
                fields=["created_at"], name="payment_unfinished", condition=Q(state__in=["creating", "pending"])
            ),
            models.Index(
                fields=["charged_method"], name="payment_of_method", condition=Q(charged_method__isnull=False)
            ),
            models.Index(
                fields=["settled_at"],
                name="payment_no_commission",
                condition=Q(state="succeeded", income_kopecks__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk} ({self.state})"

    @property
    def commission_kopecks(self) -> int | None:
        """Return what ЮKassa kept; None until it says so."""
        return None if self.income_kopecks is None else self.amount_kopecks - self.income_kopecks


class RefundQuerySet(models.QuerySet["Refund"]):
    """Refunds, by what is still to happen."""

    def unfinished(self) -> RefundQuerySet:
        """Return those of which ЮKassa has not spoken its last word."""
        return self.filter(state__in=["creating", "pending"])

    def owed(self) -> RefundQuerySet:
        """Return debts: refused by ЮKassa, and not paid another way yet."""
        return self.filter(state="refused", discharged_kopecks__lt=F("amount_kopecks"))

    def short(self) -> RefundQuerySet:
        """Return those that ЮKassa had no money for: they wait for a top-up."""
        return self.filter(short_since__isnull=False)


class Refund(Asked):
    """Money on its way back to who paid.

    ``fee_kopecks``: ЮKassa's fee, kept from what goes back. ``discharged_kopecks``: what of a refused one was paid by
    bank, or taken by the donor's bank. ``short_since``: ЮKassa had no money for it; it is asked for anew, with another
    key, from ``creating`` on.
    """

    class State(models.TextChoices):
        """Forward only: creating → pending → succeeded | refused | dropped; but see ``short_since``."""

        CREATING = "creating", _("Being asked for")
        PENDING = "pending", _("On its way")
        SUCCEEDED = "succeeded", _("Returned")
        REFUSED = "refused", _("Refused: owed to the donor")
        DROPPED = "dropped", _("Dropped: the donor's bank took the money back")

    class Reason(models.TextChoices):
        """Why the money goes back."""

        CAMPAIGN_CANCELLED = "campaign_cancelled", _("The campaign was cancelled")
        CAMPAIGN_CLOSED = "campaign_closed", _("The campaign was closed before the money came")
        DONOR_REQUEST = "donor_request", _("The donor asked for it")
        GOAL_MISSED = "goal_missed", _("The campaign missed its goal")
        MISTAKE = "mistake", _("Paid by mistake")
        SOLD_OUT = "sold_out", _("Nothing is left of what was bought")
        ORDER_CANCELLED = "order_cancelled", _("The order was cancelled")
        GOODS_RETURNED = "goods_returned", _("Goods came back")
        PURPOSE_CHANGED = "purpose_changed", _("The project can't use the money as it promised")

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    request_key = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=32, choices=Reason)
    state = models.CharField(max_length=16, choices=State, default=State.CREATING)
    fee_kopecks = models.BigIntegerField(default=0, db_default=0)
    fee_operation = models.OneToOneField("ledger.Operation", models.PROTECT, null=True, related_name="+")
    discharged_kopecks = models.BigIntegerField(default=0, db_default=0)
    short_since = models.DateTimeField(null=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(condition=Q(amount_kopecks__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(state__in=["succeeded", "refused"], operation__isnull=False)
                | Q(state__in=["creating", "pending", "dropped"], operation__isnull=True),
                name="refund_booked_when_final",
            ),
            models.CheckConstraint(condition=Q(fee_kopecks__gte=0), name="refund_fee_not_negative"),
            models.CheckConstraint(
                condition=Q(discharged_kopecks=0)
                | Q(state="refused", discharged_kopecks__gt=0, discharged_kopecks__lte=F("amount_kopecks")),
                name="refund_debt_discharged_once",
            ),
        ]
        indexes = [
            models.Index(fields=["next_check_at"], name="refund_due", condition=Q(next_check_at__isnull=False)),
            models.Index(fields=["created_at"], name="refund_not_returned", condition=~Q(state="succeeded")),
            models.Index(fields=["short_since"], name="refund_short", condition=Q(short_since__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"refund {self.pk} ({self.state})"

    def is_lost(self, now: datetime) -> bool:
        """Return whether ЮKassa was never heard about it, and its key is too old to ask again."""
        return self.state == self.State.CREATING and self.has_lost_key(now)

    @property
    def owed_kopecks(self) -> int:
        """Return what of it the fund owes the donor: ЮKassa refused it, and nobody has paid it another way yet."""
        return self.amount_kopecks - self.discharged_kopecks if self.state == self.State.REFUSED else 0
