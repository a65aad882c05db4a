"""Refunds that ЮKassa had no money for: they wait for a top-up and are asked for anew, with another key."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from fund.payments.models import Alarm, Refund, Shortage
from fund.payments.services import pace
from fund.payments.services.alarms import close_alarms, raise_alarm
from fund.payments.services.causes import move

if TYPE_CHECKING:
    from datetime import datetime

    from fund.payments.gateway import RemoteRefund

SHORT_OF_MONEY = "insufficient_funds"
SUBJECT = "balance:yookassa"  # of the one alarm, however many refunds wait


def is_old(refund: Refund, remote: RemoteRefund) -> bool:
    """Return whether ЮKassa's object was given up before for want of money. No query for the refund's present one.

    Were it heeded, the key would change while a request with the present one is under way, and money could go twice.
    """
    if refund.yookassa_id == remote.yookassa_id:
        return False
    return Shortage.objects.filter(refund=refund, yookassa_id=remote.yookassa_id).exists()


def wait_for_money(refund: Refund, now: datetime) -> None:
    """Let a locked refund that ЮKassa cancelled for want of money begin anew: another key, the same reference."""
    Shortage.objects.create(
        refund=refund, yookassa_id=str(refund.yookassa_id), idempotence_key=refund.idempotence_key, at=now
    )
    move(refund, Refund.State.CREATING)
    refund.yookassa_id, refund.idempotence_key = None, uuid4()
    refund.first_attempt_at, refund.attempts = None, 0
    refund.short_since = refund.short_since or now
    refund.next_check_at = pace.while_pending(since=refund.short_since, now=now)
    refund.save()
    raise_alarm(kind=Alarm.Kind.SHORT, subject=SUBJECT, now=now)


def close_shortage(refund: Refund, now: datetime) -> None:
    """Note that a locked refund waits for money no longer, and close the alarm behind the last; the caller saves."""
    if refund.short_since is None:
        return
    refund.short_since = None
    if not Refund.objects.short().exclude(pk=refund.pk).exists():
        close_alarms(subject=SUBJECT, now=now)


def wake_short_refunds(*, now: datetime) -> int:
    """Let what waited for a top-up be asked for at once; return how many."""
    return Refund.objects.short().filter(state=Refund.State.CREATING).update(next_check_at=now)
