"""Sends pictures: a public project's to anybody and for ever, a draft's to who runs or reviews it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.views.decorators.http import require_safe

from campaigns.drafting.access import may_read
from campaigns.models import CampaignPicture
from campaigns.storing import send_size

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


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
    return send_size(name=name, ending=ending, is_public=is_public)
