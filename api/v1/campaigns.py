"""Campaigns through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from api.errors import problems
from api.v1.pages import CURSOR, PAGE_SIZE, number_cursor
from campaigns import selectors
from campaigns.finding import searching
from campaigns.finding.asked import LONGEST_QUERY
from campaigns.finding.page import in_order
from campaigns.finding.wanted import (
    DISTRICTS,
    FUNDINGS,
    LONGEST_THEME,
    STATES,
    WHOLE_CITY,
    Sort,
    Wanted,
)
from campaigns.models import Campaign
from campaigns.repurposing.selectors import questions_of

if TYPE_CHECKING:
    from rest_framework.request import Request

    from campaigns.models import PurposeQuestion
    from campaigns.repurposing.selectors import Answers
    from campaigns.selectors import CampaignRow


STATUSES = tuple(Campaign.Status.values)  # named in the schema
OPEN_OR_NOT = ("live", "closed")
FILTERS = [
    OpenApiParameter("q", {"type": "string", "maxLength": LONGEST_QUERY}, description="Words, in Russian full text."),
    OpenApiParameter("theme", {"type": "string", "maxLength": LONGEST_THEME}),
    OpenApiParameter("district", str, enum=list(DISTRICTS)),
    OpenApiParameter("state", str, enum=list(STATES)),
    OpenApiParameter("funding", str, enum=list(FUNDINGS)),
    OpenApiParameter("sort", str, enum=Sort.values, description="Best match where there are words, else newest."),
]


class PurposeSerializer(serializers.Serializer[dict[str, Any]]):
    """What donors were asked when the money could not be used as promised; how many gifts' donors want what."""

    state = serializers.ChoiceField(["asking", "carrying", "done"])
    reason = serializers.CharField()
    deadline = serializers.DateTimeField()
    gifts = serializers.IntegerField()
    give_back = serializers.IntegerField()
    to_another_campaign = serializers.IntegerField()
    to_the_fund = serializers.IntegerField()


class CampaignSerializer(serializers.Serializer[dict[str, Any]]):
    """One campaign; sums in kopecks, read from the books."""

    slug = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    theme = serializers.CharField(help_text="Empty where it has none.")
    district = serializers.ChoiceField(list(DISTRICTS))
    state = serializers.ChoiceField(list(STATES))
    funding = serializers.ChoiceField(Campaign.Funding.values)
    minimum_kopecks = serializers.IntegerField(allow_null=True)
    is_minimum_met = serializers.BooleanField()
    goal_kopecks = serializers.IntegerField()
    raised_kopecks = serializers.IntegerField()
    donors = serializers.IntegerField()
    status = serializers.ChoiceField(OPEN_OR_NOT)
    question = PurposeSerializer(allow_null=True)
    is_demo = serializers.BooleanField()


class CampaignPageSerializer(serializers.Serializer[dict[str, Any]]):
    """One page of campaigns."""

    items = CampaignSerializer(many=True)
    total = serializers.IntegerField(help_text="How many fit in all.")
    next_cursor = serializers.CharField(allow_null=True)


@extend_schema(
    operation_id="campaigns_list",
    parameters=[CURSOR, *FILTERS],
    responses={200: CampaignPageSerializer} | problems(400),
)
@api_view(["GET"])
def campaign_list(request: Request) -> Response:
    """Return campaigns as the site's list does: those that fit the words and the filters, in the order wanted."""
    if unknown := Wanted.unknown_words(request.query_params):
        raise ValidationError({name: [_("This is none of the words that we know here.")] for name in unknown})
    offset = number_cursor(request) or 0
    now = timezone.now()
    wanted = Wanted.read(request.query_params)
    found = searching.search(wanted=wanted, now=now, limit=PAGE_SIZE, offset=offset)
    campaigns = in_order(found.page)
    rows, asked = selectors.rows(campaigns=campaigns, now=now), questions_of(campaigns=campaigns)
    following = str(offset + PAGE_SIZE) if offset + PAGE_SIZE < found.total else None
    items = [show_campaign(row, asked.get(row.campaign.pk)) for row in rows]
    return Response({"items": items, "total": found.total, "next_cursor": following})


def show_campaign(row: CampaignRow, asked: tuple[PurposeQuestion, Answers] | None) -> dict[str, object]:
    """Return a campaign as lists have it."""
    return {
        "slug": row.campaign.slug,
        "title": row.campaign.title,
        "summary": row.campaign.summary,
        "theme": row.campaign.theme,
        "district": row.campaign.district or WHOLE_CITY,
        "state": row.campaign.status,
        "funding": row.campaign.funding,
        "minimum_kopecks": row.campaign.minimum_kopecks,
        "is_minimum_met": not row.campaign.is_owed,
        "goal_kopecks": row.campaign.goal_kopecks,
        "raised_kopecks": row.figures.raised_kopecks,
        "donors": row.figures.donors,
        "status": "live" if row.is_open else "closed",
        "question": _asked(*asked) if asked else None,
        "is_demo": row.campaign.is_demo,
    }


def _asked(question: PurposeQuestion, answers: Answers) -> dict[str, object]:
    return {
        "state": question.state,
        "reason": question.reason,
        "deadline": question.deadline_at,
        "gifts": answers.asked,
        "give_back": answers.back,
        "to_another_campaign": answers.move,
        "to_the_fund": answers.fund,
    }
