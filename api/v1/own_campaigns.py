"""An organiser's own campaigns through the API: the same forms, steps and refusals as on the site."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from api.authentication import KeyAuthentication
from api.errors import problems
from api.v1.donations import KEY, read_key
from api.v1.drafts import DraftSerializer, SavedWordsSerializer, told, typed
from api.v1.fields import TEXT, StrictCharField
from api.v1.own import Conflict, own, require_public, user_of, wrong
from api.v1.pages import CURSOR, PAGE_SIZE, number_cursor, numbered_page
from campaigns.drafting import services
from campaigns.drafting.forms import CampaignForms, StartForm
from campaigns.drafting.selectors import OFFERED, WRITABLE, own_row
from campaigns.drafting.steps import WEIGHTY, IncompleteError, take_step
from campaigns.life.acts import ACTS, REFUSALS
from campaigns.life.moves import MoveError, NoReasonError, WrongStateError
from campaigns.life.reasons import LONGEST
from campaigns.managing import selectors
from campaigns.models import Campaign
from campaigns.organisers.services import verified_organiser
from people.models import ApiKey
from people.names import visible

if TYPE_CHECKING:
    from rest_framework.request import Request

    from campaigns.models import Draft
    from people.models import User


class NewCampaignSerializer(serializers.Serializer[dict[str, Any]]):
    """What a draft begins with."""

    title = StrictCharField(max_length=120)
    summary = StrictCharField(max_length=300)


class StepSerializer(serializers.Serializer[dict[str, Any]]):
    """One step to be taken."""

    action = serializers.ChoiceField(OFFERED)
    reason = serializers.CharField(
        max_length=LONGEST, allow_blank=True, default="", error_messages=TEXT,
        help_text="Why, in a few words; once the project is public, so is this. Needed to end a collection early.",
    )  # fmt: skip

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Leave what can be seen of the reason; refuse one that nobody would read."""
        reason = visible(attrs["reason"])
        if reason and not ACTS[attrs["action"]].asks_why:
            raise serializers.ValidationError({"reason": _("This step is taken without a reason.")})
        return attrs | {"reason": reason}


class OwnCampaignSerializer(serializers.Serializer[dict[str, Any]]):
    """One's own campaign: its state, which steps are possible now, and its money in kopecks."""

    slug = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(Campaign.Status.values)
    steps = serializers.ListField(child=serializers.ChoiceField(OFFERED))
    goal_kopecks = serializers.IntegerField()
    minimum_kopecks = serializers.IntegerField(allow_null=True)


class WholeCampaignSerializer(OwnCampaignSerializer):
    """One's own campaign with its draft, its money, and what is missing before it can be handed in."""

    raised_kopecks = serializers.IntegerField()
    owed_kopecks = serializers.IntegerField(help_text="Belongs to the donors until the minimum is met.")
    spent_kopecks = serializers.IntegerField()
    version = serializers.IntegerField(help_text="Send it with what is saved, so that nobody's words are lost.")
    draft = DraftSerializer()
    missing = serializers.ListField(child=serializers.CharField())


class OwnPageSerializer(serializers.Serializer[dict[str, Any]]):
    """One page of one's own campaigns."""

    items = OwnCampaignSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class OwnGiftSerializer(serializers.Serializer[dict[str, Any]]):
    """One paid gift: a name only where the donor wanted it shown."""

    number = serializers.CharField()
    paid_at = serializers.DateTimeField()
    public_name = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)
    amount_kopecks = serializers.IntegerField()
    gone_back_kopecks = serializers.IntegerField()
    operation = serializers.IntegerField()


class OwnGiftPageSerializer(serializers.Serializer[dict[str, Any]]):
    """One page of a campaign's gifts."""

    items = OwnGiftSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


@extend_schema(
    methods=["GET"], operation_id="own_campaigns_list", parameters=[CURSOR],
    responses={200: OwnPageSerializer} | problems(400, 401),
)  # fmt: skip
@extend_schema(
    methods=["POST"], operation_id="own_campaigns_create", parameters=[KEY], request=NewCampaignSerializer,
    responses={201: WholeCampaignSerializer} | problems(400, 401, 403, 409),
)  # fmt: skip
@api_view(["GET", "POST"])
@authentication_classes([KeyAuthentication])
@permission_classes([IsAuthenticated])
def own_campaigns(request: Request) -> Response:
    """Return one's own campaigns, newest first; or begin a draft. The same Idempotency-Key begins one."""
    return _begin(request) if request.method == "POST" else _list(request)


@extend_schema(
    methods=["GET"], operation_id="own_campaign", responses={200: WholeCampaignSerializer} | problems(401, 404)
)
@extend_schema(
    methods=["PUT"], operation_id="own_campaign_save", request=SavedWordsSerializer,
    responses={200: WholeCampaignSerializer} | problems(400, 401, 404, 409),
)  # fmt: skip
@api_view(["GET", "PUT"])
@authentication_classes([KeyAuthentication])
@permission_classes([IsAuthenticated])
def own_campaign(request: Request, slug: str) -> Response:
    """Return one's own campaign; or keep its draft, whole or not."""
    campaign = own(request, slug)
    if request.method == "PUT":
        _save(campaign, request)
        campaign.refresh_from_db()
    return Response(_whole(campaign, user_of(request)))


