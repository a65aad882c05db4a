"""What a buyer asks to give back: until who packs orders has it in hand, it is but a wish."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fund.sales.models.returning import SaleReturn
from fund.sales.models.sale import Sale, SaleLine
from fund.sales.models.stock import MOST_PIECES


class ReturnWish(models.Model):
    """One wish about an order, one at a time. ``words`` are the buyer's, and go with the buyer."""

    class Reason(models.TextChoices):
        """Why; each becomes the return's own."""

        RETURNED = "returned", _("I changed my mind")
        FAULTY = "faulty", _("It is faulty")

    class State(models.TextChoices):
        """Forward only."""

        OPEN = "open", _("Waits for the goods")
        DONE = "done", _("Taken back")
        DECLINED = "declined", _("Declined")
        DROPPED = "dropped", _("Taken back by the buyer")

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="return_wishes")
    reason = models.CharField(max_length=16, choices=Reason)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    words = models.CharField(max_length=500, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    made = models.OneToOneField(SaleReturn, models.PROTECT, null=True, related_name="wish")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(fields=["sale"], name="return_wish_one_open", condition=Q(state="open")),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None, made=None)
                | Q(state="done", ended_at__isnull=False, made__isnull=False)
                | Q(state__in=["declined", "dropped"], ended_at__isnull=False, made=None),
                name="return_wish_ends_once",
            ),
            models.CheckConstraint(condition=~Q(state="declined", answer=""), name="return_wish_declined_says_why"),
        ]
        indexes = [models.Index(fields=["asked_at"], name="return_wish_open", condition=Q(state="open"))]

    def __str__(self) -> str:
        return f"return wish of {self.sale_id} ({self.state})"


class ReturnWishLine(models.Model):
    """So many pieces of one line."""

    wish = models.ForeignKey(ReturnWish, models.CASCADE, related_name="lines")
    line = models.ForeignKey(SaleLine, models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(fields=["wish", "line"], name="return_wish_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=MOST_PIECES), name="return_wish_line_of_pieces"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.line_id}"
