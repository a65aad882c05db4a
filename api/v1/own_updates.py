"""An organiser's updates through the API: written, published once under a number, corrected in the open."""

from __future__ import annotations

from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from api.authentication import KeyAuthentication
from api.errors import problems
from api.v1.donations import KEY, read_key
from api.v1.fields import StrictCharField
from api.v1.own import Conflict, own_public, require_public, wrong
from api.v1.pages import CURSOR, numbered_page
from campaigns.models.telling import TITLE_LENGTH, UPDATE_LENGTH
from campaigns.telling import selectors, updates
from campaigns.telling.forms import UpdateForm

if TYPE_CHECKING:
    from rest_framework.request import Request

    from campaigns.models import Campaign, Update


class UpdateWordsSerializer(serializers.Serializer[dict[str, Any]]):
    """What an update says."""

    title = StrictCharField(max_length=TITLE_LENGTH)
    body = StrictCharField(max_length=UPDATE_LENGTH, help_text="Markdown, in a small subset.")


class OwnUpdateSerializer(serializers.Serializer[dict[str, Any]]):
    """An update of one's own campaign, published or not."""

    id = serializers.IntegerField()
    number = serializers.IntegerField(allow_null=True, help_text="Null while it is a draft.")
    title = serializers.CharField()
    body = serializers.CharField()
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    corrected_at = serializers.DateTimeField(allow_null=True)
    is_hidden = serializers.BooleanField(help_text="A moderator took it off the site.")
    address = serializers.CharField(help_text="Its page; empty while it is a draft.")


class OwnUpdatePageSerializer(serializers.Serializer[dict[str, Any]]):
    """One page of one's own updates."""

    items = OwnUpdateSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


@extend_schema(
    methods=["GET"], operation_id="own_updates_list", parameters=[CURSOR],
    responses={200: OwnUpdatePageSerializer} | problems(400, 401, 404),
)  # fmt: skip
@extend_schema(
    methods=["POST"], operation_id="own_updates_create", parameters=[KEY], request=UpdateWordsSerializer,
    responses={201: OwnUpdateSerializer} | problems(400, 401, 404, 409),
)  # fmt: skip
@api_view(["GET", "POST"])
@authentication_classes([KeyAuthentication])
@permission_classes([IsAuthenticated])
def own_updates(request: Request, slug: str) -> Response:
    """Return one's own updates, drafts too, those begun last first; or keep a draft. The same key keeps one."""
    campaign = own_public(request, slug)
    return _write(campaign, request) if request.method == "POST" else _list(campaign, request)


@extend_schema(methods=["GET"], operation_id="own_update", responses={200: OwnUpdateSerializer} | problems(401, 404))
@extend_schema(
    methods=["PUT"], operation_id="own_update_change", request=UpdateWordsSerializer,
    responses={200: OwnUpdateSerializer} | problems(400, 401, 403, 404),
)  # fmt: skip
@extend_schema(methods=["DELETE"], operation_id="own_update_drop", responses={204: None} | problems(401, 404, 409))
@api_view(["GET", "PUT", "DELETE"])
@authentication_classes([KeyAuthentication])
@permission_classes([IsAuthenticated])
def own_update(request: Request, slug: str, update_id: int) -> Response:
    """Return an update; change a draft, or correct in the open what is published; throw a draft away."""
    update = _own(own_public(request, slug), update_id)
    if request.method == "DELETE":
        return _drop(update)
    if request.method == "PUT":
        update = _change(update, request)
    return Response(_shown(update))


@extend_schema(
    operation_id="own_update_publish", request=None,
    responses={200: OwnUpdateSerializer} | problems(401, 403, 404, 409),
)  # fmt: skip
@api_view(["POST"])
@authentication_classes([KeyAuthentication])
@permission_classes([IsAuthenticated])
def publish(request: Request, slug: str, update_id: int) -> Response:
    """Publish a draft: it is shown, and goes by letter to those who follow. Sent twice, it is told once."""
    update = _own(own_public(request, slug), update_id)
    require_public(request)
    try:
        return Response(_shown(updates.publish_update(update_id=update.pk, now=timezone.now())))
    except updates.TooManyUpdatesError as error:
        raise Conflict(_("Five updates a day are enough: publish this one tomorrow.")) from error


def _list(campaign: Campaign, request: Request) -> Response:
    page, following = numbered_page(request, selectors.own_updates(campaign=campaign))
    return Response({"items": [_shown(row) for row in page], "next_cursor": following})


def _write(campaign: Campaign, request: Request) -> Response:
    key = sha256(f"{campaign.pk}:{read_key(request)}".encode()).hexdigest()[:60]
    try:
        made = updates.write_update(campaign=campaign, key=f"api:{key}", now=timezone.now(), **_words(request))
    except updates.TooManyUpdatesError as error:
        raise Conflict(_("Many drafts lie here already: publish one, or throw one away.")) from error
    return Response(_shown(made), status=HTTPStatus.CREATED)


def _change(update: Update, request: Request) -> Update:
    if update.published_at is not None:
        require_public(request)
    return updates.change_update(update_id=update.pk, now=timezone.now(), **_words(request))


def _drop(update: Update) -> Response:
    try:
        updates.drop_draft(update_id=update.pk)
    except updates.PublishedError as error:
        raise Conflict(_("It is published: it can be corrected, not thrown away.")) from error
    return Response(status=HTTPStatus.NO_CONTENT)


def _words(request: Request) -> dict[str, str]:
    """Return what the site's form makes of the words."""
    sent = UpdateWordsSerializer(data=request.data)
    sent.is_valid(raise_exception=True)
    form = UpdateForm(sent.validated_data | {"key": uuid4()})
    if not form.is_valid():
        raise wrong(form)
    return {name: form.cleaned_data[name] for name in ("title", "body")}


def _own(campaign: Campaign, update_id: int) -> Update:
    found = selectors.own_updates(campaign=campaign).filter(pk=update_id).first()
    if found is None:
        raise NotFound(_("There is no such update."))
    return found


def _shown(row: Update) -> dict[str, object]:
    return {
        "id": row.pk,
        "number": row.number,
        "title": row.title,
        "body": row.body,
        "created_at": row.created_at,
        "published_at": row.published_at,
        "corrected_at": row.corrected_at,
        "is_hidden": row.hidden_at is not None,
        "address": settings.SITE_URL + row.get_absolute_url() if row.number else "",
    }
