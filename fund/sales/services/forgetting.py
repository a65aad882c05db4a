"""Buyers are forgotten: when they ask, and when what is known of them has been kept long enough."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower

from fund.payments.models import Refund
from fund.sales.models import FiscalReceipt, PromoUse, ReturnWish, Sale, SaleContact
from fund.sales.services.promo import forget_misses
from people.erasure import erase_donors
from people.models import Donor

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

BATCH = 200
UNDER_WAY = (Sale.State.UNPAID, Sale.State.PAID, Sale.State.ASSEMBLING, Sale.State.READY, Sale.State.SENT)
ENDED = (Sale.State.CLOSED, Sale.State.CANCELLED, Sale.State.NOT_PAID)


def has_orders_under_way(*, donor_ids: Collection[int]) -> bool:
    """Return whether these buyers wait for goods, money or a receipt: then they can't be forgotten yet. One query."""
    waiting = FiscalReceipt.objects.filter(sale=OuterRef("pk"), state=FiscalReceipt.State.WAITING)
    going_back = Refund.objects.filter(payment=OuterRef("payment"), operation=None)
    wishes = ReturnWish.objects.filter(sale=OuterRef("pk"), state=ReturnWish.State.OPEN)
    busy = Q(state__in=UNDER_WAY) | Q(Exists(waiting)) | Q(Exists(going_back)) | Q(Exists(wishes))
    return Sale.objects.filter(busy, buyer__in=donor_ids).exists()


@transaction.atomic
def forget_buyers(*, donor_ids: Collection[int], now: datetime) -> int:
    """Empty these buyers' orders of what is personal, and make the buyers nobody; return how many were somebody.

    The secret links die; so do the hashes from which an address could be guessed.
    """
    sales = list(Sale.objects.select_for_update().filter(buyer__in=donor_ids).order_by("pk"))
    for sale in sales:
        sale.request_sha256, sale.token, sale.user = "", secrets.token_urlsafe(32), None
    Sale.objects.bulk_update(sales, ["request_sha256", "token", "user"])
    SaleContact.objects.filter(sale__in=sales).delete()
    PromoUse.objects.filter(sale__in=sales).update(person="")
    ReturnWish.objects.filter(sale__in=sales).update(words="")
    return erase_donors(donor_ids=[sale.buyer_id for sale in sales if sale.buyer_id], now=now)


def forget_old(*, now: datetime) -> dict[str, int]:
    """Forget what has been kept long enough; return how many of each. Safe to repeat; each batch is a transaction."""
    return {
        "contacts": _forget_contacts(now),
        "buyers": _forget(_unfinished(now), now) + _forget(_long_silent(now), now),
        "misses": forget_misses(now=now),
    }


def _forget_contacts(now: datetime) -> int:
    before = now - timedelta(settings.RETAIN_DAYS["contact"])
    old = SaleContact.objects.filter(sale__state__in=ENDED, sale__moved_at__lt=before)
    return old.delete()[0]


def _unfinished(now: datetime) -> QuerySet[Sale]:
    """Return orders that nobody paid in the end, begun long ago."""
    before = now - timedelta(settings.RETAIN_DAYS["unfinished"])
    return Sale.objects.filter(state=Sale.State.NOT_PAID, created_at__lt=before, buyer__erased_at=None)


def _long_silent(now: datetime) -> QuerySet[Sale]:
    """Return ended orders of people who neither bought nor gave anything for years."""
    before = now - timedelta(settings.RETAIN_DAYS["donor"])
    own = Donor.objects.annotate(lower_email=Lower("email"))
    later = own.filter(lower_email=Lower(OuterRef("buyer__email")), created_at__gte=before)
    found = Sale.objects.filter(created_at__lt=before, state__in=ENDED, buyer__erased_at=None)
    return found.filter(~Exists(later))


def _forget(sales: QuerySet[Sale], now: datetime) -> int:
    total = 0
    while buyers := list(sales.filter(buyer__isnull=False).order_by("pk").values_list("buyer", flat=True)[:BATCH]):
        total += forget_buyers(donor_ids=buyers, now=now)
    return total
