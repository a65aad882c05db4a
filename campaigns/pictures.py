"""A campaign's chart in words and figures; how it is drawn is the business of fund/reports/charts.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fund.money import format_roubles
from fund.reports import charts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.utils.safestring import SafeString

    from campaigns.models import Campaign
    from campaigns.overview import RaisedDay

DAYS_IN_TABLE = 60


def raised_by_day(*, campaign: Campaign, days: Sequence[RaisedDay], today: date) -> SafeString:
    """Return the line of what was raised by the end of each day; it ends at the last day that changed it, or today."""
    points = [charts.Point(row.day, date_format(row.day, "j E Y"), row.raised_kopecks) for row in days]
    until = max([today, *(row.day for row in days)])
    words = _("Nothing yet.")
    if days:
        words = _("%(first)s to %(last)s: %(sum)s raised of %(goal)s.") % {
            "first": points[0].day_label,
            "last": points[-1].day_label,
            "sum": format_roubles(days[-1].raised_kopecks),
            "goal": format_roubles(campaign.goal_kopecks),
        }
    title = _("How the sum grew")
    return charts.step_line(name="days-chart", title=title, description=words, points=points, until=until)
