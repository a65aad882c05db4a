"""The shop's list, and the page of one product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns.finding.asked import send_list
from merch import selectors
from merch.catalogue.page import shop_page
from merch.catalogue.product import product_page
from merch.catalogue.structured import product_json_ld
from merch.catalogue.wanted import Wanted

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from campaigns.finding.asked import FoundPage
    from merch.selectors import Card


@require_safe
def shop(request: HttpRequest) -> HttpResponse:
    """Show souvenirs: all that are on sale, what is there first, or those that fit the words and the facets."""
    page = shop_page(wanted=Wanted.read(request.GET), number=request.GET.get("page", ""))
    return send_list(request, page=page, room="shop", title=_title(page), context={})


def _title(page: FoundPage[Wanted, Card]) -> str:
    """Return what the page is about, for its head: «Сувениры: Джаз»."""
    wanted = page.wanted
    if wanted.q:
        return _("Search in the shop: %(words)s") % {"words": wanted.q}
    chosen = ", ".join(str(value.label) for value in page.chosen)
    return _("Souvenirs: %(chosen)s") % {"chosen": chosen} if chosen else _("Souvenirs")


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one product: what it looks like, what it costs, where its price goes."""
    found = get_object_or_404(selectors.shown(), slug=slug)
    page = product_page(product=found)
    photo = page.photos[0] if page.photos else None
    context = {
        "page": page,
        "product": found,
        "json_ld": product_json_ld(page=page),
        "social_picture_url": settings.SITE_URL + photo.src if photo else "",
        "social_picture_width": photo.width if photo else "",
        "social_picture_height": photo.height if photo else "",
    }
    return render(request, "shop/product.html", context)
