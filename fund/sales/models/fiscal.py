"""Fiscal receipts of orders: each is to be registered, however often it must be asked for."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fund.payments.models import Refund
from fund.sales.models.sale import Sale


class FiscalReceipt(models.Model):
    """One receipt (54-ФЗ). What it says is built anew from the order's lines: no row keeps the buyer's address.

    A prepayment's and a refund's go with the payment or refund. The offset at handover, whatever ЮKassa refused to
    register, and that of a refund which was paid by bank go by themselves (``is_own``), under a key of their own, whose
    ``first_attempt_at`` is. ``refusals`` counts keys that ended without a receipt.
    """

    class Kind(models.TextChoices):
        """What it tells the buyer and the tax office."""

        PREPAYMENT = "prepayment", _("Prepayment")
        OFFSET = "offset", _("Handover, paid before")
        REFUND = "refund", _("Return")

    class State(models.TextChoices):
        """Forward only: waiting → registered | not_due."""

        WAITING = "waiting", _("Being registered")
        REGISTERED = "registered", _("Registered")
        NOT_DUE = "not_due", _("Not due: the refund was dropped")

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="receipts")
    refund = models.OneToOneField(Refund, models.PROTECT, null=True, related_name="receipt")
    kind = models.CharField(max_length=16, choices=Kind)
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    amount_kopecks = models.BigIntegerField()
    is_own = models.BooleanField(default=False)
    idempotence_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    yookassa_id = models.CharField(max_length=64, null=True, unique=True)
    created_at = models.DateTimeField()
    first_attempt_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    refusals = models.PositiveIntegerField(default=0)
    next_check_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(
                fields=["sale", "kind"], name="fiscal_receipt_once", condition=Q(kind__in=["prepayment", "offset"])
            ),
            models.CheckConstraint(
                condition=Q(kind="refund", refund__isnull=False)
                | Q(kind__in=["prepayment", "offset"], refund__isnull=True),
                name="fiscal_receipt_of_its_refund",
            ),
            models.CheckConstraint(condition=Q(amount_kopecks__gt=0), name="fiscal_receipt_of_money"),
            models.CheckConstraint(
                condition=Q(state="waiting", registered_at__isnull=True, next_check_at__isnull=False)
                | Q(state="registered", registered_at__isnull=False, next_check_at__isnull=True)
                | Q(state="not_due", registered_at__isnull=True, next_check_at__isnull=True),
                name="fiscal_receipt_waits_or_is_there",
            ),
            models.CheckConstraint(condition=~Q(kind="offset", is_own=False), name="fiscal_receipt_offset_is_own"),
        ]
        indexes = [
            models.Index(fields=["next_check_at"], name="fiscal_receipt_due", condition=Q(next_check_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} receipt of {self.sale_id} ({self.state})"
