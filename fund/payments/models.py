"""Payments, refunds and notifications, as far as we know them; ЮKassa's word moves them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


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

    class Meta:
        """No table of its own."""

        abstract = True


class Payment(Asked):
    """One intent to pay, committed before ЮKassa hears of it."""

    class State(models.TextChoices):
        """Forward only: creating → pending → succeeded | canceled."""

        CREATING = "creating", _("Being created")
        PENDING = "pending", _("Waiting for the donor")
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
                condition=Q(state="creating") | Q(state="canceled") | Q(yookassa_id__isnull=False),
                name="payment_known_to_yookassa",
            ),
        ]
        indexes = [
            models.Index(fields=["next_check_at"], name="payment_due", condition=Q(next_check_at__isnull=False)),
            models.Index(fields=["settled_at"], name="payment_settled", condition=Q(state="succeeded")),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk} ({self.state})"


class Refund(Asked):
    """Money on its way back to who paid."""

    class State(models.TextChoices):
        """Forward only: creating → pending → succeeded | refused."""

        CREATING = "creating", _("Being asked for")
        PENDING = "pending", _("On its way")
        SUCCEEDED = "succeeded", _("Returned")
        REFUSED = "refused", _("Refused: owed to the donor")

    class Reason(models.TextChoices):
        """Why the money goes back."""

        CAMPAIGN_CLOSED = "campaign_closed", _("The campaign was closed before the money came")
        DONOR_REQUEST = "donor_request", _("The donor asked for it")
        MISTAKE = "mistake", _("Paid by mistake")

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    request_key = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=32, choices=Reason)
    state = models.CharField(max_length=16, choices=State, default=State.CREATING)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(condition=Q(amount_kopecks__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(state__in=["succeeded", "refused"], operation__isnull=False)
                | Q(state__in=["creating", "pending"], operation__isnull=True),
                name="refund_final_is_booked",
            ),
        ]
        indexes = [models.Index(fields=["next_check_at"], name="refund_due", condition=Q(next_check_at__isnull=False))]

    def __str__(self) -> str:
        return f"refund {self.pk} ({self.state})"


class Notification(models.Model):
    """What somebody sent to our notification address, once per body. Never believed: a reason to read again."""

    body_sha256 = models.CharField(max_length=64, unique=True)
    event = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64)
    first_received_at = models.DateTimeField()
    last_received_at = models.DateTimeField()
    deliveries = models.PositiveIntegerField(default=1)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        indexes = [
            models.Index(fields=["last_received_at"], name="notification_open", condition=Q(handled_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.object_id}"


class Alarm(models.Model):
    """Something about money that a person must look at."""

    class Kind(models.TextChoices):
        """What is wrong."""

        KEY_EXPIRED = "key_expired", _("Unknown outcome for longer than ЮKassa keeps a key")
        MISMATCH = "mismatch", _("ЮKassa tells another sum, shop or payment than ours")
        UNKNOWN_PAYMENT = "unknown_payment", _("ЮKassa holds a payment that we do not know")
        UNKNOWN_REFUND = "unknown_refund", _("ЮKassa holds a refund that we do not know")
        MISSING_PAYMENT = "missing_payment", _("Our books hold a payment that ЮKassa does not list")
        REFUND_REFUSED = "refund_refused", _("ЮKassa refused a refund: the money is owed to the donor")
        CREDENTIALS = "credentials", _("ЮKassa does not accept the shop's key")
        NO_COMMISSION = "no_commission", _("ЮKassa has not told its commission for days")
        NOT_BOOKED = "not_booked", _("The books refuse a payment that ЮKassa calls paid")
        MISSING_REFUND = "missing_refund", _("ЮKassa does not know a refund of ours")
        NOT_COMPARED = "not_compared", _("A day could not be compared with ЮKassa's list")
        NOT_DELIVERED = "not_delivered", _("A donor's letter can't be delivered")
        NOT_ERASED = "not_erased", _("A person who asked for it is not erased yet, and the law's time runs out")

    kind = models.CharField(max_length=32, choices=Kind)
    subject = models.CharField(max_length=80)
    raised_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(closed_at__isnull=True), name="alarm_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class DayComparison(models.Model):
    """What ЮKassa and the books each say about one Moscow day; the newest look wins."""

    date = models.DateField(unique=True)
    yookassa_payments = models.PositiveIntegerField()
    yookassa_kopecks = models.BigIntegerField()
    booked_payments = models.PositiveIntegerField()
    booked_kopecks = models.BigIntegerField()
    differences = models.PositiveIntegerField()
    compared_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.date}: {self.differences} differences"
