"""An organiser's pictures through the API: sent as a form with a file, as on the site; made by the worker."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, authentication_classes, parser_classes, permission_classes
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from api.authentication import KeyAuthentication
from api.errors import problems
from api.parsers import PlainFormParser
from api.v1.own import Conflict, own, wrong
from campaigns.drafting import pictures, selectors, tasks
from campaigns.drafting.picture_forms import PictureForm
from campaigns.life.moves import Status, WrongStateError
from campaigns.models import CampaignPicture

if TYPE_CHECKING:
    from rest_framework.request import Request

    from campaigns.models import Campaign

KINDS, STATES = tuple(CampaignPicture.Kind.values), tuple(CampaignPicture.State.values)  # named in the schema
STAY = _("The pictures stay as they were handed in.")


class NewPictureSerializer(serializers.Serializer[dict[str, Any]]):
    """A picture. Place and day that a camera writes into it are removed; a new cover takes the old one's place."""

    kind = serializers.ChoiceField(KINDS, help_text="`report` while the project is carried out, else the other two.")
    picture = serializers.FileField(help_text="JPEG, PNG or WebP up to 8 MB and 32 million pixels.")
    alt = serializers.CharField(max_length=200, help_text="What is to be seen on it, for those who can't see it.")
    focus_x = serializers.IntegerField(
        min_value=0, max_value=100, required=False, help_text="Of a cover: what matters lies so far from the left, %."
    )
    focus_y = serializers.IntegerField(min_value=0, max_value=100, required=False, help_text="So far from the top, %.")
    zoom = serializers.IntegerField(min_value=100, max_value=300, required=False, help_text="Nearer, %.")


class OwnPictureSerializer(serializers.Serializer[dict[str, Any]]):
    """A picture of one's own campaign."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(KINDS)
    state = serializers.ChoiceField(STATES, help_text="Nothing is handed in while one is `waiting`.")
    alt = serializers.CharField()
    url = serializers.CharField(help_text="Empty until it is ready; a draft's opens to its owner's browser alone.")


class OwnPicturesSerializer(serializers.Serializer[dict[str, Any]]):
    """All pictures of a campaign: twelve of a kind at most."""

    items = OwnPictureSerializer(many=True)


@extend_schema(
    methods=["GET"], operation_id="own_campaign_pictures", responses={200: OwnPicturesSerializer} | problems(401, 404)
)
@extend_schema(
    methods=["POST"], operation_id="own_campaign_picture_add", request={"multipart/form-data": NewPictureSerializer},
    responses={201: OwnPictureSerializer} | problems(400, 401, 404, 409, 413, 415),
)  # fmt: skip
@api_view(["GET", "POST"])
@authentication_classes([KeyAuthentication])
@permission_classes([IsAuthenticated])
@parser_classes([PlainFormParser])
def own_pictures(request: Request, slug: str) -> Response:
    """Return the pictures of one's own campaign, the cover first; or send another one. Sent twice, it is kept once."""
    campaign = own(request, slug)
    if request.method == "POST":
        return Response(_shown(_add(campaign, request)), status=HTTPStatus.CREATED)
    return Response({"items": [_shown(one) for one in selectors.pictures_of(campaign=campaign)]})


@extend_schema(operation_id="own_campaign_picture_remove", responses={204: None} | problems(401, 404, 409))
@api_view(["DELETE"])
@authentication_classes([KeyAuthentication])
@permission_classes([IsAuthenticated])
def own_picture(request: Request, slug: str, picture_id: int) -> Response:
    """Take a picture away. Safe to repeat."""
    campaign = own(request, slug)
    try:
        pictures.remove_picture(campaign_id=campaign.pk, picture_id=picture_id)
    except WrongStateError as error:
        raise Conflict(STAY) from error
    return Response(status=HTTPStatus.NO_CONTENT)


def _add(campaign: Campaign, request: Request) -> CampaignPicture:
    form = PictureForm(request.data, request.FILES, is_report=campaign.status == Status.DELIVERING)
    if not form.is_valid():
        raise wrong(form)
    found = form.cleaned_data
    try:
        made = pictures.add_picture(
            campaign_id=campaign.pk, kind=found["kind"], content=found["picture"].file, alt=found["alt"],
            crop=form.crop(), now=timezone.now(),
        )  # fmt: skip
    except pictures.TooManyPicturesError as error:
        raise Conflict(_("Twelve pictures are enough: remove one first.")) from error
    except WrongStateError as error:
        raise Conflict(STAY) from error
    tasks.make_picture.delay(picture_id=made.pk)
    return made


def _shown(one: CampaignPicture) -> dict[str, object]:
    return {
        "id": one.pk,
        "kind": one.kind,
        "state": one.state,
        "alt": one.alt,
        "url": settings.SITE_URL + one.src if one.state == CampaignPicture.State.READY else "",
    }
