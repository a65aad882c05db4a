"""The pages that a stranger reads first: home, how the money is counted, who we are, what was before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaigns import overview, selectors
from communities import seed
from communities import selectors as communities
from fund.ledger.selectors import newest_checkpoint
from pages import pictures
from pages.questions import json_ld, read_questions

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

CARDS = 6
NAMES = 16


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what this is, what it has done so far, and what collects now."""
    now = timezone.now()
    found = overview.overview(now=now)
    directory = communities.directory()
    context = {
        "overview": found,
        "rows": selectors.rows(campaigns=list(selectors.published()[:CARDS]), now=now),
        "gifts": overview.last_gifts(),
        "today": timezone.localdate(now),
        "chart": pictures.where_the_money_is(found),
        "communities": directory.prefetch_related(None)[:NAMES],
        "communities_count": directory.count(),
    }
    return render(request, "pages/home.html", context)


@require_safe
def money(request: HttpRequest) -> HttpResponse:
    """Show the way of a rouble, with today's totals and the latest gift's own entry."""
    found = overview.overview(now=timezone.now())
    way = overview.money_way(overview=found)
    context = {
        "overview": found,
        "way": way,
        "chart": pictures.the_way(way),
        "operation": overview.latest_gift_entry(),
        "checkpoint": newest_checkpoint(),
    }
    return render(request, "pages/money.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say who we are and why."""
    return render(request, "pages/about.html", {"communities_count": communities.directory().count()})


@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    """Show the fund's requisites and where to write."""
    return render(request, "pages/contacts.html")


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Show what was tried before the fund, what worked and what did not."""
    return render(request, "pages/history.html", {"chapters": seed.read_history()})


@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """Answer what donors ask."""
    found = read_questions(language=get_language() or "ru")
    return render(request, "pages/questions.html", {"questions": found, "json_ld": json_ld(found)})
