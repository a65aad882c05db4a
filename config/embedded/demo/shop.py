"""The demo shop: souvenirs with pictures, stock and sample tariffs, by the services that the brand manager uses."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from campaigns.models import Campaign
from config.embedded.demo.staff import demo_email, require_demonstration
from fund.money import Kopecks
from fund.sales.models import DeliveryTariff, PromoCode
from fund.sales.services import Received
from merch import editing, stocking
from merch.models import Collection, Product, Variant
from merch.photos import add_photos
from people.models import User

if TYPE_CHECKING:
    from datetime import date, datetime

HERE = Path(__file__).resolve().parent
FILE, PICTURES = HERE / "shop.toml", HERE / "souvenirs"
CODE = "ПЕНЗА-10"


@transaction.atomic
def open_demo_shop(*, today: date, now: datetime) -> int:
    """Put the souvenirs on sale that are not there yet; return how many. Repeat-safe.

    :raises NoDemonstrationError: where anything may be real.
    """
    require_demonstration()
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    by = User.objects.get(email=demo_email("brand_manager"))
    collections = {}
    for place, row in enumerate(told["collection"]):
        known = Collection.objects.filter(slug=row["slug"]).first()
        found = known or editing.save_collection(collection_id=None, **row, position=place, by=by, now=now)
        collections[row["slug"]] = found.pk
    _enter_tariffs(told["tariff"])
    PromoCode.objects.get_or_create(
        code=CODE, defaults={"kind": "percent", "percent": 10, "starts_at": now, "ends_at": now + timedelta(days=365)}
    )
    known_slugs = set(Product.objects.values_list("slug", flat=True))
    fresh = [row for row in told["product"] if row["slug"] not in known_slugs]
    for row in fresh:
        _sell(row, collections.get(row.get("collection", "")), by, today, now)
    return len(fresh)


def _enter_tariffs(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        (first, last), (days_from, days_to) = row["postcodes"], row["days"]
        for grams, roubles in row["prices"].items():
            DeliveryTariff.objects.get_or_create(
                carrier=row["carrier"], first_postcode=first, last_postcode=last, up_to_grams=int(grams),
                defaults={
                    "title": row["title"], "price_kopecks": roubles * 100, "days_from": days_from, "days_to": days_to,
                    "is_sample": True,
                },
            )  # fmt: skip


def _sell(row: dict[str, Any], collection_id: int | None, by: User, today: date, now: datetime) -> None:
    fed = Campaign.objects.published().filter(slug=row.get("campaign", "")).first()
    words = editing.ProductWords(
        title=row["title"], summary=row["summary"], description=row.get("description", ""), slug=row["slug"],
        maker_name=row["maker"], community_id=None, campaign_id=fed.pk if fed else None, collection_id=collection_id,
        tags=tuple(row["tags"]),
    )  # fmt: skip
    product = editing.save_product(product_id=None, words=words, by=by, now=now)
    made = [(_variant(product, one, by, now), one) for one in row["variants"]]
    for picture in (row, *row.get("more", ())):
        with (PICTURES / f"{picture['picture']}.png").open("rb") as file:
            add_photos(product_id=product.pk, contents=[file], alt=picture["alt"], by=by, now=now)
    received = [
        Received(variant.item_id, one["pieces"], _kopecks(one["cost"]), _kopecks(one["own"]))
        for variant, one in made
        if one["pieces"]
    ]
    stocking.receive(
        received=received, document="образец", key=f"demo-{product.slug}", business_date=today, by=by, now=now
    )
    editing.put_state(product_id=product.pk, state=Product.State.LISTED, by=by, now=now)


def _variant(product: Product, row: dict[str, Any], by: User, now: datetime) -> Variant:
    words = editing.VariantWords(
        sku=row["sku"], size=row.get("size", ""), colour=row.get("colour", ""), price_kopecks=_kopecks(row["price"]),
        cost_kopecks=_kopecks(row["cost"]), maker_kopecks=_kopecks(row["own"]), grams=row["grams"], low_at=3,
        is_on_sale=True,
    )  # fmt: skip
    return editing.save_variant(product_id=product.pk, variant_id=None, words=words, by=by, now=now)


def _kopecks(roubles: int) -> Kopecks:
    return Kopecks(roubles * 100)
