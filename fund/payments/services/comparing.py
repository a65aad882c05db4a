"""ЮKassa's list against the books, one Moscow day at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Sum

from fund.payments import gateway
from fund.payments.days import MOSCOW, moscow_date
from fund.payments.models import Alarm, Cause, Chargeback, DayComparison, Payment, Refund
from fund.payments.services.alarms import close_alarms, raise_alarm
from fund.payments.services.causes import caused_by
from fund.payments.services.disputing import adopt_or_dispute
from fund.payments.services.refunding import reread_refund
from fund.payments.services.settling import adopt_payment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from fund.payments.gateway import RemotePayment, RemoteRefund

Remote = TypeVar("Remote")
LONGEST_UNCOMPARED = timedelta(hours=12)
GRACE = timedelta(minutes=2)  # what is younger may still be on its way to us


@dataclass
class _Tally:
    count: int = 0
    kopecks: int = 0
    seen: set[str] = field(default_factory=set)
    differences: int = 0


@caused_by(Cause.COMPARISON)
def compare_day(*, date: date, now: datetime) -> DayComparison:
    """Compare all payments of the day, take over what we missed, and alarm about what stays different.

    :raises GatewayError: if ЮKassa's list can't be read.
    """
    start = datetime.combine(date, time.min, MOSCOW)
    end = min(start + timedelta(days=1), now - GRACE)
    theirs = _read_theirs(start, end, now)
    _read_their_refunds(start, end, now, theirs)
    count, kopecks = _read_ours(date, end, theirs, now)
    _read_our_refunds(date, end, theirs, now)
    close_alarms(subject=f"day:{date}", now=now)
    comparison, _ = DayComparison.objects.update_or_create(
        date=date,
        defaults={
            "yookassa_payments": theirs.count,
            "yookassa_kopecks": theirs.kopecks,
            "booked_payments": count,
            "booked_kopecks": kopecks,
            "differences": theirs.differences,
            "compared_at": now,
        },
    )
    return comparison


def _read_theirs(start: datetime, end: datetime, now: datetime) -> _Tally:
    tally = _Tally()
    filters = {"captured_at.gte": start.isoformat(), "captured_at.lt": end.isoformat(), "status": "succeeded"}
    for page in _pages(gateway.payments_between(filters=filters)):
        booked = _booked(Payment.objects.filter(state=Payment.State.SUCCEEDED), page)
        for remote in page:
            tally.count += 1
            tally.kopecks += remote.amount_kopecks
            tally.seen.add(remote.yookassa_id)
            if booked.get(remote.yookassa_id) != remote.amount_kopecks:
                tally.differences += 1
                if not adopt_payment(remote=remote, now=now):
                    raise_alarm(kind=Alarm.Kind.UNKNOWN_PAYMENT, subject=f"yookassa:{remote.yookassa_id}", now=now)
    return tally


def _read_their_refunds(start: datetime, end: datetime, now: datetime, tally: _Tally) -> None:
    filters = {"created_at.gte": start.isoformat(), "created_at.lt": end.isoformat(), "status": "succeeded"}
    for page in _pages(gateway.refunds_between(filters=filters)):
        booked = _booked(Refund.objects.filter(state=Refund.State.SUCCEEDED), page)
        booked |= _booked(Chargeback.objects.all(), page)
        for remote in page:
            tally.seen.add(remote.yookassa_id)
            if booked.get(remote.yookassa_id) != remote.amount_kopecks:
                tally.differences += 1
                if not adopt_or_dispute(remote=remote, now=now):
                    raise_alarm(kind=Alarm.Kind.UNKNOWN_REFUND, subject=f"yookassa:{remote.yookassa_id}", now=now)


def _pages(remotes: Iterator[Remote]) -> Iterator[list[Remote]]:
    while page := list(islice(remotes, gateway.PAGE_SIZE)):
        yield page


def _booked(rows: QuerySet[Any], page: Sequence[RemotePayment | RemoteRefund]) -> dict[str, int]:
    """Return what the books themselves hold of a page, by ЮKassa's id. One query."""
    known = rows.filter(yookassa_id__in=[remote.yookassa_id for remote in page])
    return dict(known.values_list("yookassa_id").annotate(kopecks=Sum("operation__postings__amount_kopecks")))


def _read_our_refunds(date: date, end: datetime, theirs: _Tally, now: datetime) -> None:
    """Read again what we booked for the day and their list does not hold: it may be another day's there."""
    ours = Refund.objects.filter(state=Refund.State.SUCCEEDED, operation__business_date=date, settled_at__lt=end)
    for pk, yookassa_id in ours.values_list("pk", "yookassa_id").iterator(chunk_size=2000):
        if yookassa_id not in theirs.seen and not _is_refund_there(pk, now):
            theirs.differences += 1


def _is_refund_there(refund_id: int, now: datetime) -> bool:
    reread_refund(refund_id=refund_id, now=now)
    subject = f"refund:{refund_id}"
    return not Alarm.objects.filter(kind=Alarm.Kind.MISSING_REFUND, subject=subject, closed_at__isnull=True).exists()


def note_uncompared(*, now: datetime) -> None:
    """Alarm about the day that ended half a day ago, if payments were made and their list could not be read since."""
    date = moscow_date(now - LONGEST_UNCOMPARED) - timedelta(days=1)
    has_payments = Payment.objects.filter(created_at__lt=datetime.combine(date, time.max, MOSCOW)).exists()
    if has_payments and not DayComparison.objects.filter(date=date).exists():
        raise_alarm(kind=Alarm.Kind.NOT_COMPARED, subject=f"day:{date}", now=now)


def _read_ours(date: date, end: datetime, theirs: _Tally, now: datetime) -> tuple[int, int]:
    """Return how many payments, and what sum, our books hold for the day, up to ``end``."""
    count = kopecks = 0
    missing = Alarm.objects.filter(kind=Alarm.Kind.MISSING_PAYMENT, closed_at__isnull=True)
    were_missing = set(missing.values_list("subject", flat=True))
    ours = Payment.objects.filter(operation__business_date=date).values_list(
        "pk", "yookassa_id", "amount_kopecks", "settled_at"
    )
    for pk, yookassa_id, amount_kopecks, settled_at in ours.iterator(chunk_size=2000):
        subject = f"payment:{pk}"
        if yookassa_id not in theirs.seen:
            if settled_at is None or settled_at >= end:
                continue
            theirs.differences += 1
            raise_alarm(kind=Alarm.Kind.MISSING_PAYMENT, subject=subject, now=now)
        elif subject in were_missing:
            close_alarms(subject=subject, now=now, kinds=[Alarm.Kind.MISSING_PAYMENT])
        count += 1
        kopecks += amount_kopecks
    return count, kopecks
