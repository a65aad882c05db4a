"""Whose campaign it is: every page of this room finds its campaign here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404

from campaigns.models import Campaign
from people.access import person, used_second_factor

if TYPE_CHECKING:
    from django.http import HttpRequest

REVIEWERS = "campaigns.approve_campaign"


def own_campaign(request: HttpRequest, slug: str) -> Campaign:
    """Return a campaign with its organiser to the account that runs it. One query.

    :raises Http404: to anybody else, so that nobody learns what is being written.
    """
    rows = Campaign.objects.select_related("organiser", "cover")
    return get_object_or_404(rows, slug=slug, organiser__user=person(request))


def readable_campaign(request: HttpRequest, slug: str) -> Campaign:
    """Return a campaign to who runs it or reviews it at the desk.

    :raises Http404: to anybody else.
    """
    found = get_object_or_404(Campaign.objects.select_related("organiser__community", "cover"), slug=slug)
    if not may_read(request, found):
        raise Http404
    return found


def may_read(request: HttpRequest, campaign: Campaign) -> bool:
    """Return whether who asks runs a campaign, or may approve it and has proved it with a second factor."""
    user = request.user
    if not user.is_authenticated:
        return False
    is_own = campaign.organiser is not None and campaign.organiser.user_id == user.pk
    return is_own or (user.has_perm(REVIEWERS) and used_second_factor(request))
