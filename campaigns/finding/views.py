"""The list of campaigns, searched; and the same by district, on a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns.finding import searching
from campaigns.finding.asked import send_list
from campaigns.finding.districts import district_rows
from campaigns.finding.page import found_page
from campaigns.finding.wanted import Wanted

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from campaigns.finding.asked import FoundPage
    from campaigns.finding.page import Card


@require_safe
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Show campaigns: all of them, live ones first, or those that fit the words and the facets."""
    wanted = Wanted.read(request.GET)
    page = found_page(wanted=wanted, number=request.GET.get("page", ""), now=timezone.now())
    context: dict[str, object] = {"map_query": wanted.but(sort="").query()}
    return send_list(request, page=page, room="campaigns", title=_title(page), context=context)


@require_safe
def campaign_map(request: HttpRequest) -> HttpResponse:
    """Show how many campaigns each district has, on a map and as a list; what else is wanted stays."""
    wanted = Wanted.read(request.GET).but(sort="")
    found = searching.search(wanted=wanted.but(district=""), now=timezone.now(), limit=0)
    rows = district_rows(wanted=wanted, counts=found.counts["district"])
    context = {
        "districts": rows,
        "wanted": wanted,
        "total": found.total,
        "is_citywide": found.total > 0 and not any(row.count for row in rows if row.outline),
        "all_query": wanted.but(district="").query(),
        "is_indexed": not wanted.q and not wanted.filters,
    }
    return render(request, "campaigns/map.html", context)


def _title(page: FoundPage[Wanted, Card]) -> str:
    """Return what the page is about, for its head: «Проекты: Музыка»."""
    wanted = page.wanted
    if wanted.q:
        return _("Search: %(words)s") % {"words": wanted.q}
    chosen = ", ".join(str(value.label) for value in page.chosen)
    return _("Projects: %(chosen)s") % {"chosen": chosen} if chosen else _("Projects")
