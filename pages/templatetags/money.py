"""Shows kopecks as roubles. Built in to every template."""

from django import template

from fund.money import format_roubles

register = template.Library()


@register.filter
def roubles(amount_kopecks: int) -> str:
    """Return «1 234,50 ₽»."""
    return format_roubles(amount_kopecks)
