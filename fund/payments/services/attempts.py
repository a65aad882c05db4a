"""What asking ЮKassa for a payment and for a refund have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from django.db import transaction

from fund.payments import gateway
from fund.payments.models import Payment, Refund
from fund.payments.services import pace

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from fund.payments.models import Asked

Row = TypeVar("Row", Payment, Refund)
BATCH = 200


def begin_attempt(row: Asked, now: datetime) -> None:
    """Note an attempt before it is made, so that a crash leaves its trace. The caller holds the row's lock."""
    row.is_first_attempt = row.first_attempt_at is None
    row.first_attempt_at = row.first_attempt_at or now
    row.attempts += 1
    row.next_check_at = pace.after_attempt(attempts=row.attempts, now=now)
    row.save(update_fields=["first_attempt_at", "attempts", "next_check_at"])


def begin_key_anew(row: Row) -> None:
    """Let the life of the key begin with a later attempt: ЮKassa surely did nothing of this one.

    Not where an earlier attempt may have reached it, or another is under way: that one may.
    """
    if row.is_first_attempt:
        model: type[Payment | Refund] = type(row)
        same = model.objects.filter(pk=row.pk, idempotence_key=row.idempotence_key, attempts=row.attempts)
        same.update(first_attempt_at=None)


def known_by_reference(model: type[Row], reference: str) -> Row | None:
    """Return the row that ЮKassa's object names in its metadata, or None where it names none of ours. One query."""
    try:
        wanted = UUID(reference)
    except ValueError:
        return None
    return model.objects.filter(reference=wanted).only("pk").first()


def unless_listed(adopt: Callable[[], bool], otherwise: Callable[[], None]) -> None:
    """Take over what ЮKassa's list holds, else do the other thing; nothing while the list can't be read."""
    try:
        is_known = adopt()
    except gateway.GatewayError:
        return
    if not is_known:
        otherwise()


def claim_due_payments(*, now: datetime) -> list[int]:
    """Return payments to look at now, and put their next look off. Two queries."""
    return _claim(Payment, now)


def claim_due_refunds(*, now: datetime) -> list[int]:
    """Return refunds to look at now, and put their next look off. Two queries."""
    return _claim(Refund, now)


@transaction.atomic
def _claim(model: type[Payment | Refund], now: datetime) -> list[int]:
    due = model.objects.filter(next_check_at__lte=now).order_by("next_check_at").select_for_update(skip_locked=True)
    found = list(due.values_list("pk", flat=True)[:BATCH])
    model.objects.filter(pk__in=found).update(next_check_at=now + pace.claim())
    return found
