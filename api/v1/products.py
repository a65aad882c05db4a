"""The souvenir shop through the API: what there is, what it costs, what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response

from api.errors import problems
from api.v1.pages import CURSOR, PAGE_SIZE, number_cursor
from campaigns.finding.asked import LONGEST_QUERY
from merch import selectors
from merch.catalogue import searching
from merch.catalogue.wanted import IN_STOCK, LONGEST_VALUE, Sort, Wanted
from merch.models import Product, Variant

if TYPE_CHECKING:
    from rest_framework.request import Request

    from merch.models import Photo

MOST_SKUS = 50
LONGEST_SKU = 40
WORD = {"type": "string", "maxLength": LONGEST_VALUE}
FILTERS = [
    OpenApiParameter("q", {"type": "string", "maxLength": LONGEST_QUERY}, description="Words, in Russian full text."),
    OpenApiParameter("collection", WORD, description="A collection's address."),
    OpenApiParameter("tag", WORD),
    OpenApiParameter("maker", WORD, description="The maker's name as it stands."),
    OpenApiParameter("feeds", WORD, description="A campaign's slug, or `fund`."),
    OpenApiParameter("available", str, enum=[IN_STOCK], description="Only what is left now."),
    OpenApiParameter("sort", str, enum=Sort.values, description="Best match where there are words, else newest."),
]
SKUS = OpenApiParameter(
    "sku",
    {"type": "array", "items": {"type": "string", "maxLength": LONGEST_SKU}, "minItems": 1, "maxItems": MOST_SKUS},
    required=True,
    explode=True,
    description=f"Article numbers, {MOST_SKUS} at most: `sku=A&sku=B`.",
)


class VariantSerializer(serializers.Serializer[dict[str, Any]]):
    """One size and colour; ``sku`` is what orders name."""

    sku = serializers.CharField()
    size = serializers.CharField()
    colour = serializers.CharField()
    price_kopecks = serializers.IntegerField()
    available = serializers.IntegerField(help_text="Pieces that can be ordered now.")


class ProductSerializer(serializers.Serializer[dict[str, Any]]):
    """A product on sale, in a list."""

    slug = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    maker = serializers.CharField()
    feeds = serializers.CharField(help_text="Whom its sale feeds: a campaign's slug, or `fund`.")
    collection = serializers.CharField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    lowest_price_kopecks = serializers.IntegerField()
    available = serializers.IntegerField()
    picture = serializers.CharField(allow_null=True)
    url = serializers.CharField()


class ProductPageSerializer(serializers.Serializer[dict[str, Any]]):
    """One page of products."""

    items = ProductSerializer(many=True)
    total = serializers.IntegerField(help_text="How many fit in all.")
    next_cursor = serializers.CharField(allow_null=True)


class WholeProductSerializer(ProductSerializer):
    """A product with all that can be bought of it."""

    description = serializers.CharField(help_text="Markdown.")
    pictures = serializers.ListField(child=serializers.CharField())
    variants = VariantSerializer(many=True)


class AvailabilitySerializer(serializers.Serializer[dict[str, Any]]):
    """What is left of one article."""

    sku = serializers.CharField()
    price_kopecks = serializers.IntegerField()
    available = serializers.IntegerField()


class AvailabilitiesSerializer(serializers.Serializer[dict[str, Any]]):
    """What is left of the articles that are on sale; others are not named."""

    items = AvailabilitySerializer(many=True)


@extend_schema(
    operation_id="products_list",
    parameters=[CURSOR, *FILTERS],
    responses={200: ProductPageSerializer} | problems(400),
)
@api_view(["GET"])
def product_list(request: Request) -> Response:
    """Return products as the shop's list does: those that fit the words and the filters, in the order wanted."""
    if unknown := Wanted.unknown_words(request.query_params):
        raise ValidationError({name: [_("This is none of the words that we know here.")] for name in unknown})
    offset = number_cursor(request) or 0
    found = searching.search(wanted=Wanted.read(request.query_params), limit=PAGE_SIZE, offset=offset)
    following = str(offset + PAGE_SIZE) if offset + PAGE_SIZE < found.total else None
    items = [
        _shown(card.product, card.lowest_price_kopecks, card.available, card.photo)
        for card in selectors.cards(numbers=found.page)
    ]
    return Response({"items": items, "total": found.total, "next_cursor": following})


@extend_schema(responses={200: WholeProductSerializer} | problems(404))
@api_view(["GET"])
def product(request: Request, slug: str) -> Response:  # noqa: ARG001 - DRF's signature
    """Return a product on sale with its variants."""
    found = selectors.products().filter(slug=slug, state=Product.State.LISTED).first()
    variants = selectors.variants_of(products=[found.pk]).get(found.pk, []) if found else []
    if found is None or not variants:
        raise NotFound(_("There is no such product on sale."))
    photos = selectors.photos_of(products=[found.pk]).get(found.pk, [])
    lowest, left = min(one.price_kopecks for one in variants), sum(one.item.available for one in variants)
    whole = _shown(found, lowest, left, photos[0] if photos else None)
    whole |= {
        "description": found.description,
        "pictures": [settings.SITE_URL + photo.src for photo in photos],
        "variants": [{"size": one.size, "colour": one.colour} | _left(one) for one in variants],
    }
    return Response(whole)


@extend_schema(parameters=[SKUS], responses={200: AvailabilitiesSerializer} | problems(400))
@api_view(["GET"])
def availability(request: Request) -> Response:
    """Return what is left of some articles, as it stands this moment."""
    skus = list(dict.fromkeys(request.query_params.getlist("sku")))
    if not 0 < len(skus) <= MOST_SKUS or any(len(sku) > LONGEST_SKU for sku in skus):
        text = _("Name one to %(most)s article numbers.")
        raise ValidationError({"sku": [text % {"most": MOST_SKUS}]})
    on_sale = Variant.objects.filter(is_on_sale=True, product__state=Product.State.LISTED).select_related("item")
    rows = on_sale.filter(item__sku__in=[sku.replace("\x00", "") for sku in skus]).order_by("item__sku")
    return Response({"items": [_left(row) for row in rows]}, headers={"Cache-Control": "no-store"})


def _left(variant: Variant) -> dict[str, object]:
    item = variant.item
    return {"sku": item.sku, "price_kopecks": variant.price_kopecks, "available": item.available}


def _shown(found: Product, lowest_price_kopecks: int, available: int, photo: Photo | None) -> dict[str, object]:
    fed = selectors.fed_of(found)
    return {
        "slug": found.slug,
        "title": found.title,
        "summary": found.summary,
        "maker": found.maker,
        "feeds": fed.slug if fed else "fund",
        "collection": found.collection.slug if found.collection else None,
        "tags": found.tags,
        "lowest_price_kopecks": lowest_price_kopecks,
        "available": available,
        "picture": settings.SITE_URL + photo.src if photo else None,
        "url": settings.SITE_URL + found.get_absolute_url(),
    }
