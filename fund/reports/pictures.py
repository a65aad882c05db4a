"""A report's chart in words and figures; how it is drawn is the business of charts.py."""

from __future__ import annotations

from datetime import timedelta
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib.staticfiles import finders
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import mark_safe

from fund.money import Kopecks, format_roubles
from fund.reports import charts
from fund.reports.selectors import last_day

if TYPE_CHECKING:
    from datetime import date

    from django.utils.safestring import SafeString

    from fund.reports.figures import Figures
    from fund.reports.models import Report

STYLE = "css/report-chart.css"  # WeasyPrint gives a picture the styles that stand in it, no others


def report_chart(report: Report, found: Figures) -> SafeString:
    """Return the month's days, or the line of what a project had raised by the end of each day; "" for nothing."""
    if not found.days:
        return mark_safe("")
    picture = _month(report.month, found) if report.month else _project(report, found)
    style = Path(str(finders.find(STYLE))).read_text(encoding="utf-8")
    return mark_safe(picture.replace("<title", f"<style>{style}</style><title", 1))  # noqa: S308 - our own file


def _month(month: date, found: Figures) -> SafeString:
    by_day = {row.day: row for row in found.days}
    rows = []
    for number in range(last_day(month).day):
        row = by_day.get(month + timedelta(days=number))
        rows.append(
            charts.Column(
                str(number + 1),
                row.came_kopecks if row else Kopecks(0),
                Kopecks(row.returned_kopecks + row.spent_kopecks) if row else Kopecks(0),
            )
        )
    words = (
        f"Пришло {format_roubles(found.total.came_kopecks)},"
        f" ушло {format_roubles(found.total.returned_kopecks + found.total.spent_kopecks)}."
    )
    return charts.columns(name="days", title="Деньги по дням", description=words, rows=rows)


def _project(report: Report, found: Figures) -> SafeString:
    raised = accumulate(row.came_kopecks - row.returned_kopecks + row.corrected_kopecks for row in found.days)
    points = [
        charts.Point(row.day, date_format(row.day, "j E Y"), Kopecks(total))
        for row, total in zip(found.days, raised, strict=True)
    ]
    words = f"С {points[0].day_label} по {points[-1].day_label}: собрано {format_roubles(points[-1].total_kopecks)}."
    until = max(timezone.localdate(report.checkpoint.sealed_at), points[-1].day)
    return charts.step_line(name="days", title="Как росла сумма", description=words, points=points, until=until)
