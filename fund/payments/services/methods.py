"""Ways to pay that ЮKassa keeps: noted when their first payment is booked, sealed, dropped for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from fund.payments.models import Payment, SavedMethod
from people.sealing import seal, seal_anew, unseal

if TYPE_CHECKING:
    from datetime import datetime

    from fund.payments.gateway import RemotePayment

PURPOSE = b"payments.saved_method"
UNFINISHED = (Payment.State.CREATING, Payment.State.PENDING)


class MethodDroppedError(Exception):
    """The way to pay is not kept any more."""


def keep_method(*, payment: Payment, remote: RemotePayment, now: datetime) -> None:
    """Keep how a payment was paid, where it was to be kept and ЮKassa did; joins the transaction that books it."""
    if payment.saves_method and remote.saved_method_id:
        SavedMethod.objects.create(
            payment=payment,
            sealed_id=seal(remote.saved_method_id, purpose=PURPOSE),
            title=remote.saved_method_title,
            saved_at=now,
        )


def lock_method(*, method_id: int) -> SavedMethod:
    """Lock a way to pay, so that nobody drops it before what charges it is written down.

    :raises MethodDroppedError: if it is dropped.
    """
    method = SavedMethod.objects.select_for_update().get(pk=method_id)
    if method.dropped_at is not None:
        raise MethodDroppedError
    return method


def method_secret(payment: Payment) -> str:
    """Return ЮKassa's id of the way to pay that a payment charges; empty where its payer confirms it.

    :raises cryptography.fernet.InvalidToken: if the site's key is another one now.
    """
    method = payment.charged_method
    return unseal(method.sealed_id, purpose=PURPOSE) if method else ""


@transaction.atomic
def drop_method(*, method_id: int, now: datetime) -> bool:
    """Forget a way to pay for good; return whether it is gone. Repeat-safe.

    While a charge of it is unfinished it stays: each attempt of that charge needs the same body.
    """
    method = SavedMethod.objects.select_for_update().get(pk=method_id)
    if method.dropped_at is not None:
        return True
    if method.charges.filter(state__in=UNFINISHED).exists():
        return False
    method.sealed_id, method.title, method.dropped_at = "", "", now
    method.save(update_fields=["sealed_id", "title", "dropped_at"])
    return True


@transaction.atomic
def seal_methods_anew() -> int:
    """Seal every kept way to pay with the site's newest key; return how many there are. Repeat-safe.

    :raises cryptography.fernet.InvalidToken: if one was sealed with a key that is not known; nothing changes then.
    """
    rows = list(SavedMethod.objects.select_for_update().filter(dropped_at__isnull=True).order_by("pk"))
    for row in rows:
        row.sealed_id = seal_anew(row.sealed_id, purpose=PURPOSE)
    SavedMethod.objects.bulk_update(rows, ["sealed_id"], batch_size=500)
    return len(rows)
