"""Shows what people wrote in Markdown. Built in to every template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from campaigns.markdown import render_markdown

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """Return a text's safe HTML."""
    return render_markdown(text)
