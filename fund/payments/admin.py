"""The comparison of days on the desk."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from fund.money import format_roubles
from fund.payments.models import DayComparison
from people import desk


@admin.register(DayComparison)
class DayComparisonAdmin(desk.ReadOnlyAdmin):
    """What ЮKassa and the books each say about a day."""

    desk_group, desk_icon = desk.MONEY, "event_available"
    list_display = ("date", "yookassa_payments", "theirs", "booked_payments", "ours", "differences", "compared_at")
    list_filter = (("date", admin.DateFieldListFilter),)
    ordering = ("-date",)
    fields = ("date", "yookassa_payments", "theirs", "booked_payments", "ours", "differences", "compared_at")

    @admin.display(description=_("Sum at ЮKassa"), ordering="yookassa_kopecks")
    def theirs(self, day: DayComparison) -> str:
        """Return ЮKassa's sum in roubles."""
        return format_roubles(day.yookassa_kopecks)

    @admin.display(description=_("Sum in the books"), ordering="booked_kopecks")
    def ours(self, day: DayComparison) -> str:
        """Return our sum in roubles."""
        return format_roubles(day.booked_kopecks)
