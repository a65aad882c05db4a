"""What happened to payments and refunds. The database lets nobody change it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fund.payments.models.money import Cause, Payment, Refund


class Call(models.Model):
    """One call to ЮKassa and what came of it. Rows are never changed; bodies are not kept.

    It is about whatever bears our ``reference`` or ЮKassa's ``object_id``; a list of a day has neither.
    """

    class Verb(models.TextChoices):
        """What ЮKassa was asked."""

        CREATE_PAYMENT = "create_payment", _("Create the payment")
        FIND_PAYMENT = "find_payment", _("Read the payment")
        LIST_PAYMENTS = "list_payments", _("Look through the list of payments")
        CREATE_REFUND = "create_refund", _("Send the refund")
        FIND_REFUND = "find_refund", _("Read the refund")
        LIST_REFUNDS = "list_refunds", _("Look through the list of refunds")

    class Outcome(models.TextChoices):
        """What came of it."""

        DONE = "done", _("answered")
        UNKNOWN = "unknown", _("outcome unknown")
        BUSY = "busy", _("asked to come later")
        REFUSED = "refused", _("refused")
        CREDENTIALS = "credentials", _("did not accept our key")
        MISSING = "missing", _("knows no such object")

    verb = models.CharField(max_length=16, choices=Verb)
    reference = models.UUIDField(null=True)
    object_id = models.CharField(max_length=64, blank=True)
    idempotence_key = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    http_status = models.PositiveSmallIntegerField(null=True)
    outcome = models.CharField(max_length=16, choices=Outcome)
    code = models.CharField(max_length=64, blank=True)

    class Meta:
        """The database's own rules."""

        indexes = [
            models.Index(fields=["reference"], name="call_of_reference", condition=Q(reference__isnull=False)),
            models.Index(fields=["object_id"], name="call_of_object", condition=~Q(object_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.outcome}"


class Transition(models.Model):
    """A payment or refund moved to another state. The database writes these rows itself, and nobody else can."""

    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="transitions")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="transitions")
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16)
    cause = models.CharField(max_length=16, choices=Cause)
    at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(
                condition=Q(payment__isnull=False, refund__isnull=True) | Q(payment__isnull=True, refund__isnull=False),
                name="transition_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
