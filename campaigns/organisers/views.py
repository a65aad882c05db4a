"""Organisers in public: the list, and each one's page with the record of promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.organisers import selectors
from people.paging import CappedPaginator

if TYPE_CHECKING:
    from django.core.paginator import Page
    from django.http import HttpRequest, HttpResponse

PAGE_SIZE = 24
PAST_SIZE = 20


@require_safe
def organiser_list(request: HttpRequest) -> HttpResponse:
    """Show organisers, the newest first."""
    page = CappedPaginator(selectors.published(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "organisers/list.html", {"organisers": list(page), **_turning(page)})


@require_safe
def organiser_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one organiser, what was promised and what was done."""
    organiser = get_object_or_404(selectors.published(), slug=slug)
    portrait = selectors.portrait(organiser=organiser, now=timezone.now())
    page = Paginator(portrait.past, PAST_SIZE).get_page(request.GET.get("page"))
    context = {"organiser": organiser, "portrait": portrait, "past": list(page), **_turning(page)}
    return render(request, "organisers/detail.html", context)


def _turning(page: Page[Any]) -> dict[str, str]:
    return {
        "previous_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
