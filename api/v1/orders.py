"""Buying through the API: the same rules as the site's checkout, with a key that makes each order one."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import api_view
from rest_framework.exceptions import APIException, NotFound, Throttled, ValidationError
from rest_framework.response import Response

from api.errors import problems
from api.v1.donations import KEY, KeyReused, read_key
from api.v1.fields import NO_BOOLEAN, TEXT, StrictCharField, StrictIntegerField
from fund.forms import gift_refusal
from fund.money import Kopecks
from fund.payments.addresses import client_address
from fund.sales import services as sales
from fund.sales.delivery import PLACELESS, NotDeliveredError, is_postcode
from fund.sales.models import Sale, SaleLine
from fund.sales.phones import NotAPhoneError, parse_phone
from fund.sales.showing import order_page
from merch.carts import ordering
from merch.carts.basket import MOST_LINES, MOST_OF_ONE, Basket, Wanted
from merch.carts.shown import cart_page
from merch.models import Variant
from people.emails import refuse_look_alike
from people.names import visible

if TYPE_CHECKING:
    from datetime import datetime

    from rest_framework.request import Request

    from merch.carts.ordering import Totals
    from merch.carts.shown import CartPage

NOT_AS_IT_STANDS = (
    sales.SoldOutError,
    sales.TooManyHeldError,
    sales.UnknownCodeError,
    sales.CodeUsedError,
    sales.DiscountChangedError,
)
MUST_BE_TRUE = _("This consent must be true.")
HASTE_SECONDS, MISSES_SECONDS = 600, 3600
FUND = "fund"


class Conflict(APIException):
    """409: the order can't be placed as it stands; ``detail`` says why."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("Something of this can't be had now.")


class ItemSerializer(serializers.Serializer[dict[str, Any]]):
    """So many pieces of an article."""

    sku = StrictCharField(max_length=40)
    quantity = StrictIntegerField(min_value=1, max_value=MOST_OF_ONE)


