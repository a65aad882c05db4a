"""What reports are called, in the language at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import get_language

from fund.reports.selectors import project_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from fund.reports.models import Report


@dataclass(frozen=True)
class NamedReport:
    """A report and its title: a month in words, or the project's own."""

    report: Report
    title: str


def named(*, reports: Sequence[Report]) -> list[NamedReport]:
    """Return reports with their titles. One query."""
    names = project_names(subjects={report.subject for report in reports})
    return [
        NamedReport(report, month_words(report.month) if report.month else names.get(report.subject, report.subject))
        for report in reports
    ]


def month_words(month: date) -> str:
    """Return «май 2026», in English «May 2026»."""
    words = date_format(month, "F Y")
    return words.lower() if get_language() == "ru" else words
