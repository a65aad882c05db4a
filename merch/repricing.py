"""Many products changed at once: shown first, then done as it was shown, or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction

from merch.editing import CATALOGUE, WAYS
from merch.models import Product, Variant
from merch.models.catalogue import HIGHEST_PRICE_KOPECKS, LOWEST_PRICE_KOPECKS
from people.services import record_act
from people.turns import take_turns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from people.models import User

MOST_PRODUCTS = 100
WHOLE_ROUBLE = 100
State = Product.State


class OvertakenError(Exception):
    """What was shown is no longer so: it was done already, or somebody else changed it."""


class PriceOutOfBoundsError(Exception):
    """A price would be under a rouble, or higher than a souvenir costs."""

    def __init__(self, title: str) -> None:
        """Say of which product."""
        super().__init__(title)
        self.title = title


@dataclass(frozen=True)
class Change:
    """What is done with the chosen products: one of these. ``collection`` is its number, 0 for none."""

    percent: int | None = None
    price_kopecks: int | None = None
    collection_id: int | None = None
    state: str = ""


@dataclass(frozen=True)
class Row:
    """One thing before and after: a variant's price, or a product's state or collection."""

    id: int
    title: str
    before: int | str
    after: int | str

    @property
    def is_changed(self) -> bool:
        """Return whether there is a difference."""
        return self.before != self.after


@dataclass(frozen=True)
class Plan:
    """What would change, and its fingerprint: only what was shown is done. ``skipped`` could not come there."""

    rows: tuple[Row, ...]
    skipped: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Return what names this plan, however often it is made from the same catalogue."""
        rows = [(row.id, row.before, row.after) for row in self.rows]
        return sha256(json.dumps(rows).encode()).hexdigest()


def plan(*, product_ids: Sequence[int], change: Change) -> Plan:
    """Return what would change, without changing it. One query.

    :raises PriceOutOfBoundsError: if a price can't be so.
    """
    if change.state:
        return _plan_state(product_ids, State(change.state))
    if change.collection_id is not None:
        products = Product.objects.filter(pk__in=product_ids).order_by("title", "pk")
        rows = (Row(one.pk, one.title, one.collection_id or 0, change.collection_id) for one in products)
        return Plan(tuple(row for row in rows if row.is_changed))
    variants = Variant.objects.filter(product__in=product_ids).select_related("product")
    found = [
        Row(one.pk, _titled(one), one.price_kopecks, _price(one, change))
        for one in variants.order_by("product__title", "product_id", "position", "pk")
    ]
    return Plan(tuple(row for row in found if row.is_changed))


@transaction.atomic
def carry_out(*, product_ids: Sequence[int], change: Change, fingerprint: str, by: User, now: datetime) -> int:
    """Do what was shown, and return how many rows changed.

    :raises OvertakenError: if the catalogue is not as it was shown; so a form that is sent twice changes nothing twice.
    :raises PriceOutOfBoundsError: if a price can't be so.
    """
    take_turns(CATALOGUE)
    planned = plan(product_ids=product_ids, change=change)
    if planned.fingerprint != fingerprint or not planned.rows:
        raise OvertakenError
    _write(planned, change, now)
    details = {"rows": len(planned.rows), "products": len(product_ids), "what": _what(change)}
    record_act(actor=by, action="merch.change_many", subject="product:many", details=details, now=now)
    return len(planned.rows)


def _write(planned: Plan, change: Change, now: datetime) -> None:
    ids = [row.id for row in planned.rows]
    if change.state:
        Product.objects.filter(pk__in=ids, listed_at=None).update(listed_at=now, state=change.state)
        Product.objects.filter(pk__in=ids).exclude(state=change.state).update(state=change.state)
    elif change.collection_id is not None:
        Product.objects.filter(pk__in=ids).update(collection=change.collection_id or None)
    else:
        prices = [Variant(pk=row.id, price_kopecks=int(row.after)) for row in planned.rows]
        Variant.objects.bulk_update(prices, ["price_kopecks"])


def _plan_state(product_ids: Sequence[int], state: Product.State) -> Plan:
    products = Product.objects.filter(pk__in=product_ids).prefetch_related("variants").order_by("title", "pk")
    rows, skipped = [], []
    for one in products:
        if one.state == state:
            continue
        has_goods = any(variant.is_on_sale for variant in one.variants.all())
        if WAYS[State(one.state)] == state and (state != State.LISTED or has_goods):
            rows.append(Row(one.pk, one.title, one.state, state.value))
        else:
            skipped.append(one.title)
    return Plan(tuple(rows), tuple(skipped))


def _price(variant: Variant, change: Change) -> int:
    """Return a variant's new price; a share is rounded to a whole rouble."""
    price = change.price_kopecks or 0
    if change.percent is not None:
        hundredths = variant.price_kopecks * (100 + change.percent)
        price = (hundredths + 50 * WHOLE_ROUBLE) // (100 * WHOLE_ROUBLE) * WHOLE_ROUBLE
    if not LOWEST_PRICE_KOPECKS <= price <= HIGHEST_PRICE_KOPECKS:
        raise PriceOutOfBoundsError(_titled(variant))
    return price


def _titled(variant: Variant) -> str:
    return ", ".join(word for word in (variant.product.title, variant.name) if word)


def _what(change: Change) -> str:
    if change.state:
        return f"state {change.state}"
    return "collection" if change.collection_id is not None else "price"
