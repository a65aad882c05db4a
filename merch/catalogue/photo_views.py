"""Sends photos of products: to anybody and for ever once the product was on sale, before that to who prepares it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from campaigns.drafting.picture_views import FOR_EVER, TYPES
from merch.models import Photo, Product
from people.access import used_second_factor

if TYPE_CHECKING:
    from django.http import HttpRequest

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
    if not default_storage.exists(name):
        raise Http404
    with default_storage.open(name) as stored:  # a few hundred kilobytes at most
        answer = HttpResponse(stored.read(), content_type=TYPES[ending])
    answer.headers["Cache-Control"] = FOR_EVER if is_public else "private, no-store"
    return answer


def _may_look(request: HttpRequest) -> bool:
    user = request.user
    return user.is_authenticated and user.has_perm(MANAGERS) and used_second_factor(request)
