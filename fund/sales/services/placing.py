"""An order: written down once with its pieces reserved, then its payment opened at ЮKassa."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils.translation import gettext as _

from fund.money import Kopecks, split
from fund.payments import gateway
from fund.payments import services as payments
from fund.payments.addresses import neighbourhood
from fund.sales.models import Reservation, Sale, SaleContact, SaleLine
from fund.sales.services.movements import lock_items
from fund.sales.services.promo import note_use, use_code
from people.models import Consent
from people.services import record_donor
from people.turns import take_turns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from fund.sales.models import PromoCode
    from people.models import Donor, User

PURPOSE = "sale"
LATELY = timedelta(minutes=10)


class KeyReusedError(Exception):
    """The key already names another order."""


class TooManyUnpaidError(Exception):
    """This buyer holds as many unpaid orders as one may."""


class TooManyHeldError(Exception):
    """More pieces would wait to be paid than one buyer may hold; ``most`` says how many that are."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class SoldOutError(Exception):
    """Fewer pieces are left than are wanted; ``available`` says how many, by item."""

    def __init__(self, available: Mapping[int, int]) -> None:
        """Say how many are left of what is short."""
        super().__init__(available)
        self.available = dict(available)


@dataclass(frozen=True)
class Goods:
    """Pieces of one item at the price that the buyer saw, in kopecks for one."""

    item_id: int
    quantity: int
    price_kopecks: Kopecks


@dataclass(frozen=True)
class Extra:
    """A line that is no goods: delivery, or a gift; ``subject`` is whom it feeds."""

    title: str
    subject: str
    amount_kopecks: Kopecks


@dataclass(frozen=True)
class Contact:
    """Whom the goods go to, and where; a pickup has no place."""

    name: str
    phone: str
    postcode: str = ""
    place: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Order:
    """What a buyer wants. ``consents`` are kinds of texts that were agreed to; the discount is what the buyer saw."""

    goods: tuple[Goods, ...]
    carrier: str
    email: str
    contact: Contact
    consents: tuple[str, ...]
    delivery: Extra | None = None
    gift: Extra | None = None
    discount_kopecks: Kopecks = Kopecks(0)  # noqa: RUF009 - a whole number
    promo_code: str = ""


def find_placed(*, key: str, request: str) -> Sale | None:
    """Return the order that a program's request with this key has placed before. One query.

    :raises KeyReusedError: if the key came with another request.
    """
    known = Sale.objects.select_related("payment").filter(request_key=key).first()
    if known and known.request_sha256 != _digest(request):
        raise KeyReusedError(key)
    return known


def place_sale(
    *,
    order: Order,
    key: str,
    address: str,
    now: datetime,
    user: User | None = None,
    request: str = "",
    site_url: str = settings.SITE_URL,
) -> Sale:
    """Write an order down with its pieces reserved, commit it, then open its payment at ЮKassa.

    Repeat-safe: the key names the order. The payment's address may still be unknown on return.

    :param key: one-time key of the form or the API's ``Idempotency-Key``; at most 64 characters.
    :param request: what was sent, where the key names that: prices in the order may be others by now.
    :param site_url: where the buyer's browser knows us, so that ЮKassa sends it back to its own cookies.
    :raises KeyReusedError: if the key came before with anything else.
    :raises SoldOutError: if fewer pieces are left.
    :raises TooManyUnpaidError: if this e-mail or address holds too many orders that nobody paid.
    :raises TooManyHeldError: if too many pieces would wait for this e-mail's or address's money.
    :raises UnknownCodeError, CodeUsedError, DiscountChangedError: if the promo code does not give the discount.
    """
    with transaction.atomic(durable=True):
        sale = _place(order, key, request, address, now, user, site_url)
    if sale.payment.first_attempt_at is None:
        with gateway.hasty():
            payments.open_payment(payment_id=sale.payment_id, now=now)
        sale.payment.refresh_from_db()
    return sale


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _place(order: Order, key: str, request: str, address: str, now: datetime, user: User | None, site_url: str) -> Sale:
    request = request or json.dumps(asdict(order), sort_keys=True, ensure_ascii=False)
    take_turns(key)
    known = find_placed(key=key, request=request)
    if known:
        return known
    _refuse_hoarding(order, address, now)
    lines = _lines(order)
    promo = _use_code(order, now)
    buyer = record_donor(email=order.email, public_name="", consents=order.consents, address=address, now=now)
    sale = _write_sale(
        order, lines, buyer, user, site_url, now, {"request_key": key, "request_sha256": _digest(request)}
    )
    if promo:
        note_use(code=promo, sale=sale, email=order.email)
    SaleContact.objects.create(sale=sale, **asdict(order.contact))
    SaleLine.objects.bulk_create(_of(sale, lines))
    _reserve(sale)
    return sale


