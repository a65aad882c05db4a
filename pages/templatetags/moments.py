"""Shows days and times the Russian way, in ``<time>``. Built in to every template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from fund.money import NO_BREAK_SPACE

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.utils.safestring import SafeString

register = template.Library()
LATELY_DAYS = 7


def day_words(day: date) -> str:
    """Return «24 ноября 2026 г.» (in English «24 November 2026»), with no break in it."""
    words = date_format(day, r"j E Y" if get_language() == "ru" else "j F Y")
    return (f"{words} г." if get_language() == "ru" else words).replace(" ", NO_BREAK_SPACE)


def moment_words(moment: datetime) -> str:
    """Return «24 ноября 2026 г., 18:05 (МСК)»."""
    local = timezone.localtime(moment)
    zone = _("MSK")
    return f"{day_words(local.date())}, {local:%H:%M}{NO_BREAK_SPACE}({zone})"


@register.filter
def day(value: date) -> SafeString:
    """Return a day in full."""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), day_words(value))


@register.filter
def moment(value: datetime) -> SafeString:
    """Return a moment in full, in Moscow's time."""
    return format_html(
        '<time datetime="{}">{}</time>', timezone.localtime(value).isoformat("T", "seconds"), moment_words(value)
    )


@register.simple_tag
def ago(value: date, today: date) -> SafeString:
    """Return «сегодня», «вчера», «3 дня назад», and the day in full where a week has passed."""
    days = (today - value).days
    if days < 0 or days >= LATELY_DAYS:
        return day(value)
    if days == 0:
        words = _("today")
    elif days == 1:
        words = _("yesterday")
    else:
        words = ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": days}
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), words)
