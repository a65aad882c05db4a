"""What it costs to bring an order to its buyer: all carriers behind one question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fund.money import Kopecks
from fund.sales.models import DeliveryTariff, Sale
from fund.sales.models.delivery import POSTCODE

if TYPE_CHECKING:
    from collections.abc import Sequence

Carrier = Sale.Carrier
PLACELESS = frozenset({Carrier.PICKUP})


class NotDeliveredError(Exception):
    """The carrier does not take such a parcel there."""


@dataclass(frozen=True)
class Parcel:
    """Where to, and how heavy; no postcode while the buyer has not told."""

    postcode: str
    grams: int


@dataclass(frozen=True)
class Quote:
    """What a carrier takes, in kopecks, and how many days it needs; nobody promised a sample's price."""

    carrier: str
    price_kopecks: Kopecks
    days_from: int = 0
    days_to: int = 0
    is_sample: bool = False


class Rates(Protocol):
    """How one carrier prices parcels."""

    def quote(self, parcel: Parcel, tariffs: Sequence[DeliveryTariff]) -> Quote | None:
        """Return the price, or nothing where it is not taken; ``tariffs`` are those that fit, the cheapest first."""


@dataclass(frozen=True)
class Free:
    """Nobody carries it: the buyer comes."""

    carrier: str

    def quote(self, parcel: Parcel, tariffs: Sequence[DeliveryTariff]) -> Quote | None:  # noqa: ARG002 - the protocol's
        """Return nought, wherever the buyer lives."""
        return Quote(self.carrier, Kopecks(0))


@dataclass(frozen=True)
class ByTariff:
    """A carrier whose prices the staff enter."""

    carrier: str

    def quote(self, parcel: Parcel, tariffs: Sequence[DeliveryTariff]) -> Quote | None:  # noqa: ARG002 - the protocol's
        """Return the cheapest of its tariffs."""
        for row in tariffs:
            if row.carrier == self.carrier:
                return Quote(self.carrier, Kopecks(row.price_kopecks), row.days_from, row.days_to, row.is_sample)
        return None


CARRIERS: tuple[Rates, ...] = (Free(Carrier.PICKUP), ByTariff(Carrier.RUSSIAN_POST), ByTariff(Carrier.CDEK))


def is_postcode(text: str) -> bool:
    """Return whether a Russian postcode can look so."""
    return re.fullmatch(POSTCODE, text, re.ASCII) is not None


def quotes(*, parcel: Parcel) -> dict[str, Quote]:
    """Return what each carrier takes that takes the parcel, by carrier. One query; none without a postcode."""
    tariffs: list[DeliveryTariff] = []
    if is_postcode(parcel.postcode):
        fitting = DeliveryTariff.objects.filter(
            first_postcode__lte=parcel.postcode, last_postcode__gte=parcel.postcode, up_to_grams__gte=parcel.grams
        )
        tariffs = list(fitting.order_by("price_kopecks", "pk"))
    found = (rates.quote(parcel, tariffs) for rates in CARRIERS)
    return {quote.carrier: quote for quote in found if quote}


def quote(*, carrier: str, parcel: Parcel) -> Quote:
    """Return what one carrier takes. One query.

    :raises NotDeliveredError: if it does not take the parcel there.
    """
    try:
        return quotes(parcel=parcel)[carrier]
    except KeyError:
        raise NotDeliveredError(carrier) from None
