"""Sends pictures: a public project's to anybody and for ever, a draft's to who runs or reviews it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from campaigns.drafting.access import may_read
from campaigns.models import CampaignPicture

if TYPE_CHECKING:
    from django.http import HttpRequest

TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}
FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def file(request: HttpRequest, digest: str, width: str, ending: str) -> HttpResponse:
    """Send one size of a picture. One query where its project is public.

    :raises Http404: if there is none, or it is not public and not for this reader.
    """
    shown = CampaignPicture.objects.filter(digest=digest).select_related("campaign__organiser")
    found = sorted(shown, key=lambda one: one.campaign.launched_at is None)
    if not found or int(width) not in found[0].widths:
        raise Http404
    is_public = found[0].campaign.launched_at is not None
    if not is_public and not any(may_read(request, one.campaign) for one in found):
        raise Http404
    name = f"pictures/{digest}/{int(width)}.{ending}"
    if not default_storage.exists(name):
        raise Http404
    with default_storage.open(name) as stored:  # a few hundred kilobytes at most
        answer = HttpResponse(stored.read(), content_type=TYPES[ending])
    answer.headers["Cache-Control"] = FOR_EVER if is_public else "private, no-store"
    return answer
