"""Sends photos of products: to anybody and for ever once the product was on sale, before that to who prepares it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.views.decorators.http import require_safe

from campaigns.storing import send_size
from merch.models import Photo, Product
from people.access import used_second_factor

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

MANAGERS = "merch.manage_catalogue"


@require_safe
def file(request: HttpRequest, digest: str, width: str, ending: str) -> HttpResponse:
    """Send one size of a photo. One query where its product is or was on sale.

    :raises Http404: if there is none, or it is not public and not for this reader.
    """
    shown = Photo.objects.filter(digest=digest, state=Photo.State.READY).select_related("product")
    found = sorted(shown, key=lambda one: one.product.state == Product.State.DRAFT)
    if not found or int(width) not in found[0].widths:
        raise Http404
    is_public = found[0].product.state != Product.State.DRAFT
    if not is_public and not _may_look(request):
        raise Http404
    name = f"photos/{digest}/{int(width)}.{ending}"
    return send_size(name=name, ending=ending, is_public=is_public)


def _may_look(request: HttpRequest) -> bool:
    user = request.user
    return user.is_authenticated and user.has_perm(MANAGERS) and used_second_factor(request)