class DeliverySerializer(serializers.Serializer[dict[str, Any]]):
    """How it gets there; a pickup needs neither postcode nor place."""

    carrier = serializers.ChoiceField(Sale.Carrier.values)
    postcode = StrictCharField(max_length=6, required=False, default="", allow_blank=True)
    place = StrictCharField(max_length=300, required=False, default="", allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for what the carrier needs."""
        if attrs["carrier"] in PLACELESS:
            return attrs | {"postcode": "", "place": ""}
        if not is_postcode(attrs["postcode"]):
            raise ValidationError({"postcode": [_("A postcode has six digits, for example 440000.")]})
        if not visible(attrs["place"]):
            raise ValidationError({"place": [_("Write where to send it.")]})
        return attrs


class OrderGiftSerializer(serializers.Serializer[dict[str, Any]]):
    """A gift besides, as a line of its own; to a campaign that is its owner's at once, or to the fund."""

    campaign = serializers.SlugField(max_length=60, required=False, default=FUND)
    amount_kopecks = StrictIntegerField()

    def validate_amount_kopecks(self, value: int) -> int:
        """Keep the sum within the fund's limits."""
        if refusal := gift_refusal(value):
            raise ValidationError(refusal)
        return value


class BuyerConsentsSerializer(serializers.Serializer[dict[str, bool]]):
    """What the buyer agrees to; each must be true. ``offer``, with its refund rules, is asked for with a gift alone."""

    shop_rules = serializers.BooleanField(error_messages=NO_BOOLEAN)
    buyer_data = serializers.BooleanField(error_messages=NO_BOOLEAN)
    offer = serializers.BooleanField(required=False, error_messages=NO_BOOLEAN)

    def validate(self, attrs: dict[str, bool]) -> dict[str, bool]:
        """Refuse an order without its consents."""
        missing = {name: [MUST_BE_TRUE] for name, given in attrs.items() if given is not True}
        if missing:
            raise ValidationError(missing)
        return attrs


class NewOrderSerializer(serializers.Serializer[dict[str, Any]]):
    """An order to be placed. ``total_kopecks`` is what the buyer was told: at any other sum nothing is ordered."""

    items = serializers.ListField(child=ItemSerializer(), min_length=1, max_length=MOST_LINES)
    delivery = DeliverySerializer()
    name = StrictCharField(max_length=100)
    phone = StrictCharField(max_length=30)
    email = serializers.EmailField(max_length=254, validators=[refuse_look_alike])
    comment = StrictCharField(max_length=300, required=False, default="", allow_blank=True, error_messages=TEXT)
    gift = OrderGiftSerializer(required=False, allow_null=True, default=None)
    promo_code = StrictCharField(max_length=40, required=False, default="", allow_blank=True)
    total_kopecks = StrictIntegerField()
    consents = BuyerConsentsSerializer()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a gift without the offer."""
        if attrs["gift"] and not attrs["consents"].get("offer"):
            raise ValidationError({"consents": {"offer": [MUST_BE_TRUE]}})
        return attrs

    def validate_items(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Refuse the same article twice."""
        if len({row["sku"] for row in value}) < len(value):
            raise ValidationError(_("Name each article once."))
        return value

    def validate_name(self, value: str) -> str:
        """Leave what can be seen."""
        if not visible(value):
            raise ValidationError(_("Write who gets the order."))
        return visible(value)

    def validate_phone(self, value: str) -> str:
        """Return the number as it is kept."""
        try:
            return parse_phone(value)
        except NotAPhoneError:
            raise ValidationError(_("There is no such phone number. Write it like +7 900 123-45-67.")) from None


class OrderLineSerializer(serializers.Serializer[dict[str, Any]]):
    """One line of an order."""

    kind = serializers.ChoiceField(SaleLine.Kind.values)
    title = serializers.CharField()
    quantity = serializers.IntegerField()
    returned = serializers.IntegerField(help_text="Pieces of it that went back.")
    total_kopecks = serializers.IntegerField()


class OrderSerializer(serializers.Serializer[dict[str, Any]]):
    """An order and how far it has come. Nothing of the buyer's is told back."""

    id = serializers.CharField()
    token = serializers.CharField()
    state = serializers.ChoiceField(Sale.State.values)
    total_kopecks = serializers.IntegerField()
    discount_kopecks = serializers.IntegerField()
    returned_kopecks = serializers.IntegerField()
    carrier = serializers.ChoiceField(Sale.Carrier.values)
    track_number = serializers.CharField(allow_null=True)
    confirmation_url = serializers.CharField(allow_null=True)
    operation = serializers.IntegerField(allow_null=True)
    lines = OrderLineSerializer(many=True)
    url = serializers.CharField()


@extend_schema(
    parameters=[KEY], request=NewOrderSerializer, responses={201: OrderSerializer} | problems(400, 409, 422, 429)
)
@api_view(["POST"])
def create_order(request: Request) -> Response:
    """Place an order and open its payment. The same key and body give the same order."""
    key = f"api:{sha256(read_key(request).encode()).hexdigest()[:60]}"
    form = NewOrderSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    sale = _known(key, form.validated_data) or _place(request, form.validated_data, key, timezone.now())
    return Response(_shown(sale), status=status.HTTP_201_CREATED)


@extend_schema(responses={200: OrderSerializer} | problems(404))
@api_view(["GET"])
def order(request: Request, token: str) -> Response:  # noqa: ARG001 - DRF's signature
    """Return an order by its secret token."""
    found = Sale.objects.select_related("payment").filter(token=token[:100].replace("\x00", "")).first()
    if found is None:
        raise NotFound(_("There is no such order."))
    return Response(_shown(found), headers={"Cache-Control": "no-store"})


def _known(key: str, found: dict[str, Any]) -> Sale | None:
    try:
        return sales.find_placed(key=key, request=_request(found))
    except sales.KeyReusedError as error:
        raise KeyReused from error


def _request(found: dict[str, Any]) -> str:
    return json.dumps(found, sort_keys=True, ensure_ascii=False)


def _page(found: dict[str, Any], code: str, now: datetime) -> CartPage:
    """Return what is wanted as a cart. Three queries, four with a code.

    :raises Conflict: if some of it can't be had.
    """
    wanted = {row["sku"]: row["quantity"] for row in found["items"]}
    rows = Variant.objects.filter(item__sku__in=wanted).values_list("pk", "item__sku", "price_kopecks")
    lines = {pk: Wanted(wanted[sku], Kopecks(price)) for pk, sku, price in rows}
    page = cart_page(basket=Basket(lines, code), now=now)
    there = {row.variant.item.sku for row in page.rows if not row.trouble}
    if missing := sorted(wanted.keys() - there):
        raise Conflict(_("Not to be had in this number: %(skus)s.") % {"skus": ", ".join(missing)})
    return page


def _code(request: Request, found: dict[str, Any], now: datetime) -> str:
    """Return the promo code as it is kept; who guesses is counted, as at the site's cart."""
    if not found["promo_code"]:
        return ""
    try:
        return sales.find_code(code=found["promo_code"], address=client_address(request), now=now).code
    except sales.UnknownCodeError as error:
        raise Conflict(_("There is no such promo code, or its time is over.")) from error
    except sales.TooManyMissesError as error:
        raise Throttled(MISSES_SECONDS) from error


def _totals(page: CartPage, found: dict[str, Any]) -> Totals:
    """Return what the order comes to.

    :raises Conflict: if the buyer was told another sum, or the carrier does not go there.
    """
    delivery, gift = found["delivery"], found["gift"]
    try:
        totals = ordering.totals(
            page=page,
            carrier=delivery["carrier"],
            postcode=delivery["postcode"],
            gift_kopecks=gift["amount_kopecks"] if gift else None,
        )
    except NotDeliveredError as error:
        raise Conflict(_("This carrier does not take such a parcel there. Choose another one.")) from error
    if totals.total_kopecks != found["total_kopecks"]:
        text = _("The order comes to %(kopecks)s kopecks: order it at that sum.")
        raise Conflict(text % {"kopecks": totals.total_kopecks})
    return totals


def _place(request: Request, found: dict[str, Any], key: str, now: datetime) -> Sale:
    """Place the order, or say in the API's words why not."""
    gift = found["gift"]
    if gift and gift["campaign"] not in {FUND, *dict(ordering.receivers(now=now))}:
        raise ValidationError({"gift": {"campaign": [_("This campaign takes no gift with an order.")]}})
    page = _page(found, _code(request, found, now), now)
    totals = _totals(page, found)
    filled = found | found["delivery"] | {"gift_to": gift["campaign"] if gift else FUND}
    try:
        return ordering.place(
            page=page,
            totals=totals,
            filled=filled,
            key=key,
            request=_request(found),
            address=client_address(request),
            now=now,
        )
    except sales.KeyReusedError as error:
        raise KeyReused from error
    except sales.TooManyUnpaidError as error:
        raise Throttled(HASTE_SECONDS) from error
    except NOT_AS_IT_STANDS as error:
        raise Conflict(_why(error)) from error


def _why(error: Exception) -> str | None:
    if isinstance(error, sales.TooManyHeldError):
        return ordering.too_many_held(error)
    if isinstance(error, sales.SoldOutError):
        return None
    return str(_("There is no such promo code, or its time is over."))


def _shown(sale: Sale) -> dict[str, object]:
    page = order_page(sale=sale)
    return {
        "id": sale.number,
        "token": sale.token,
        "state": sale.state,
        "total_kopecks": sale.total_kopecks,
        "discount_kopecks": sale.discount_kopecks,
        "returned_kopecks": page.refunds.gone_kopecks,
        "carrier": sale.carrier,
        "track_number": sale.track_number or None,
        "confirmation_url": page.confirmation_url or None,
        "operation": sale.payment.operation_id,
        "lines": [
            {
                "kind": row.line.kind,
                "title": row.line.title,
                "quantity": row.line.quantity,
                "returned": row.returned,
                "total_kopecks": row.line.total_kopecks,
            }
            for row in page.lines
        ],
        "url": settings.SITE_URL + sale.get_absolute_url(),
    }
