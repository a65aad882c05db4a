"""Shows sums and numbers the Russian way. Built in to every template."""

from django import template

from fund.money import NO_BREAK_SPACE, format_columns, format_roubles, format_whole

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
def in_column(amount_kopecks: int) -> str:
    """Return «1 234,50» as a column of a statement has it; nothing for nought."""
    return format_columns(amount_kopecks) if amount_kopecks else ""


@register.filter
def on_side(difference_kopecks: int) -> str:
    """Return what an account holds, debit minus credit, on its side: «Дт 1 234,50», «Кт 5,00», «0,00»."""
    side = "" if not difference_kopecks else f"Дт{NO_BREAK_SPACE}" if difference_kopecks > 0 else f"Кт{NO_BREAK_SPACE}"
    return f"{side}{format_columns(abs(difference_kopecks))}"


@register.filter
def quoted(title: str) -> str:
    """Return a title in quotation marks, those within it of the second kind: «Фестиваль „Шурум-Бурум“»."""
    return f"«{title.replace('«', '„').replace('»', '“')}»"
