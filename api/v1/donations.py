"""Giving through the API."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import api_view
from rest_framework.exceptions import APIException, NotFound, Throttled, ValidationError
from rest_framework.response import Response

from api.errors import problems
from api.v1.fields import NO_BOOLEAN, TEXT, StrictIntegerField
from campaigns import selectors, services
from campaigns.models import Campaign, Donation
from campaigns.subscriptions.selectors import gift_of
from fund.forms import gift_refusal
from fund.money import Kopecks
from fund.payments.addresses import client_address
from people.emails import refuse_look_alike
from people.names import visible

if TYPE_CHECKING:
    from rest_framework.request import Request

GIFT_STATES = ("pending", "succeeded", "canceled", "refunded", "partially_refunded")
BEARERS = ("fund", "donor")
LONGEST_KEY = 64
HASTE_SECONDS = 600


class KeyReused(APIException):
    """422: the key came with another body."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = _("This Idempotency-Key came before with another body.")


class CampaignClosed(APIException):
    """409: no more gifts."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("The campaign takes no gifts now.")


class ConsentsSerializer(serializers.Serializer[dict[str, bool]]):
    """What the donor agrees to; each must be true."""

    offer = serializers.BooleanField(error_messages=NO_BOOLEAN)
    personal_data = serializers.BooleanField(error_messages=NO_BOOLEAN)
    recurring = serializers.BooleanField(
        required=False, error_messages=NO_BOOLEAN, help_text="Needed, and true, for a gift each month alone."
    )

    def validate(self, attrs: dict[str, bool]) -> dict[str, bool]:
        """Refuse a gift without both consents."""
        missing = {name: [_("This consent must be true.")] for name, given in attrs.items() if given is not True}
        if missing:
            raise ValidationError(missing)
        return attrs


class NewDonationSerializer(serializers.Serializer[dict[str, Any]]):
    """A gift to be made."""

    campaign = serializers.SlugField(max_length=60)
    amount_kopecks = StrictIntegerField()
    email = serializers.EmailField(max_length=254, validators=[refuse_look_alike])
    public_name = serializers.CharField(
        max_length=100,
        allow_null=True,
        required=False,
        default=None,
        error_messages=TEXT,
        help_text="Who sends a name agrees that it is shown on the project's page; null stays anonymous.",
    )
    monthly = serializers.BooleanField(
        required=False,
        default=False,
        error_messages=NO_BOOLEAN,
        help_text="The same sum comes each month, until the donor stops it; campaigns without an end alone.",
    )
    keep_for_fund = serializers.BooleanField(
        required=False,
        default=False,
        error_messages=NO_BOOLEAN,
        help_text="Where the money comes too late, or the minimum is missed, the fund keeps it: it does not go back.",
    )
    message = serializers.CharField(
        max_length=500,
        required=False,
        default="",
        allow_blank=True,
        error_messages=TEXT,
        help_text="A word to the project; the site does not show it.",
    )
    consents = ConsentsSerializer()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a gift each month without the consent to its terms."""
        if attrs["monthly"] and not attrs["consents"].get("recurring"):
            raise ValidationError({"consents": {"recurring": [_("This consent must be true.")]}})
        return attrs

    def validate_amount_kopecks(self, value: int) -> int:
        """Keep the sum within the fund's limits."""
        if refusal := gift_refusal(value):
            raise ValidationError(refusal)
        return value


class FeeSerializer(serializers.Serializer[dict[str, Any]]):
    """Whose ЮKassa's fee is if this gift goes back before the minimum is met, as the site says beforehand."""

    borne_by = serializers.ChoiceField(BEARERS, help_text="`donor`: it is kept from what goes back.")
    kopecks = serializers.IntegerField(allow_null=True, help_text="How much it was; null until ЮKassa has told it.")


class DonationSerializer(serializers.Serializer[dict[str, Any]]):
    """A gift and how far it has come."""

    id = serializers.CharField()
    token = serializers.CharField()
    status = serializers.ChoiceField(GIFT_STATES)
    confirmation_url = serializers.CharField(allow_null=True)
    operation = serializers.IntegerField(allow_null=True)
    receipt_url = serializers.CharField(allow_null=True)
    subscription = serializers.CharField(
        allow_null=True, help_text="The secret token of the monthly gift it belongs to."
    )
    keep_for_fund = serializers.BooleanField()
    fee = FeeSerializer()


CREATED = {201: DonationSerializer} | problems(400, 404, 409, 422, 429)
KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True, description="1 to 64 characters."
)


@extend_schema(parameters=[KEY], request=NewDonationSerializer, responses=CREATED)
@api_view(["POST"])
def create_donation(request: Request) -> Response:
    """Make a gift and open its payment. The same key and body give the same gift."""
    key = read_key(request)
    form = NewDonationSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    found = form.validated_data
    campaign = Campaign.objects.published().filter(slug=found["campaign"]).first()
    if campaign is None:
        raise NotFound(_("There is no such campaign."))
    donation = _give(request, campaign, found, f"api:{sha256(key.encode()).hexdigest()[:60]}")
    return Response(_shown(donation), status=status.HTTP_201_CREATED)


def _give(request: Request, campaign: Campaign, found: dict[str, Any], key: str) -> Donation:
    """Make the gift, or say in the API's words why not."""
    try:
        return services.give(
            campaign=campaign,
            gift=services.Gift(
                Kopecks(found["amount_kopecks"]),
                found["email"],
                visible(found["public_name"] or ""),
                found["message"],
                is_kept_if_late=found["keep_for_fund"],
                is_monthly=found["monthly"],
            ),
            key=key,
            address=client_address(request),
            now=timezone.now(),
        )
    except services.KeyReusedError as error:
        raise KeyReused from error
    except services.CampaignClosedError as error:
        raise CampaignClosed from error
    except services.NotMonthlyError as error:
        raise ValidationError({"monthly": [_("This campaign takes no gifts that come each month.")]}) from error
    except services.TooManyGiftsError as error:
        raise Throttled(HASTE_SECONDS) from error


def read_key(request: Request) -> str:
    """Return the caller's one-time key.

    :raises ValidationError: if there is none, or it is too long.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= LONGEST_KEY:
        raise ValidationError({"Idempotency-Key": [_("This header is needed: 1 to 64 characters.")]})
    return key


@extend_schema(responses={200: DonationSerializer} | problems(404))
@api_view(["GET"])
def donation(request: Request, token: str) -> Response:  # noqa: ARG001 - DRF's signature
    """Return a gift by its secret token."""
    known = Donation.objects.select_related("payment", "campaign", "letter")
    found = known.filter(token=token[:100].replace("\x00", "")).first()
    if found is None:
        raise NotFound(_("There is no such gift."))
    return Response(_shown(found), headers={"Cache-Control": "no-store"})


def _shown(found: Donation) -> dict[str, object]:
    state = selectors.gift_state(donation=found)
    subscription = gift_of(donation=found)
    receipt = settings.SITE_URL + reverse("gifts:receipt", kwargs={"token": found.token})
    return {
        "id": found.number,
        "token": found.token,
        "status": state.status,
        "confirmation_url": state.confirmation_url or None,
        "operation": state.operation_number,
        "receipt_url": receipt if state.has_receipt else None,
        "subscription": subscription.token if subscription else None,
        "keep_for_fund": found.is_kept_if_late,
        "fee": {"borne_by": BEARERS[found.is_fee_kept], "kopecks": found.payment.commission_kopecks},
    }
