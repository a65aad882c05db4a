"""Campaigns through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from api.errors import problems
from api.v1.pages import CURSOR, PAGE_SIZE, number_cursor
from campaigns import selectors
from campaigns.models import Campaign

if TYPE_CHECKING:
    from rest_framework.request import Request

    from campaigns.selectors import CampaignRow


class CampaignSerializer(serializers.Serializer[dict[str, Any]]):
    """One campaign; sums in kopecks, read from the books."""

    slug = serializers.CharField()
    title = serializers.CharField()
    funding = serializers.ChoiceField(Campaign.Funding.values)
    minimum_kopecks = serializers.IntegerField(allow_null=True)
    is_minimum_met = serializers.BooleanField()
    goal_kopecks = serializers.IntegerField()
    raised_kopecks = serializers.IntegerField()
    donors = serializers.IntegerField()
    status = serializers.ChoiceField(["live", "closed"])
    is_demo = serializers.BooleanField()


class CampaignPageSerializer(serializers.Serializer[dict[str, Any]]):
    """One page of campaigns."""

    items = CampaignSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


@extend_schema(
    operation_id="campaigns_list", parameters=[CURSOR], responses={200: CampaignPageSerializer} | problems(400)
)
@api_view(["GET"])
def campaign_list(request: Request) -> Response:
    """Return campaigns, newest first."""
    cursor = number_cursor(request)
    found = Campaign.objects.published().order_by("-pk")
    if cursor is not None:
        found = found.filter(pk__lt=cursor)
    campaigns = list(found[: PAGE_SIZE + 1])
    page = campaigns[:PAGE_SIZE]
    rows = selectors.rows(campaigns=page, now=timezone.now())
    following = str(page[-1].pk) if len(campaigns) > PAGE_SIZE else None
    return Response({"items": [_shown(row) for row in rows], "next_cursor": following})


@extend_schema(responses={200: CampaignSerializer} | problems(404))
@api_view(["GET"])
def campaign(request: Request, slug: str) -> Response:  # noqa: ARG001 - DRF's signature
    """Return one campaign."""
    found = Campaign.objects.published().filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such campaign."))
    return Response(_shown(selectors.rows(campaigns=[found], now=timezone.now())[0]))


def _shown(row: CampaignRow) -> dict[str, object]:
    return {
        "slug": row.campaign.slug,
        "title": row.campaign.title,
        "funding": row.campaign.funding,
        "minimum_kopecks": row.campaign.minimum_kopecks,
        "is_minimum_met": not row.campaign.is_owed,
        "goal_kopecks": row.campaign.goal_kopecks,
        "raised_kopecks": row.figures.raised_kopecks,
        "donors": row.figures.donors,
        "status": "live" if row.is_open else "closed",
        "is_demo": row.campaign.is_demo,
    }
