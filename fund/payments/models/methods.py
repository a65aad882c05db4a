"""Ways to pay that ЮKassa keeps for us, with the payer's consent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fund.payments.models.money import Payment


class SavedMethod(models.Model):
    """A way to pay that can be charged without its payer. ЮKassa's id of it is as good as money: sealed, in no log.

    ``title`` is what ЮKassa calls it, such as «Bank card *4444»; nothing else of a card is known here. Dropped, the row
    stays, since payments point at it, and holds nothing.
    """

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="kept_method")
    sealed_id = models.TextField(blank=True)
    title = models.CharField(max_length=64, blank=True)
    saved_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(
                condition=(Q(dropped_at__isnull=True) & ~Q(sealed_id=""))
                | Q(dropped_at__isnull=False, sealed_id="", title=""),
                name="saved_method_dropped_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"saved method {self.pk}"
