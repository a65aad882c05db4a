"""Promo codes: looked up, guessed at in vain, used with an order, free again where it is not paid."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from fund.money import Kopecks
from fund.payments.services import LEAST_KOPECKS
from fund.sales.models import PromoCode, PromoMiss, PromoUse
from fund.sales.models.promo import MOST_PERCENT
from people.addresses import neighbourhood
from people.turns import take_turns

if TYPE_CHECKING:
    from datetime import datetime

    from fund.sales.models import Sale

MISSES_WITHIN = timedelta(hours=1)
KEPT = timedelta(days=1)


class UnknownCodeError(Exception):
    """There is no such code, or not now."""


class CodeUsedError(Exception):
    """This person, or all who could, have used the code."""


class TooManyMissesError(Exception):
    """Too many codes that do not exist were tried from here."""


class DiscountChangedError(Exception):
    """The code is worth something else than the buyer saw."""


def spell(code: str) -> str:
    """Return a code as it is kept: capitals, without blanks."""
    return "".join(code.split()).upper()


def discount(*, code: PromoCode, goods_kopecks: int) -> Kopecks:
    """Return how much less goods of so many kopecks cost; what ЮKassa takes is always left to pay. Rounded down."""
    less = code.amount_kopecks if code.kind == PromoCode.Kind.AMOUNT else goods_kopecks * code.percent // 100
    return Kopecks(max(min(less, goods_kopecks * MOST_PERCENT // 100, goods_kopecks - LEAST_KOPECKS), 0))


def find_code(*, code: str, address: str, now: datetime) -> PromoCode:
    """Return a code that holds now. Who guesses is counted, in the database, and refused after a few misses.

    A miss is committed before the refusal is raised: never inside a transaction.

    :raises UnknownCodeError: if there is no such code, or it does not hold now.
    :raises TooManyMissesError: if too many were tried in vain from this address; then even a right one is not told.
    """
    with transaction.atomic(durable=True):
        neighbours = neighbourhood(address)
        take_turns(f"promo:{neighbours[0]}")
        misses = PromoMiss.objects.filter(address__range=neighbours, at__gt=now - MISSES_WITHIN)
        if misses.count() >= settings.PROMO_MISSES_PER_HOUR:
            raise TooManyMissesError
        found = PromoCode.objects.filter(code=spell(code)).first()
        is_known = found is not None and _holds(found, now)
        if not is_known:
            PromoMiss.objects.create(address=address, at=now)
    if found is None or not is_known:
        raise UnknownCodeError
    return found


def use_code(*, code: str, email: str, goods_kopecks: int, seen_kopecks: int, now: datetime) -> PromoCode:
    """Lock a code and return it, if this buyer may use it for what they saw. Joins the caller's transaction.

    :raises UnknownCodeError: if it does not hold any more.
    :raises CodeUsedError: if it was used up, or by this person.
    :raises DiscountChangedError: if it is worth something else than was shown.
    """
    held = PromoCode.objects.select_for_update().filter(code=spell(code)).first()
    if held is None or not _holds(held, now):
        raise UnknownCodeError
    if _is_used_up(held, _person(email)):
        raise CodeUsedError
    if discount(code=held, goods_kopecks=goods_kopecks) != seen_kopecks:
        raise DiscountChangedError
    return held


def note_use(*, code: PromoCode, sale: Sale, email: str) -> None:
    """Write down that an order used a locked code. Joins the caller's transaction."""
    PromoUse.objects.create(code=code, sale=sale, person=_person(email) if code.is_once_per_person else "")


def free_code(*, sale: Sale) -> None:
    """Let a code be used again whose order ended without money. Joins the caller's transaction."""
    PromoUse.objects.filter(sale=sale).update(is_live=False)


def use_again(*, sale: Sale) -> bool:
    """Let an order whose payment came late use its code after all; return whether it may, or has none.

    Joins the caller's transaction. Not, where the code was used up meanwhile: nobody has a discount twice.
    """
    use = PromoUse.objects.filter(sale=sale, is_live=False).first()
    if use is None:
        return True
    code = PromoCode.objects.select_for_update().get(pk=use.code_id)
    if _is_used_up(code, use.person):
        return False
    use.is_live, use.person = True, use.person if code.is_once_per_person else ""  # the staff may have changed that
    use.save(update_fields=["is_live", "person"])
    return True


def forget_misses(*, now: datetime) -> int:
    """Forget addresses that guessed a day ago; return how many rows went."""
    return PromoMiss.objects.filter(at__lt=now - KEPT).delete()[0]


def _holds(code: PromoCode, now: datetime) -> bool:
    return code.is_active and code.starts_at <= now < code.ends_at


def _is_used_up(code: PromoCode, person: str) -> bool:
    """Return whether all who could, or this person, have used a locked code."""
    live = code.uses.filter(is_live=True)
    if code.most_uses is not None and live.count() >= code.most_uses:
        return True
    return code.is_once_per_person and bool(person) and live.filter(person=person).exists()


def _person(email: str) -> str:
    """Return a keyed hash: nobody finds a buyer by it who has not the key, nor the key by it.

    What stands after a plus is the same letter box, so it is the same person.
    """
    box, _at, host = email.strip().lower().rpartition("@")
    return salted_hmac("fund.sales.promo", f"{box.partition('+')[0]}@{host}", algorithm="sha256").hexdigest()
