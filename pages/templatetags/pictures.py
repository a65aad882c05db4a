"""Pieces of the city's map, chosen by a word: the same word always shows the same piece. Built in to every template."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from django import template
from django.templatetags.static import static
from django.utils.html import format_html

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

register = template.Library()

# Where a piece may lie on the sheet of 1600 × 1000 (static/img/map.svg), and how large: the old town, both rivers,
# the railway, the new districts. Left, top, width.
PLACES = (
    (420, 180, 480), (640, 120, 400), (700, 330, 520), (880, 420, 560), (880, 620, 420), (1030, 60, 480),
    (160, 560, 520), (520, 560, 440), (40, 60, 520), (1120, 640, 460), (300, 660, 480), (560, 60, 640),
)  # fmt: skip
COLOURS = ("var(--green)", "var(--yellow)", "var(--orange)", "var(--blue)")
STRIP = 1200  # how wide the strip above a campaign's page is, on the same sheet
CORNERS = ((0, 0), (0, 5), (12, 0), (12, 5), (0, 3), (12, 2))  # of a square of 4, on a sheet of 16 × 9


@register.simple_tag
def map_cover(word: str, theme: str = "", *, is_wide: bool = False) -> SafeString:
    """Return a campaign's cover: its own piece of the map, a square in its theme's colour; or the same as a strip."""
    mark = sha256(word.encode()).digest()
    left, top, width = PLACES[mark[0] % len(PLACES)]
    column, row = CORNERS[mark[1] % len(CORNERS)]
    unit, rows = width / 16, 9
    if is_wide:
        left, unit, rows = max(0, min(left - 300, 1600 - STRIP)), STRIP / 32, 6
        column, row = 26 if column else 2, 1
    return format_html(
        '<svg viewBox="{} {} {} {}" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">'
        '<use href="{}#city"/><rect x="{}" y="{}" width="{}" height="{}" fill="{}"/></svg>',
        *(left, top, round(unit * (32 if is_wide else 16)), round(unit * rows)),
        static("img/map.svg"),
        *(round(left + column * unit), round(top + row * unit), round(unit * 4), round(unit * 4)),
        COLOURS[sha256((theme or word).encode()).digest()[0] % len(COLOURS)],
    )


@register.simple_tag
def map_strip(css_class: str, view: str = "200 150 1250 620") -> SafeString:
    """Return the map as a ground or a strip; ``view`` says which piece."""
    return format_html(
        '<svg class="{}" viewBox="{}" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">'
        '<use href="{}#city"/></svg>',
        *(css_class, view, static("img/map.svg")),
    )
