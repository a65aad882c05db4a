"""The list of campaigns, searched; and the same by district, on a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns.finding import searching
from campaigns.finding.districts import district_rows
from campaigns.finding.page import found_page
from campaigns.finding.wanted import Wanted, read_wanted

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from campaigns.finding.page import FoundPage


@require_safe
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Show campaigns: all of them, live ones first, or those that fit the words and the facets."""
    wanted = read_wanted(request.GET)
    page = found_page(wanted=wanted, number=request.GET.get("page", ""), now=timezone.now())
    canonical = wanted.but(q="", sort="").query(page=page.page)
    context = {
        "found": page,
        "wanted": wanted,
        "title": _title(page),
        "without_words": wanted.but(q="").query(),
        "words_alone": Wanted(q=wanted.q).query(),
        "map_query": wanted.but(sort="").query(),
        "is_whole": not (wanted.q or wanted.filters),
        "is_indexed": wanted.is_page_of_its_own and page.found.total > 0,
        "canonical": f"{settings.SITE_URL}{request.path}{canonical}",
    }
    is_part = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    response = render(request, "campaigns/_found.html" if is_part else "campaigns/list.html", context)
    if is_part:
        response.headers["Cache-Control"] = "private, no-store"  # the same address is a whole page for anybody else
    return response


@require_safe
def campaign_map(request: HttpRequest) -> HttpResponse:
    """Show how many campaigns each district has, on a map and as a list; what else is wanted stays."""
    wanted = read_wanted(request.GET).but(sort="")
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


def _title(page: FoundPage) -> str:
    """Return what the page is about, for its head: «Проекты: Музыка»."""
    wanted = page.wanted
    if wanted.q:
        return _("Search: %(words)s") % {"words": wanted.q}
    chosen = ", ".join(str(value.label) for value in page.chosen)
    return _("Projects: %(chosen)s") % {"chosen": chosen} if chosen else _("Projects")
