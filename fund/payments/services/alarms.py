"""Alarms: what a person must look at, raised once while open."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import transaction

from fund.payments.models import Alarm
from people.services import record_act, subject_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from people.models import User

logger = logging.getLogger(__name__)


class AlarmClosedError(Exception):
    """Somebody closed the alarm before, or it ended by itself."""


class NoReasonError(Exception):
    """Who closes an alarm says why."""


def raise_alarm(*, kind: Alarm.Kind, subject: str, now: datetime) -> None:
    """Raise an alarm about a subject such as ``payment:17``; one that is open already stays as it is."""
    fresh = Alarm.objects.bulk_create([Alarm(kind=kind, subject=subject, raised_at=now)], ignore_conflicts=True)
    logger.error("alarm %s about %s (%d)", kind.value, subject, len(fresh))


def close_alarms(*, subject: str, now: datetime, kinds: Collection[Alarm.Kind] = tuple(Alarm.Kind)) -> None:
    """Close what was open about a subject that is right again."""
    Alarm.objects.filter(subject=subject, kind__in=kinds, closed_at__isnull=True).update(closed_at=now)


@transaction.atomic
def close_alarm(*, alarm_id: int, now: datetime) -> bool:
    """Close an alarm from the command line, as nobody's act; return whether it was open."""
    is_open = bool(Alarm.objects.filter(pk=alarm_id, closed_at__isnull=True).update(closed_at=now))
    if is_open:
        record_act(actor=None, action="payments.close_alarm", subject=f"alarm:{alarm_id}", now=now)
    return is_open


@transaction.atomic
def dismiss_alarm(*, alarm_id: int, user: User, reason: str, now: datetime) -> Alarm:
    """Close an alarm that a person has looked at, with who, when and why; the act is written down.

    :raises NoReasonError: if the reason is empty.
    :raises AlarmClosedError: if it is closed already; nothing changes.
    """
    reason = reason.strip()
    if not reason:
        raise NoReasonError
    alarm = Alarm.objects.select_for_update().get(pk=alarm_id)
    if alarm.closed_at is not None:
        raise AlarmClosedError
    alarm.closed_at, alarm.closed_by, alarm.close_reason = now, user, reason
    alarm.save(update_fields=["closed_at", "closed_by", "close_reason"])
    details = {"kind": alarm.kind, "about": alarm.subject}
    record_act(actor=user, action="payments.close_alarm", subject=subject_of(alarm), details=details, now=now)
    return alarm
