"""A cart and a filled-in form become an order: what it comes to, and nothing that the buyer has not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaigns.accepting import accepting
from fund.money import Kopecks
from fund.sales import services as sales
from fund.sales.delivery import Parcel, Quote, quote, quotes
from fund.sales.models import Sale
from people.names import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from merch.carts.shown import CartPage
    from people.models import User

FUND = "fund"
MOST_RECEIVERS = 50
CONSENTS = ("shop_rules", "buyer_data", "privacy_policy")
GIFT_CONSENTS = ("offer", "refund_rules")
LONGEST_TITLE = 128  # of a receipt's item


@dataclass(frozen=True)
class Totals:
    """What an order comes to. No quote: the carrier does not take it there, or the buyer has not told where."""

    goods_kopecks: Kopecks
    discount_kopecks: Kopecks
    quote: Quote | None
    gift_kopecks: Kopecks

    @property
    def delivery_kopecks(self) -> Kopecks:
        """Return what the carrier takes."""
        return self.quote.price_kopecks if self.quote else Kopecks(0)

    @property
    def total_kopecks(self) -> Kopecks:
        """Return what is to be paid."""
        goods = self.goods_kopecks - self.discount_kopecks
        return Kopecks(goods + self.delivery_kopecks + self.gift_kopecks)

    @property
    def seal(self) -> str:
        """Return what the form sends back of the sum that the buyer saw; nothing while it is not known."""
        return str(self.total_kopecks) if self.quote else ""


@dataclass(frozen=True)
class Way:
    """One carrier in the form; no quote where it does not take the parcel."""

    carrier: str
    label: str
    quote: Quote | None


def receivers(*, now: datetime) -> list[tuple[str, str]]:
    """Return campaigns that a gift may go to, the newest first, as choices. One query."""
    rows = accepting(now=now).order_by("-opens_at", "-pk").values_list("slug", "title")
    return list(rows[:MOST_RECEIVERS])


def ways(*, page: CartPage, postcode: str) -> list[Way]:
    """Return every carrier with what it takes. One query."""
    found = quotes(parcel=Parcel(postcode, page.grams))
    return [Way(carrier.value, str(carrier.label), found.get(carrier)) for carrier in Sale.Carrier]


def totals(*, page: CartPage, carrier: str, postcode: str, gift_kopecks: int | None) -> Totals:
    """Return what an order comes to. One query.

    :raises NotDeliveredError: if the carrier does not take it there.
    """
    found = quote(carrier=carrier, parcel=Parcel(postcode, page.grams))
    return Totals(page.goods_kopecks, page.discount_kopecks, found, Kopecks(gift_kopecks or 0))


def likely_totals(*, page: CartPage, ways: Sequence[Way], carrier: str, gift_kopecks: int | None) -> Totals:
    """Return what an order comes to as far as the form is filled in. No query."""
    found = next((way.quote for way in ways if way.carrier == carrier), None)
    return Totals(page.goods_kopecks, page.discount_kopecks, found, Kopecks(gift_kopecks or 0))


def place(
    *,
    page: CartPage,
    totals: Totals,
    filled: Mapping[str, Any],
    key: str,
    address: str,
    now: datetime,
    user: User | None = None,
    request: str = "",
    site_url: str = settings.SITE_URL,
) -> Sale:
    """Place the order of a cart whose totals the buyer has seen.

    :param filled: what the valid checkout form holds.
    :raises SoldOutError, KeyReusedError: as :func:`fund.sales.services.place_sale` does.
    :raises TooManyUnpaidError, TooManyHeldError: as that one does.
    :raises UnknownCodeError, CodeUsedError, DiscountChangedError: if the promo code does not give its discount.
    """
    order = sales.Order(
        goods=tuple(sales.Goods(row.variant.item_id, row.quantity, row.price_kopecks) for row in page.rows),
        carrier=filled["carrier"],
        email=filled["email"],
        contact=sales.Contact(
            name=filled["name"],
            phone=filled["phone"],
            postcode=filled["postcode"],
            place=visible(filled["place"]),
            comment=visible(filled["comment"]),
        ),
        consents=CONSENTS + (GIFT_CONSENTS if totals.gift_kopecks else ()),
        delivery=_delivery(filled["carrier"], totals),
        gift=_gift(filled["gift_to"], totals, now),
        discount_kopecks=totals.discount_kopecks,
        promo_code=page.promo_code,
    )
    return sales.place_sale(
        order=order, key=key, address=address, now=now, user=user, request=request, site_url=site_url
    )


def too_many_held(error: sales.TooManyHeldError) -> str:
    """Return the sentence for a buyer who may not hold so many pieces unpaid."""
    text = _("At most %(most)s pieces may wait to be paid at once. Order fewer, pay, and then order the rest.")
    return text % {"most": error.most}


def _delivery(carrier: str, totals: Totals) -> sales.Extra | None:
    if not totals.delivery_kopecks:
        return None
    with override("ru"):  # a fiscal receipt is Russian
        title = f"{_('Delivery')}: {Sale.Carrier(carrier).label}"
    return sales.Extra(title, FUND, totals.delivery_kopecks)


def _gift(subject: str, totals: Totals, now: datetime) -> sales.Extra | None:
    if not totals.gift_kopecks:
        return None
    titles = dict(receivers(now=now))
    with override("ru"):
        title = _("Gift: %(title)s") % {"title": titles.get(subject) or _("The fund's common goals")}
    return sales.Extra(title[:LONGEST_TITLE], subject if subject in titles else FUND, totals.gift_kopecks)
