"""Pages where anybody reads what is said about a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from campaigns.models import Campaign
from campaigns.telling import selectors
from campaigns.telling.questions import TALKED_ABOUT

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

UPDATES, QUESTIONS, COMMENTS = 10, 20, 30


@require_safe
def updates(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a project's updates, the newest first."""
    campaign = find(slug)
    return _show(request, "telling/updates.html", campaign, selectors.updates(campaign=campaign), UPDATES)


@require_safe
def update(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show one update with its history; of a hidden one, that it is hidden."""
    campaign = find(slug)
    found = selectors.update(campaign=campaign, number=number)
    if found is None:
        raise Http404
    versions = sorted(found.versions.all(), key=lambda version: version.pk, reverse=True)
    return render(request, "telling/update.html", {"campaign": campaign, "update": found, "versions": versions})


@require_safe
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """Show answered questions; of the others their number."""
    campaign = find(slug)
    more = {"awaited_count": selectors.awaited_count(campaign=campaign)}
    return _show(request, "telling/questions.html", campaign, selectors.questions(campaign=campaign), QUESTIONS, **more)


@require_safe
def comments(request: HttpRequest, slug: str) -> HttpResponse:
    """Show comments, the newest first."""
    campaign = find(slug)
    return _show(request, "telling/comments.html", campaign, selectors.comments(campaign=campaign), COMMENTS)


def find(slug: str) -> Campaign:
    """Return a campaign that the public sees.

    :raises Http404: if there is none.
    """
    return get_object_or_404(Campaign.objects.published().select_related("organiser"), slug=slug)


def paged(request: HttpRequest, rows: QuerySet[Any], size: int) -> dict[str, Any]:
    """Return one page of rows and the addresses of its neighbours. Two queries."""
    page = Paginator(rows, size).get_page(request.GET.get("page"))
    return {
        "rows": list(page),
        "count": page.paginator.count,
        "previous_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }


def _show(
    request: HttpRequest, template: str, campaign: Campaign, rows: QuerySet[Any], size: int, **more: object
) -> HttpResponse:
    is_talked = campaign.status in TALKED_ABOUT
    context = {"campaign": campaign, "is_talked": is_talked, **paged(request, rows, size), **more}
    return render(request, template, context)
