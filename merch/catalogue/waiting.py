"""Who waits for what is sold out: written down once, told once, then forgotten."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from campaigns.telling.pacing import count_attempt
from merch.models import BackInStockWish, Product, Variant
from people.erasure import erase_donors
from people.models import NOT_WANTED, LegalText, Letter
from people.outbox import queue_letter, reference_for
from people.services import record_donor
from people.turns import take_turns

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

KIND = "back_in_stock"
CONSENTS = (LegalText.Kind.PERSONAL_DATA.value, LegalText.Kind.PRIVACY_POLICY.value)
OF_USE = timedelta(days=3)  # a letter that could not be sent for so long says what is no longer so
LOOKED_AT_AGAIN = timedelta(hours=1)
BATCH = 500


class NotSoldError(Exception):
    """Nobody can wait for what is not sold any more."""


@transaction.atomic
def wish_for(*, variant: Variant, email: str, address: str, now: datetime) -> None:
    """Write down that somebody wants to be told when a variant is there again. Repeat-safe.

    Nothing tells the caller whether the e-mail waited already, or for as many things as one may: nobody learns by it
    who waits for what.

    :raises NotSoldError: if the variant or its product is not on sale.
    :raises TooOftenError: if this address or e-mail asks too often.
    """
    if not variant.is_on_sale or variant.product.state != Product.State.LISTED:
        raise NotSoldError
    count_attempt(what="back_in_stock", address=address, person=email, now=now)
    take_turns(f"email:{email.lower()}")
    waits_for = set(wishes_of(email=email).values_list("variant", flat=True))
    if variant.pk not in waits_for and len(waits_for) < settings.SHOP_WISHES_PER_EMAIL:
        donor = record_donor(email=email, public_name="", consents=CONSENTS, address=address, now=now)
        BackInStockWish.objects.create(variant=variant, donor=donor, created_at=now)


def wishes_of(*, email: str) -> QuerySet[BackInStockWish]:
    """Return what an e-mail waits for, in whatever case it was written."""
    found = BackInStockWish.objects.annotate(lower_email=Lower("donor__email"))
    return found.filter(lower_email=email.lower())


@transaction.atomic
def tell_some(*, limit: int, now: datetime) -> list[Letter]:
    """Queue letters to those who waited longest for what is there now; return them. Repeat-safe.

    Two at once pass each other by; cut, nothing of it has happened.
    """
    there = Q(variant__is_on_sale=True, variant__product__state=Product.State.LISTED)
    there &= Q(variant__item__pieces__gt=F("variant__item__reserved"), donor__email__isnull=False)
    waiting = BackInStockWish.objects.filter(there, told_at=None).select_related("donor").order_by("created_at", "pk")
    wishes = list(waiting.select_for_update(of=("self",), skip_locked=True)[:limit])
    letters = [
        queue_letter(
            kind=KIND, key=_key(wish, now), to=wish.donor, context={"wish": wish.pk}, expires_at=now + OF_USE, now=now
        )
        for wish in wishes
    ]
    BackInStockWish.objects.filter(pk__in=[wish.pk for wish in wishes]).update(told_at=now)
    return letters


@transaction.atomic
def forget(*, wish_ids: Collection[int], now: datetime) -> int:
    """Delete wishes and make who wished nobody: the e-mail was for this alone; return how many. Safe to repeat."""
    wishes = BackInStockWish.objects.select_for_update().filter(pk__in=wish_ids).order_by("pk")
    donors = list(wishes.values_list("donor", flat=True))
    BackInStockWish.objects.filter(donor__in=donors).delete()
    erase_donors(donor_ids=donors, now=now)
    return len(donors)


def stop_path(*, email: str) -> str:
    """Return the path of the page where an e-mail ends all that it waits for; nothing of the person is in it."""
    person = _mark("person", email.lower())
    return reverse("shop:stop", kwargs={"person": person, "token": _mark("stop", person)})


def is_stop_link(*, person: str, token: str) -> bool:
    """Return whether the link is one of ours. No query."""
    return constant_time_compare(token, _mark("stop", person))


@transaction.atomic
def stop_waiting(*, person: str, now: datetime) -> int:
    """Forget all that one person waits for, by the mark in a link of ours; return how much it was. Safe to repeat.

    Reads all that anybody waits for: the database holds no second mark of them.
    """
    rows = BackInStockWish.objects.filter(donor__email__isnull=False).values_list("pk", "donor__email")
    own = [pk for pk, email in rows.iterator() if constant_time_compare(person, _mark("person", str(email).lower()))]
    return forget(wish_ids=own, now=now)


def _mark(purpose: str, of: str) -> str:
    """Return what nobody can make or guess without the site's key: 43 characters."""
    digest = salted_hmac("merch.waiting", f"{purpose}\n{of}", algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def tidy_up(*, now: datetime) -> int:
    """Forget who waited too long or asked to be forgotten; let those wait on whom a letter missed. Safe to repeat.

    A letter misses where its piece was gone once more before it was sent. Return how many were forgotten.
    """
    long_ago = now - timedelta(days=settings.SHOP_WISH_DAYS)
    over = Q(created_at__lt=long_ago) | Q(donor__email=None) | Q(variant__product__state=Product.State.WITHDRAWN)
    gone = list(BackInStockWish.objects.filter(over).values_list("pk", flat=True)[:BATCH])
    told = BackInStockWish.objects.filter(told_at__lt=now - LOOKED_AT_AGAIN).exclude(pk__in=gone)
    by_reference = {reference_for(_key(wish, wish.told_at)): wish.pk for wish in told.order_by("pk")[:BATCH]}
    ended = Letter.objects.filter(reference__in=by_reference, given_up_at__isnull=False)
    missed = ended.filter(failure=NOT_WANTED).values_list("reference", flat=True)
    BackInStockWish.objects.filter(pk__in=[by_reference[one] for one in missed]).update(told_at=None)
    lost = ended.exclude(failure=NOT_WANTED).values_list("reference", flat=True)
    return forget(wish_ids=[*gone, *(by_reference[one] for one in lost)], now=now)


def _key(wish: BackInStockWish, at: datetime | None) -> str:
    """Return how the letter about a wish is named that was queued at a moment."""
    return f"{KIND}:{wish.pk}:{at.isoformat() if at else ''}"
