"""Shows sums and numbers the Russian way. Built in to every template."""

from django import template

from fund.money import format_exact, format_roubles, format_whole

register = template.Library()


@register.filter
def roubles(amount_kopecks: int) -> str:
    """Return «1 234,50 ₽»."""
    return format_roubles(amount_kopecks)


@register.filter
def whole(number: int) -> str:
    """Return «23 340»."""
    return format_whole(number)


@register.filter
def change(amount_kopecks: int) -> str:
    """Return «+1 234,50 ₽» or «−1 234,50 ₽»."""
    return f"{'+' if amount_kopecks > 0 else ''}{format_roubles(amount_kopecks)}"


@register.filter
def quoted(title: str) -> str:
    """Return a title in quotation marks, those within it of the second kind: «Фестиваль „Шурум-Бурум“»."""
    return f"«{title.replace('«', '„').replace('»', '“')}»"


@register.filter
def exact(amount_kopecks: int) -> str:
    """Return «1 234,50»; nothing is a dash."""
    return format_exact(amount_kopecks) if amount_kopecks else "—"
