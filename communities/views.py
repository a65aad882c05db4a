"""Pages of the directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from communities import selectors
from communities.models import Community

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE_SIZE = 24


@require_safe
def community_list(request: HttpRequest) -> HttpResponse:
    """Show the directory, or what of it fits the search."""
    query = request.GET.get("q", "")[: selectors.LONGEST_QUERY].replace("\x00", "")
    page = Paginator(selectors.directory(query=query), PAGE_SIZE).get_page(request.GET.get("page"))
    kept = {"q": query} if query else {}
    context = {
        "communities": list(page),
        "count": page.paginator.count,
        "query": query,
        "previous_url": f"?{urlencode(kept | {'page': page.previous_page_number()})}" if page.has_previous() else "",
        "next_url": f"?{urlencode(kept | {'page': page.next_page_number()})}" if page.has_next() else "",
    }
    return render(request, "communities/list.html", context)


@require_safe
def community_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one community."""
    community = get_object_or_404(Community.objects.prefetch_related("links"), slug=slug)
    return render(request, "communities/detail.html", {"community": community})
