"""Goods, and every piece of them that came or went."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

MOST_PIECES = 1_000_000


class StockItem(models.Model):
    """One kind of thing that is counted: a souvenir of one size and colour, or a campaign's reward.

    ``subject`` is whom its sale feeds, as the books call it: a campaign's slug, or ``fund``. ``title`` is what a fiscal
    receipt says, so no longer than one may be (128: ЮKassa, POST /v3/payments, ``receipt.items.description``).
    ``pieces`` and ``reserved`` are kept by the database, from movements and reservations: what else is written there is
    not taken. A stocktake may leave fewer pieces than are reserved.
    """

    sku = models.CharField(_("article number"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=128)
    subject = models.CharField(_("whom it feeds"), max_length=80, default="fund")
    grams = models.PositiveIntegerField(_("weight, grams"), default=0)
    low_at = models.PositiveIntegerField(_("few from"), default=3)
    pieces = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    reserved = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        """The database's own rules."""

        verbose_name = _("goods")
        verbose_name_plural = _("goods")
        constraints = [
            models.CheckConstraint(condition=Q(sku__regex=r"^[0-9A-Z][0-9A-Z-]*$"), name="stock_item_sku_shape"),
            models.CheckConstraint(condition=Q(subject__regex=r"^[a-z0-9-]+$"), name="stock_item_subject_shape"),
            models.CheckConstraint(condition=Q(low_at__lte=MOST_PIECES), name="stock_item_low_at_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.title}"

    @property
    def available(self) -> int:
        """Return how many pieces can be sold."""
        return max(self.pieces - self.reserved, 0)


class StockMovement(models.Model):
    """Pieces that came or went, at what they cost, and what is left after them. Rows are never changed.

    ``value_kopecks`` is what the pieces cost the fund, ``maker_kopecks`` of it what their maker got; both and
    ``quantity`` are negative for what goes. ``number`` counts within the item. The database refuses a row that does not
    go on from the one before, so the last row says how many pieces there are and what they cost.
    """

    class Kind(models.TextChoices):
        """Why the number of pieces changed."""

        RECEIPT = "receipt", _("Received")
        SALE = "sale", _("Handed over")
        TAKEN_BACK = "taken_back", _("Taken back")
        WRITE_OFF = "write_off", _("Written off")
        STOCKTAKE = "stocktake", _("Stocktake")

    item = models.ForeignKey(StockItem, models.PROTECT, related_name="movements")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    quantity = models.IntegerField()
    value_kopecks = models.BigIntegerField()
    maker_kopecks = models.BigIntegerField()
    held_after = models.PositiveIntegerField()
    value_after_kopecks = models.BigIntegerField()
    maker_after_kopecks = models.BigIntegerField()
    operation = models.ForeignKey("ledger.Operation", models.PROTECT, null=True, related_name="+")
    document = models.CharField(max_length=64)
    key = models.CharField(max_length=120, unique=True)
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="stock_movement_numbered"),
            models.CheckConstraint(
                condition=Q(kind__in=["receipt", "taken_back"], quantity__gt=0)
                | Q(kind__in=["sale", "write_off"], quantity__lt=0)
                | (Q(kind="stocktake") & ~Q(quantity=0)),
                name="stock_movement_direction",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, maker_kopecks__gte=0, value_kopecks__gte=F("maker_kopecks"))
                | Q(quantity__lt=0, maker_kopecks__lte=0, value_kopecks__lte=F("maker_kopecks")),
                name="stock_movement_value_goes_with_pieces",
            ),
            models.CheckConstraint(
                condition=Q(maker_after_kopecks__gte=0, value_after_kopecks__gte=F("maker_after_kopecks"))
                & (Q(held_after__gt=0) | Q(value_after_kopecks=0)),
                name="stock_movement_nothing_costs_nothing",
            ),
            models.CheckConstraint(
                condition=Q(operation__isnull=False) | Q(value_kopecks=0), name="stock_movement_of_value_is_booked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.number}: {self.quantity:+}"
