"""Organisers through the API: who they are, what they promised and when they did it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from api.errors import problems
from api.v1.pages import CURSOR, PAGE_SIZE, number_cursor
from campaigns.finding.wanted import STATES
from campaigns.models import Organiser
from campaigns.organisers import selectors

if TYPE_CHECKING:
    from rest_framework.request import Request

    from campaigns.organisers.selectors import TrackRecord
    from campaigns.selectors import CampaignRow

State = Organiser.State
KINDS = tuple(Organiser.Kind.values)  # named in the schema
STANDINGS = ("verified", "suspended", "looked_at_anew")
LARGEST_OFFSET = 10_000  # nobody turns so many pages, and each costs what lies before it


class OrganiserSerializer(serializers.Serializer[dict[str, Any]]):
    """A community or person whom the fund has verified."""

    slug = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(KINDS)
    standing = serializers.ChoiceField(
        STANDINGS, help_text="`suspended`: no new projects; `looked_at_anew`: the fund looks at new requisites."
    )
    verified_at = serializers.DateTimeField()
    live = serializers.IntegerField(help_text="Projects that collect now.")
    done = serializers.IntegerField(help_text="Projects done and reported.")
    url = serializers.CharField()
    is_demo = serializers.BooleanField()


class OrganiserPageSerializer(serializers.Serializer[dict[str, Any]]):
    """One page of organisers."""

    items = OrganiserSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class RecordSerializer(serializers.Serializer[dict[str, Any]]):
    """How the word was kept: the promised day against the day of the report, in projects."""

    raised_kopecks = serializers.IntegerField(help_text="For all projects, less what went back; by the books.")
    on_time = serializers.IntegerField()
    late = serializers.IntegerField()
    overdue = serializers.IntegerField()
    under_way = serializers.IntegerField()
    not_funded = serializers.IntegerField()
    cancelled = serializers.IntegerField()


class PromisedSerializer(serializers.Serializer[dict[str, Any]]):
    """A project of theirs."""

    slug = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(list(STATES))
    delivery_due_date = serializers.DateField(allow_null=True)
    raised_kopecks = serializers.IntegerField()


class WholeOrganiserSerializer(OrganiserSerializer):
    """An organiser with the record of promises."""

    about = serializers.CharField()
    community_url = serializers.CharField(help_text="In the city's directory; empty where it is not there.")
    record = RecordSerializer()
    campaigns = PromisedSerializer(many=True)


@extend_schema(
    operation_id="organisers_list", parameters=[CURSOR], responses={200: OrganiserPageSerializer} | problems(400)
)
@api_view(["GET"])
def organisers(request: Request) -> Response:
    """Return organisers that the fund has verified, the newest first."""
    offset = number_cursor(request) or 0
    rows = list(selectors.published()[offset : offset + PAGE_SIZE + 1]) if offset < LARGEST_OFFSET else []
    following = str(offset + PAGE_SIZE) if len(rows) > PAGE_SIZE else None
    return Response({"items": [_shown(row) for row in rows[:PAGE_SIZE]], "next_cursor": following})


@extend_schema(operation_id="organisers_retrieve", responses={200: WholeOrganiserSerializer} | problems(404))
@api_view(["GET"])
def organiser(request: Request, slug: str) -> Response:  # noqa: ARG001 - DRF's signature
    """Return one organiser, what was promised and what was done; its queries do not grow with the projects."""
    found = selectors.published().filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such organiser."))
    portrait = selectors.portrait(organiser=found, now=timezone.now())
    community = found.community
    body = _shown(found) | {
        "about": found.about,
        "community_url": settings.SITE_URL + community.get_absolute_url() if community else "",
        "record": _record(portrait.record),
        "campaigns": [_promised(row) for row in (*portrait.live, *portrait.past)],
    }
    return Response(body)


def _shown(row: Organiser) -> dict[str, object]:
    return {
        "slug": row.slug,
        "name": row.name,
        "kind": row.kind,
        "standing": _standing(row),
        "verified_at": row.verified_at,
        "live": row.live,  # type: ignore[attr-defined]  # annotated
        "done": row.done,  # type: ignore[attr-defined]  # annotated
        "url": settings.SITE_URL + row.get_absolute_url(),
        "is_demo": row.is_demo,
    }


def _standing(row: Organiser) -> str:
    """Return what the organiser's page says of how the fund stands to them."""
    if row.state in {State.SUSPENDED, State.REFUSED}:
        return "suspended"
    return "verified" if row.state == State.VERIFIED else "looked_at_anew"


def _record(record: TrackRecord) -> dict[str, int]:
    return {name: getattr(record, name) for name in RecordSerializer().get_fields()}


def _promised(row: CampaignRow) -> dict[str, object]:
    return {
        "slug": row.campaign.slug,
        "title": row.campaign.title,
        "state": row.campaign.status,
        "delivery_due_date": row.campaign.delivery_due_date,
        "raised_kopecks": row.figures.raised_kopecks,
    }
