"""The site's charts in words and figures; how they are drawn is the business of fund/reports/charts.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from fund.money import format_roubles
from fund.reports import charts

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from campaigns.overview import MoneyWay, Overview


def where_the_money_is(found: Overview) -> SafeString:
    """Return bars of what the fund has raised, spent and holds."""
    rows = [
        charts.Bar(_("Raised"), found.raised_kopecks),
        charts.Bar(_("Spent on projects"), found.spent_kopecks),
        charts.Bar(_("Waits to be spent"), found.held_kopecks),
    ]
    words = "; ".join(f"{row.label}: {format_roubles(row.amount_kopecks)}" for row in rows)
    return charts.bars(name="where", title=_("Where the money is"), description=words, rows=rows)


def the_way(way: MoneyWay) -> SafeString:
    """Return the stops of a rouble, with what lies at each of them now."""
    stops = [
        charts.Stop(_("Donors"), format_roubles(way.raised_kopecks), _("given for projects, in all")),
        charts.Stop(
            _("ЮKassa · account 57"),
            format_roubles(way.at_yookassa_kopecks),
            _("paid by card or SBP, on its way to us"),
        ),
        charts.Stop(_("The bank · account 51"), format_roubles(way.at_bank_kopecks), _("on the fund's account")),
        charts.Stop(
            _("The project's purpose · 86"),
            format_roubles(way.held_kopecks),
            _("belongs to projects, for nothing else"),
        ),
        charts.Stop(_("The project's costs · 20"), format_roubles(way.spent_kopecks), _("spent, each with a document")),
    ]
    words = "; ".join(f"{stop.label}: {stop.figure}, {stop.note}" for stop in stops)
    return charts.route(name="way", title=_("The way of a rouble"), description=words, stops=stops)
