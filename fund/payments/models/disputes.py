"""Payments that the payer's bank takes back, and refunds that ЮKassa had no money for."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fund.payments.models.money import Payment, Refund


class Chargeback(models.Model):
    """A refund in ЮKassa's list that nobody here asked for: the payer disputed the payment. Rows are never changed.

    ``gift_kopecks`` left where the gift lay, ``debt_kopecks`` was owed to the donor anyway, ``loss_kopecks`` had gone
    back before: the fund's common goals bear it.
    """

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="chargebacks")
    yookassa_id = models.CharField(max_length=64, unique=True)
    amount_kopecks = models.BigIntegerField()
    gift_kopecks = models.BigIntegerField()
    debt_kopecks = models.BigIntegerField()
    loss_kopecks = models.BigIntegerField()
    operation = models.OneToOneField("ledger.Operation", models.PROTECT, related_name="+")
    noticed_at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(
                condition=Q(
                    amount_kopecks=F("gift_kopecks") + F("debt_kopecks") + F("loss_kopecks"),
                    amount_kopecks__gt=0,
                    gift_kopecks__gte=0,
                    debt_kopecks__gte=0,
                    loss_kopecks__gte=0,
                ),
                name="chargeback_adds_up",
            ),
        ]
        indexes = [models.Index(fields=["-noticed_at", "-id"], name="chargeback_newest")]

    def __str__(self) -> str:
        return f"chargeback {self.pk}"


class Shortage(models.Model):
    """ЮKassa cancelled a refund since the shop's account had no money for it. Rows are never changed.

    Whatever is told later of that object is old: the refund goes on under another key and another object.
    """

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="shortages")
    yookassa_id = models.CharField(max_length=64, unique=True)
    idempotence_key = models.UUIDField(unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"shortage {self.pk}"
