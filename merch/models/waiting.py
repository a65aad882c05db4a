"""Who wants to be told when something is there again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from merch.models.catalogue import Variant


class BackInStockWish(models.Model):
    """One address that waits for one variant: told once, then forgotten."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="wishes")
    donor = models.OneToOneField("people.Donor", models.CASCADE, related_name="back_in_stock_wish")
    created_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        """How those who wait are found."""

        indexes = [models.Index(fields=["variant"], name="wish_waiting", condition=Q(told_at=None))]

    def __str__(self) -> str:
        return f"wish {self.pk} for {self.variant_id}"
