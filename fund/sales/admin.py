"""Delivery tariffs and promo codes on the desk: entered by the brand manager, money in roubles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from fund.forms import AmountField
from fund.money import format_roubles
from fund.sales.models import DeliveryTariff, PromoCode
from fund.sales.services import spell
from people import desk

if TYPE_CHECKING:
    from django.db.models import Field
    from django.forms import Field as FormField
    from django.http import HttpRequest


class InRoubles(desk.DeskAdmin):
    """Sums are typed in roubles and kept in kopecks."""

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> FormField | None:
        """Return a field for roubles where kopecks are kept."""
        if db_field.name.endswith("_kopecks"):
            return AmountField(label=db_field.verbose_name, required=not db_field.has_default(), initial=0)
        found: FormField | None = super().formfield_for_dbfield(db_field, request, **kwargs)
        return found


@admin.register(DeliveryTariff)
class DeliveryTariffAdmin(InRoubles):
    """What carriers take, by zone and weight."""

    desk_group, desk_icon = desk.SHOP, "local_shipping"
    list_display = ("carrier", "title", "first_postcode", "last_postcode", "up_to_grams", "price", "is_sample")
    list_filter = ("carrier", "is_sample")
    search_fields = ("title", "=first_postcode")
    ordering = ("carrier", "first_postcode", "up_to_grams")

    @admin.display(description=_("price"), ordering="price_kopecks")
    def price(self, tariff: DeliveryTariff) -> str:
        """Return the price in roubles."""
        return format_roubles(tariff.price_kopecks)


class PromoCodeForm(forms.ModelForm):  # type: ignore[type-arg]  # unfold makes its class of it at run time
    """A code as people write it becomes one as it is kept."""

    def clean_code(self) -> str:
        """Return capitals without blanks."""
        return spell(self.cleaned_data["code"])


@admin.register(PromoCode)
class PromoCodeAdmin(InRoubles):
    """Codes that make goods cheaper; one that was used is switched off, never deleted."""

    form = PromoCodeForm
    desk_group, desk_icon = desk.SHOP, "sell"
    list_display = ("code", "kind", "worth", "starts_at", "ends_at", "is_active")
    list_filter = ("is_active",)
    search_fields = ("code",)
    ordering = ("-ends_at", "code")

    @admin.display(description=_("less by"))
    def worth(self, code: PromoCode) -> str:
        """Return how much less."""
        return f"{code.percent} %" if code.kind == PromoCode.Kind.PERCENT else format_roubles(code.amount_kopecks)
