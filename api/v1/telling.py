"""What is said about campaigns, through the API: updates, questions with their answers, comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from api.errors import problems
from api.v1.pages import CURSOR, numbered_page
from campaigns.markdown import render_markdown
from campaigns.models import Campaign
from campaigns.telling import selectors

if TYPE_CHECKING:
    from rest_framework.request import Request

    from campaigns.models import Question, Update


class UpdateSerializer(serializers.Serializer[dict[str, Any]]):
    """One published update."""

    number = serializers.IntegerField()
    title = serializers.CharField()
    body = serializers.CharField(help_text="Markdown, in a small subset.")
    html = serializers.CharField(help_text="The same, safe to show.")
    published_at = serializers.DateTimeField()
    corrected_at = serializers.DateTimeField(allow_null=True)
    address = serializers.CharField()


class UpdatePageSerializer(serializers.Serializer[dict[str, Any]]):
    """One page of updates."""

    items = UpdateSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class QuestionSerializer(serializers.Serializer[dict[str, Any]]):
    """One question with its answer."""

    id = serializers.IntegerField()
    name = serializers.CharField(help_text="As the person agreed to be named; else empty.")
    text = serializers.CharField()
    answer = serializers.CharField(help_text="Markdown, in a small subset.")
    answered_at = serializers.DateTimeField()


class QuestionPageSerializer(serializers.Serializer[dict[str, Any]]):
    """One page of questions, and how many wait for an answer."""

    items = QuestionSerializer(many=True)
    awaited = serializers.IntegerField()
    next_cursor = serializers.CharField(allow_null=True)


class CommentSerializer(serializers.Serializer[dict[str, Any]]):
    """One comment that is shown."""

    id = serializers.IntegerField()
    name = serializers.CharField(help_text="As the person agreed to be named; else empty.")
    text = serializers.CharField(help_text="Plain text.")
    is_donors = serializers.BooleanField(help_text="Of somebody of whose gift the project has something.")
    created_at = serializers.DateTimeField()


class CommentPageSerializer(serializers.Serializer[dict[str, Any]]):
    """One page of comments."""

    items = CommentSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


@extend_schema(
    operation_id="campaign_updates", parameters=[CURSOR], responses={200: UpdatePageSerializer} | problems(400, 404)
)
@api_view(["GET"])
def updates(request: Request, slug: str) -> Response:
    """Return a campaign's updates, the newest first; those that a moderator hid are left out."""
    page, following = numbered_page(request, selectors.updates(campaign=_find(slug)), by="number")
    return Response({"items": [_update(row) for row in page], "next_cursor": following})


@extend_schema(
    operation_id="campaign_questions", parameters=[CURSOR], responses={200: QuestionPageSerializer} | problems(400, 404)
)
@api_view(["GET"])
def questions(request: Request, slug: str) -> Response:
    """Return a campaign's answered questions, those asked last first; hidden and erased ones are left out."""
    campaign = _find(slug)
    found = selectors.questions(campaign=campaign).filter(hidden_at__isnull=True, erased_at__isnull=True)
    page, following = numbered_page(request, found)
    awaited = selectors.awaited_count(campaign=campaign)
    return Response({"items": [_question(row) for row in page], "awaited": awaited, "next_cursor": following})


@extend_schema(
    operation_id="campaign_comments", parameters=[CURSOR], responses={200: CommentPageSerializer} | problems(400, 404)
)
@api_view(["GET"])
def comments(request: Request, slug: str) -> Response:
    """Return a campaign's comments that are shown, the newest first; hidden and erased ones are left out."""
    found = selectors.comments(campaign=_find(slug)).filter(hidden_at__isnull=True, erased_at__isnull=True)
    page, following = numbered_page(request, found)
    return Response({"items": [_comment(row) for row in page], "next_cursor": following})


def _find(slug: str) -> Campaign:
    found = Campaign.objects.published().filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such campaign."))
    return found


def _update(row: Update) -> dict[str, object]:
    return {
        "number": row.number,
        "title": row.title,
        "body": row.body,
        "html": render_markdown(row.body),
        "published_at": row.published_at,
        "corrected_at": row.corrected_at,
        "address": settings.SITE_URL + row.get_absolute_url(),
    }


def _question(row: Question) -> dict[str, object]:
    return {
        "id": row.pk,
        "name": row.public_name,
        "text": row.text,
        "answer": row.answer,
        "answered_at": row.answered_at,
    }


def _comment(row: Any) -> dict[str, object]:
    return {
        "id": row.pk,
        "name": row.public_name,
        "text": row.text,
        "is_donors": row.has_given,
        "created_at": row.created_at,
    }
