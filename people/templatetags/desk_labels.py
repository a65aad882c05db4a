"""What unfold writes on lists, in Russian typography."""

from __future__ import annotations

import re

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
FIRST = re.compile(r'(?<= data-label=")[^"]')


@register.filter
def capital_label(cell: SafeString) -> SafeString:
    """Begin a cell's label with a capital; unfold would begin each of its words with one."""
    return mark_safe(FIRST.sub(lambda found: found[0].upper(), cell, count=1))  # noqa: S308 - only a letter grows
