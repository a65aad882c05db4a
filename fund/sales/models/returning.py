"""What of an order does not stay with its buyer: cancelled before it left, or taken back after."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fund.payments.models import Refund
from fund.sales.models.sale import Sale, SaleLine
from fund.sales.models.stock import MOST_PIECES


class SaleReturn(models.Model):
    """Pieces of an order that were cancelled or came back, and the refund that they are worth. Rows are never changed.

    ``key`` names what was asked for: the same key returns nothing twice.
    """

    class Reason(models.TextChoices):
        """Why."""

        SOLD_OUT = "sold_out", _("Nothing is left of it")
        CANCELLED = "cancelled", _("The buyer did not want it any more")
        RETURNED = "returned", _("The buyer brought it back")
        FAULTY = "faulty", _("It was faulty")

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="returns")
    refund = models.OneToOneField(Refund, models.PROTECT, related_name="sale_return")
    reason = models.CharField(max_length=16, choices=Reason)
    is_before_handover = models.BooleanField()
    key = models.CharField(max_length=57, unique=True)  # with «return:» before it, Refund.request_key
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"return {self.pk} of {self.sale_id}"


class SaleReturnLine(models.Model):
    """Pieces of one line: the ``start``-th to the ``stop``-th (without), as :mod:`fund.sales.pieces` prices them.

    Not ``is_in_stock``: they were spoiled, or had never left. The database lets no piece go back twice.
    """

    sale_return = models.ForeignKey(SaleReturn, models.PROTECT, related_name="lines")
    line = models.ForeignKey(SaleLine, models.PROTECT, related_name="returned")
    start = models.PositiveIntegerField()
    stop = models.PositiveIntegerField()
    amount_kopecks = models.BigIntegerField()
    is_in_stock = models.BooleanField(default=False)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(fields=["line", "start"], name="sale_return_line_piece_once"),
            models.CheckConstraint(
                condition=Q(stop__gt=models.F("start"), stop__lte=MOST_PIECES, amount_kopecks__gt=0),
                name="sale_return_line_of_pieces",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.start}–{self.stop}"