@extend_schema(
    operation_id="own_campaign_step", request=StepSerializer,
    responses={200: WholeCampaignSerializer} | problems(400, 401, 403, 404, 409),
)  # fmt: skip
@api_view(["POST"])
@authentication_classes([KeyAuthentication])
@permission_classes([IsAuthenticated])
def own_step(request: Request, slug: str) -> Response:
    """Take one step: hand in, take back, open for gifts and so on. A weighty one needs a key that may take it."""
    campaign = own(request, slug)
    form = StepSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    action, reason = form.validated_data["action"], form.validated_data["reason"]
    if action in WEIGHTY:
        require_public(request)
    try:
        take_step(campaign=campaign, act=action, user=user_of(request), now=timezone.now(), reason=reason)
    except NoReasonError as error:
        raise ValidationError({"reason": [REFUSALS[NoReasonError]]}) from error
    except IncompleteError as error:
        raise ValidationError({"missing": [f"{field}: {text}" for field, text in error.missing]}) from error
    except MoveError as error:
        raise Conflict(REFUSALS.get(type(error))) from error
    except (services.OvertakenError, services.PictureWaitingError) as error:
        raise Conflict from error
    campaign.refresh_from_db()
    return Response(_whole(campaign, user_of(request)))


@extend_schema(
    operation_id="own_campaign_gifts", parameters=[CURSOR],
    responses={200: OwnGiftPageSerializer} | problems(400, 401, 404),
)  # fmt: skip
@api_view(["GET"])
@authentication_classes([KeyAuthentication])
@permission_classes([IsAuthenticated])
def own_gifts(request: Request, slug: str) -> Response:
    """Return the paid gifts of one's own campaign, newest first."""
    campaign, cursor = own(request, slug), number_cursor(request)
    gifts = selectors.paid_gifts(campaign=campaign)
    if cursor is not None:
        gifts = gifts.filter(pk__lt=cursor)
    rows = list(selectors.gift_rows(gifts=gifts[: PAGE_SIZE + 1]))
    page = rows[:PAGE_SIZE]
    items = [
        {
            "number": row.number,
            "paid_at": row.at,
            "public_name": row.public_name,
            "message": row.message,
            "amount_kopecks": row.amount_kopecks,
            "gone_back_kopecks": row.gone_back_kopecks,
            "operation": row.operation_number,
        }
        for row in page
    ]
    following = str(int(page[-1].number)) if len(rows) > PAGE_SIZE else None
    return Response({"items": items, "next_cursor": following})


def _list(request: Request) -> Response:
    user = user_of(request)
    page, following = numbered_page(request, selectors.own_campaigns(user=user))
    return Response({"items": [_shown(one, user) for one in page], "next_cursor": following})


def _begin(request: Request) -> Response:
    organiser = verified_organiser(user=user_of(request))
    if organiser is None:
        raise PermissionDenied(_("Only verified organisers write projects: apply on the site first."))
    key = uuid5(NAMESPACE_URL, f"own-campaign:{organiser.pk}:{read_key(request)}")
    form = NewCampaignSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    words = StartForm(form.validated_data | {"key": key})
    if not words.is_valid():
        raise wrong(words)
    try:
        campaign = services.start_campaign(organiser=organiser, now=timezone.now(), **words.cleaned_data)
    except services.TooManyDraftsError as error:
        raise Conflict(_("You have ten drafts already: hand one in, or give one up.")) from error
    return Response(_whole(campaign, user_of(request)), status=HTTPStatus.CREATED)


def _save(campaign: Campaign, request: Request) -> None:
    form = SavedWordsSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    words, now = typed(form.validated_data), timezone.now()
    forms = CampaignForms(words, now=now)
    try:
        services.save_draft(
            campaign_id=campaign.pk, words=words, version=form.validated_data["version"], tab=_tab(request),
            terms=forms.terms(), heading=forms.heading(), now=now,
        )  # fmt: skip
    except WrongStateError as error:
        raise Conflict(_("This project is handed in: its form is closed. Take it back to change something.")) from error
    except services.OvertakenError as error:
        raise Conflict(_("It was saved elsewhere meanwhile: read it anew, then save with its version.")) from error


def _tab(request: Request) -> str:
    """Return what names the program that saves: two of them are two tabs, and neither writes over the other unseen."""
    return f"api:{request.auth.pk}" if isinstance(request.auth, ApiKey) else "api"


def _shown(campaign: Campaign, user: User) -> dict[str, object]:
    possible = own_row(campaign=campaign, user=user).acts
    return {
        "slug": campaign.slug,
        "title": campaign.title,
        "status": campaign.status,
        "steps": [act for act in possible if act in OFFERED],
        "goal_kopecks": campaign.goal_kopecks,
        "minimum_kopecks": campaign.minimum_kopecks,
    }


def _whole(campaign: Campaign, user: User) -> dict[str, object]:
    now = timezone.now()
    draft: Draft = services.ensure_draft(campaign=campaign, now=now)
    money = selectors.money(campaign=campaign)
    is_writable = campaign.status in WRITABLE
    missing = CampaignForms(draft.words, now=now).missing() if is_writable else []
    return _shown(campaign, user) | {
        "raised_kopecks": money.raised_kopecks,
        "owed_kopecks": money.owed_kopecks,
        "spent_kopecks": money.spent_kopecks,
        "version": draft.version,
        "draft": told(draft.words),
        "missing": [f"{field}: {text}" for field, text in missing],
    }
