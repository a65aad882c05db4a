"""Monthly gifts through the API: their state, and stopping them, by the secret token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from api.errors import problems
from campaigns.models import Subscription
from campaigns.subscriptions import ending, selectors

if TYPE_CHECKING:
    from rest_framework.request import Request


class SubscriptionSerializer(serializers.Serializer[dict[str, Any]]):
    """A gift that comes each month."""

    campaign = serializers.CharField()
    state = serializers.ChoiceField(Subscription.State.values)
    ended_because = serializers.ChoiceField(Subscription.Ending.values, allow_null=True)
    amount_kopecks = serializers.IntegerField()
    next_charge_at = serializers.DateTimeField(allow_null=True)
    method_title = serializers.CharField(allow_null=True, help_text="What is charged, such as «Bank card *4444».")


SHOWN = {200: SubscriptionSerializer} | problems(404)


@extend_schema(responses=SHOWN)
@api_view(["GET"])
def subscription(request: Request, token: str) -> Response:  # noqa: ARG001 - DRF's signature
    """Return a monthly gift by its secret token."""
    return _shown(token)


@extend_schema(request=None, responses=SHOWN)
@api_view(["POST"])
def stop(request: Request, token: str) -> Response:  # noqa: ARG001 - DRF's signature
    """Stop a monthly gift for good; stopped before, it stays as it is."""
    try:
        ending.stop(token=_clean(token), now=timezone.now())
    except Subscription.DoesNotExist:
        raise NotFound(NOWHERE) from None
    return _shown(token)


NOWHERE = _("There is no such monthly gift.")


def _clean(token: str) -> str:
    return token[:100].replace("\x00", "")


def _shown(token: str) -> Response:
    own = selectors.find(token=_clean(token))
    if own is None:
        raise NotFound(NOWHERE)
    found = own.subscription
    body = {
        "campaign": found.campaign.slug,
        "state": found.state,
        "ended_because": found.ended_because or None,
        "amount_kopecks": found.amount_kopecks,
        "next_charge_at": own.next_charge_at,
        "method_title": own.card or None,
    }
    return Response(body, headers={"Cache-Control": "no-store"})
