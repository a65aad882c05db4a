"""What others tell us, what a person must look at, and how the days compare."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


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
            models.Index(fields=["object_id"], name="notification_of_object"),
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
        SHORT = "short", _("The money at ЮKassa does not do for what must go back")
        CHARGEBACK = "chargeback", _("A donor's bank took a payment back")
        RECEIPT_REFUSED = "receipt_refused", _("A fiscal receipt is not registered")
        NOT_ERASED = "not_erased", _("A person who asked for it is not erased yet, and the law's time runs out")

    kind = models.CharField(max_length=32, choices=Kind)
    subject = models.CharField(max_length=80)
    raised_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    close_reason = models.CharField(max_length=300, blank=True, db_default="")

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(closed_at__isnull=True), name="alarm_open_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | (Q(closed_at__isnull=False) & ~Q(close_reason="")),
                name="alarm_closed_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "raised_at"], name="alarm_of_subject"),
            models.Index(fields=["-raised_at", "-id"], name="alarm_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class DayComparison(models.Model):
    """What ЮKassa and the books each say about one Moscow day; the newest look wins."""

    date = models.DateField(_("date"), unique=True)
    yookassa_payments = models.PositiveIntegerField(_("payments at ЮKassa"))
    yookassa_kopecks = models.BigIntegerField()
    booked_payments = models.PositiveIntegerField(_("payments in the books"))
    booked_kopecks = models.BigIntegerField()
    differences = models.PositiveIntegerField(_("differences"))
    compared_at = models.DateTimeField(_("compared"))

    class Meta:
        """How people call it."""

        verbose_name = _("comparison of a day")
        verbose_name_plural = _("comparisons of days")

    def __str__(self) -> str:
        return f"{self.date}: {self.differences} differences"
