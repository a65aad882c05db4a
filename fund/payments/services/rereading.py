"""A look at ЮKassa that a person asks for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from fund.payments.models import Payment
from people.models import StaffAct
from people.services import record_act, subject_of

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User

ACTION = "payments.reread_payment"
PAUSE = timedelta(seconds=30)


class RereadTooSoonError(Exception):
    """Somebody asked for the same a moment ago."""


@transaction.atomic
def ask_reread(*, payment_id: int, user: User, now: datetime) -> None:
    """Write down that a person wants the payment read again; the caller starts the task after commit.

    :raises RereadTooSoonError: if anybody asked for it within half a minute.
    """
    payment = Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
    asked = StaffAct.objects.filter(subject=subject_of(payment), action=ACTION, at__gt=now - PAUSE)
    if asked.exists():
        raise RereadTooSoonError
    record_act(actor=user, action=ACTION, subject=subject_of(payment), now=now)
