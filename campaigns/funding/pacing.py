"""Money that goes back by itself: a few gifts each time, and none for which what lies at ЮKassa would not do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Sum

from fund.ledger.selectors import balances_kopecks
from fund.payments.models import Alarm, Refund
from fund.payments.services.alarms import close_alarms, raise_alarm
from people.turns import take_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from fund.money import Kopecks

AT_YOOKASSA = "57.yookassa"
UNFINISHED = (Refund.State.CREATING, Refund.State.PENDING)


def settle_each(*, gifts: Iterable[int], settle: Callable[[int], bool], subject: str, now: datetime) -> int:
    """Settle gifts one after the other; return how many. The rest waits for a top-up once ``settle`` says no.

    An alarm of the subject is open for as long as the money does not do.

    :param settle: one transaction, safe to repeat; returns whether there was the money for this gift.
    """
    done = 0
    for gift in gifts:
        if not settle(gift):
            raise_alarm(kind=Alarm.Kind.SHORT, subject=subject, now=now)
            return done
        done += 1
    close_alarms(subject=subject, now=now, kinds=[Alarm.Kind.SHORT])
    return done


def is_covered(*, amount_kopecks: Kopecks) -> bool:
    """Take the turn of who sends money back; return whether what lies at ЮKassa would do for this sum too.

    The turn ends with the caller's transaction: two at once would both count on the same money.
    """
    take_turns(AT_YOOKASSA)
    return not is_short(amount_kopecks=amount_kopecks)


def is_short(*, amount_kopecks: int) -> bool:
    """Return whether what lies at ЮKassa, less what is on its way back, would not do for this sum. Three queries.

    By the books; or since ЮKassa itself said so of another refund, which still waits for a top-up.
    """
    if Refund.objects.short().exists():
        return True
    leaving = Refund.objects.filter(state__in=UNFINISHED).aggregate(total=Sum("amount_kopecks"))["total"] or 0
    held = balances_kopecks(codes=[AT_YOOKASSA])[AT_YOOKASSA]
    return bool(held - leaving < amount_kopecks)
