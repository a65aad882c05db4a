"""What carriers take: rows that the staff enter, so that nobody's price list is a part of the program."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

POSTCODE = r"^[1-9][0-9]{5}$"


class DeliveryTariff(models.Model):
    """One carrier's price for parcels up to a weight, to a range of postcodes, both ends included.

    ``is_sample`` marks what a fresh installation brings along: nobody has promised these prices.
    """

    class Carrier(models.TextChoices):
        """Who carries; a pickup has no tariff."""

        RUSSIAN_POST = "russian_post", _("Russian Post")
        CDEK = "cdek", _("CDEK")

    carrier = models.CharField(_("carrier"), max_length=16, choices=Carrier)
    title = models.CharField(_("zone"), max_length=60)
    first_postcode = models.CharField(_("postcodes from"), max_length=6)
    last_postcode = models.CharField(_("postcodes to"), max_length=6)
    up_to_grams = models.PositiveIntegerField(_("up to, grams"))
    price_kopecks = models.BigIntegerField(_("price"))
    days_from = models.PositiveSmallIntegerField(_("days from"))
    days_to = models.PositiveSmallIntegerField(_("days to"))
    is_sample = models.BooleanField(_("sample"), default=False)

    class Meta:
        """The database's own rules."""

        verbose_name = _("delivery tariff")
        verbose_name_plural = _("delivery tariffs")
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "first_postcode", "last_postcode", "up_to_grams"], name="delivery_tariff_once"
            ),
            models.CheckConstraint(
                condition=Q(carrier__in=["russian_post", "cdek"]), name="delivery_tariff_carrier_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    first_postcode__regex=POSTCODE,
                    last_postcode__regex=POSTCODE,
                    last_postcode__gte=F("first_postcode"),
                ),
                name="delivery_tariff_postcodes",
            ),
            models.CheckConstraint(
                condition=Q(price_kopecks__gt=0, up_to_grams__gt=0, days_to__gte=F("days_from")),
                name="delivery_tariff_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.title}"
