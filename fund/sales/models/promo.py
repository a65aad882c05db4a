"""Codes that make goods cheaper, and who has used them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fund.sales.models.sale import Sale

MOST_PERCENT = 90


class PromoCode(models.Model):
    """One code: so many kopecks or per cent less for goods, within its days, so many times. Written in capitals."""

    class Kind(models.TextChoices):
        """How much less."""

        AMOUNT = "amount", _("Sum")
        PERCENT = "percent", _("Per cent")

    code = models.CharField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    amount_kopecks = models.BigIntegerField(_("less by, roubles"), default=0)
    percent = models.PositiveSmallIntegerField(_("less by, per cent"), default=0)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    most_uses = models.PositiveIntegerField(_("times at most"), null=True, blank=True)
    is_once_per_person = models.BooleanField(_("once per person"), default=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        """The database's own rules."""

        verbose_name = _("promo code")
        verbose_name_plural = _("promo codes")
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9A-ZА-ЯЁ-]{4,40}$"), name="promo_code_shape"),
            models.CheckConstraint(
                condition=Q(kind="amount", amount_kopecks__gt=0, percent=0)
                | Q(kind="percent", amount_kopecks=0, percent__gt=0, percent__lte=MOST_PERCENT),
                name="promo_code_of_one_kind",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="promo_code_ends"),
        ]

    def __str__(self) -> str:
        return self.code


class PromoUse(models.Model):
    """An order that a code made cheaper. ``person`` is a keyed hash of the buyer's address, where each may once.

    Live until the order ends unpaid: then the code can be used again.
    """

    code = models.ForeignKey(PromoCode, models.PROTECT, related_name="uses")
    sale = models.OneToOneField(Sale, models.PROTECT, related_name="promo_use")
    person = models.CharField(max_length=64, blank=True)
    is_live = models.BooleanField(default=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(
                fields=["code", "person"], name="promo_use_once_per_person", condition=Q(is_live=True, person__gt="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.code_id} for {self.sale_id}"


class PromoMiss(models.Model):
    """A code that does not exist was tried from an address: counted, so that codes can't be guessed. Kept for a day."""

    address = models.GenericIPAddressField()
    at = models.DateTimeField()

    class Meta:
        """How they are counted."""

        indexes = [models.Index(fields=["at"], name="promo_miss_by_time")]

    def __str__(self) -> str:
        return f"miss {self.pk}"