def _use_code(order: Order, now: datetime) -> PromoCode | None:
    if not order.promo_code:
        return None
    goods = sum(row.quantity * row.price_kopecks for row in order.goods)
    return use_code(
        code=order.promo_code, email=order.email, goods_kopecks=goods, seen_kopecks=order.discount_kopecks, now=now
    )


def _write_sale(
    order: Order,
    lines: Sequence[SaleLine],
    buyer: Donor,
    user: User | None,
    site_url: str,
    now: datetime,
    request: Mapping[str, str],
) -> Sale:
    total = Kopecks(sum(line.total_kopecks for line in lines))
    payment = payments.register_payment(
        purpose=PURPOSE, amount_kopecks=total, description=_("Order of souvenirs"), return_url="", now=now
    )
    payment.return_url = site_url + reverse("orders:back", kwargs={"reference": payment.reference})
    payment.save(update_fields=["return_url"])
    return Sale.objects.create(
        payment=payment,
        buyer=buyer,
        user=user,
        carrier=order.carrier,
        total_kopecks=total,
        discount_kopecks=sum(line.discount_kopecks for line in lines),
        token=secrets.token_urlsafe(32),
        created_at=now,
        moved_at=now,
        **request,
    )


def _lines(order: Order) -> list[SaleLine]:
    """Return the order's lines, a discount shared among its goods by what they cost. Locks the items. Two queries."""
    held = lock_items([row.item_id for row in order.goods])
    short = {
        row.item_id: held[row.item_id].available for row in order.goods if held[row.item_id].available < row.quantity
    }
    if short:
        raise SoldOutError(short)
    shares = split(order.discount_kopecks, [row.quantity * row.price_kopecks for row in order.goods])
    lines = [
        SaleLine(
            kind=SaleLine.Kind.GOODS,
            item_id=row.item_id,
            subject=held[row.item_id].subject,
            title=held[row.item_id].title,
            quantity=row.quantity,
            price_kopecks=row.price_kopecks,
            discount_kopecks=share,
            total_kopecks=row.quantity * row.price_kopecks - share,
        )
        for row, share in zip(order.goods, shares, strict=True)
    ]
    extras = ((SaleLine.Kind.DELIVERY, order.delivery), (SaleLine.Kind.GIFT, order.gift))
    return lines + [
        SaleLine(
            kind=kind,
            subject=extra.subject,
            title=extra.title,
            quantity=1,
            price_kopecks=extra.amount_kopecks,
            total_kopecks=extra.amount_kopecks,
        )
        for kind, extra in extras
        if extra
    ]


def _of(sale: Sale, lines: Sequence[SaleLine]) -> list[SaleLine]:
    for number, line in enumerate(lines, start=1):
        line.sale, line.number = sale, number
    return list(lines)


def _reserve(sale: Sale) -> None:
    goods = SaleLine.objects.filter(sale=sale, kind=SaleLine.Kind.GOODS).order_by("item_id")
    rows = goods.values_list("pk", "item_id", "quantity")
    Reservation.objects.bulk_create(Reservation(line_id=pk, item_id=item, quantity=many) for pk, item, many in rows)


def _refuse_hoarding(order: Order, address: str, now: datetime) -> None:
    """Count what an e-mail and an address hold unpaid, in the database: it holds also while Redis is gone.

    Of an address those too that were given up lately: nobody begins order after order and drops them.
    """
    neighbours = neighbourhood(address)
    email = order.email.lower()
    take_turns(f"address:{neighbours[0]}", f"email:{email}")
    unpaid = Sale.objects.filter(state=Sale.State.UNPAID)
    own = unpaid.annotate(lower_email=Lower("buyer__email")).filter(lower_email=email)
    dropped = Sale.objects.filter(state=Sale.State.NOT_PAID, created_at__gt=now - LATELY)
    near = (unpaid | dropped).filter(buyer__in=Consent.objects.filter(address__range=neighbours).values("donor"))
    wanted = sum(row.quantity for row in order.goods)
    for held, orders, pieces in (
        (own, settings.UNPAID_ORDERS_PER_EMAIL, settings.UNPAID_PIECES_PER_EMAIL),
        (near, settings.UNPAID_ORDERS_PER_ADDRESS, settings.UNPAID_PIECES_PER_ADDRESS),
    ):
        if held[:orders].count() >= orders:
            raise TooManyUnpaidError
        if _pieces(held) + wanted > pieces:
            raise TooManyHeldError(pieces)


def _pieces(held: QuerySet[Sale]) -> int:
    goods = SaleLine.objects.filter(sale__in=held.values("pk"), kind=SaleLine.Kind.GOODS)
    pieces: int = goods.aggregate(pieces=Coalesce(Sum("quantity"), 0))["pieces"]
    return pieces
