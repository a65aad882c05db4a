"""Charts as SVG, made on the server: the page and the PDF show the same picture. No query, no style of its own.

Each has a title and a description; the words and sums stand in the picture as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join

from fund.money import format_roubles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.utils.safestring import SafeString

    from fund.money import Kopecks

WIDTH = 400
LEFT, TOP, BOTTOM, HEIGHT = 4, 26, 30, 210
STEPS = (1, 2, 5, 10)
NAMED_DAYS = 5
LETTER = 4  # how wide a digit is in a report
STOP = 84  # from one stop of a route to the next


@dataclass(frozen=True)
class Point:
    """What had come by the end of a day."""

    day: date
    day_label: str
    total_kopecks: Kopecks


@dataclass(frozen=True)
class Bar:
    """One named sum."""

    label: str
    amount_kopecks: Kopecks


@dataclass(frozen=True)
class Column:
    """What came and what went on one day."""

    label: str
    came_kopecks: Kopecks
    went_kopecks: Kopecks


@dataclass(frozen=True)
class Stop:
    """One place on the money's way: its name, what lies there or passed, a word about it."""

    label: str
    figure: str
    note: str


def step_line(*, name: str, title: str, description: str, points: Sequence[Point], until: date) -> SafeString:
    """Return a line that climbs by steps: each day's end holds until the next."""
    most = max((point.total_kopecks for point in points), default=0)
    ceiling = _round_up(most)
    first = min((point.day for point in points), default=until)
    span = max(1, (until - first).days + 1)
    floor = HEIGHT - BOTTOM

    def x(day: date) -> int:
        return LEFT + ((day - first).days * (WIDTH - 2 * LEFT)) // span

    def y(kopecks: int) -> int:
        return floor - kopecks * (floor - TOP) // ceiling

    path = f"M{LEFT} {floor}" + "".join(f"H{x(point.day)}V{y(point.total_kopecks)}" for point in points)
    path += f"H{WIDTH - LEFT}"
    days = [point.day_label for point in points]
    body = format_html(
        '<path class="chart__area" d="{}V{}H{}z"/>'
        '<path class="chart__line" d="{}"/>{}<text class="chart__quiet" x="{}" y="{}">{}</text>'
        '<text class="chart__quiet" x="{}" y="{}" text-anchor="end">{}</text>',
        *(path, floor, LEFT),
        *(path, _levels(ceiling)),
        *(LEFT, HEIGHT - 8, days[0] if days else ""),
        *(WIDTH - LEFT, HEIGHT - 8, days[-1] if len(days) > 1 else ""),
    )
    return _svg(name, title, description, HEIGHT, body)


def columns(*, name: str, title: str, description: str, rows: Sequence[Column]) -> SafeString:
    """Return two columns for each day, what came and what went, all on one scale; every fifth day is named."""
    ceiling = _round_up(max((max(row.came_kopecks, row.went_kopecks) for row in rows), default=0))
    floor = HEIGHT - BOTTOM
    left = LEFT + LETTER * len(format_roubles(ceiling))  # no column stands before a sum
    slot = (WIDTH - left - LEFT) / max(1, len(rows))
    bar = round(slot * 0.4, 2)

    def tall(kopecks: int) -> float:
        return round(max(0, kopecks) * (floor - TOP) / ceiling, 2)

    def column(place: int, shift: float, kopecks: int, kind: int) -> SafeString:
        x = round(left + (place + 0.1) * slot + shift, 2)
        return format_html(
            '<rect class="chart__bar chart__bar--{}" x="{}" y="{}" width="{}" height="{}"/>',
            *(kind, x, floor - tall(kopecks), bar, tall(kopecks)),
        )

    drawn = format_html_join(
        "",
        "{}{}",
        (
            (column(place, 0, row.came_kopecks, 1), column(place, bar, row.went_kopecks, 2))
            for place, row in enumerate(rows)
        ),
    )
    named = format_html_join(
        "",
        '<text class="chart__quiet" x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (round(left + (place + 0.5) * slot, 2), HEIGHT - 8, row.label)
            for place, row in enumerate(rows)
            if place == 0 or (place + 1) % NAMED_DAYS == 0
        ),
    )
    return _svg(name, title, description, HEIGHT, format_html("{}{}{}", _levels(ceiling), drawn, named))


def bars(*, name: str, title: str, description: str, rows: Sequence[Bar]) -> SafeString:
    """Return one bar under another, all on one scale."""
    most = max((row.amount_kopecks for row in rows), default=0) or 1
    full = WIDTH - 2 * LEFT
    body = format_html_join(
        "",
        '<text x="{}" y="{}">{}</text><text class="chart__strong" x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect class="chart__track" x="{}" y="{}" width="{}" height="10"/>'
        '<rect class="chart__bar chart__bar--{}" x="{}" y="{}" width="{}" height="10"/>',
        (
            (
                *(LEFT, place * 48 + 16, row.label),
                *(WIDTH - LEFT, place * 48 + 16, format_roubles(row.amount_kopecks)),
                *(LEFT, place * 48 + 24, full),
                *(place + 1, LEFT, place * 48 + 24, full * max(0, row.amount_kopecks) // most),
            )
            for place, row in enumerate(rows)
        ),
    )
    return _svg(name, title, description, len(rows) * 48, body)


def route(*, name: str, title: str, description: str, stops: Sequence[Stop]) -> SafeString:
    """Return places one below another on a line, as on a map of the underground."""
    end = (len(stops) - 1) * STOP + 22
    body = format_html(
        '<path class="chart__route" d="M16 22V{}"/>{}',
        end,
        format_html_join(
            "",
            '<rect class="chart__stop{}" x="6" y="{}" width="20" height="20"/>'
            '<text class="chart__strong" x="44" y="{}">{}</text>'
            '<text class="chart__strong" x="396" y="{}" text-anchor="end">{}</text>'
            '<text class="chart__quiet" x="44" y="{}">{}</text>',
            (
                (
                    " chart__stop--last" if place == len(stops) - 1 else "",
                    place * STOP + 12,
                    *(place * STOP + 26, stop.label),
                    *(place * STOP + 26, stop.figure),
                    *(place * STOP + 46, stop.note),
                )
                for place, stop in enumerate(stops)
            ),
        ),
    )
    return _svg(name, title, description, end + 36, body)


def _svg(name: str, title: str, description: str, height: int, body: SafeString) -> SafeString:
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>',
        *(WIDTH, height, name, name, name, title, name, description, body),
    )


def _levels(ceiling: int) -> SafeString:
    """Return the ground, and lines at the highest sum and at half of it."""
    floor = HEIGHT - BOTTOM
    lines = format_html_join(
        "",
        '<line class="chart__axis" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="chart__quiet" x="{}" y="{}">{}</text>',
        (
            (LEFT, WIDTH - LEFT, y, y, LEFT, y - 5, format_roubles(level))
            for y, level in ((TOP, ceiling), (floor - (ceiling // 2) * (floor - TOP) // ceiling, ceiling // 2))
        ),
    )
    axis = format_html('<line class="chart__axis" x1="{}" x2="{}" y1="{}" y2="{}"/>', LEFT, WIDTH - LEFT, floor, floor)
    return format_html("{}{}", axis, lines)


def _round_up(kopecks: int) -> int:
    """Return the next round sum: 1, 2 or 5 with noughts."""
    size = 100
    while size * 10 < kopecks:
        size *= 10
    return next(size * step for step in STEPS if size * step >= kopecks)
