"""What the staff looks for: payments, what can go back of one, what an alarm is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum

from fund.money import Kopecks
from fund.payments import purposes
from fund.payments.days import MOSCOW, moscow_date
from fund.payments.models import Payment, Refund
from fund.payments.selectors.left import left_kopecks

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet

    from fund.payments.models import Alarm
    from fund.payments.purposes import Label

LARGEST_NUMBER = 2**63 - 1
PAGE_SIZE = 50


@dataclass(frozen=True)
class PaymentFilter:
    """Which payments: by a number or ЮKassa's id, by state, sum, Moscow days and campaign."""

    text: str = ""
    state: str = ""
    amount_kopecks: Kopecks | None = None
    since: date | None = None
    until: date | None = None
    subject: str = ""


@dataclass(frozen=True)
class DaySums:
    """How many payments came on a day, and how much."""

    payments: int
    kopecks: Kopecks


def payments_found(*, wanted: PaymentFilter) -> QuerySet[Payment]:
    """Return payments, the newest first. Up to three queries beside the one returned."""
    found = Payment.objects.order_by("-created_at", "-pk")
    conditions = Q(pk__in=_numbered(wanted.text)) if wanted.text else Q()
    if wanted.state:
        conditions &= Q(state=wanted.state)
    if wanted.amount_kopecks is not None:
        conditions &= Q(amount_kopecks=wanted.amount_kopecks)
    return found.filter(conditions & _between(wanted) & _about(wanted.subject))


def payments_page(*, wanted: PaymentFilter, before: int | None = None) -> list[Payment]:
    """Return the newest payments, or those older than the payment ``before``; one more than a page where there are."""
    found = payments_found(wanted=wanted)
    last = Payment.objects.filter(pk=before).values_list("created_at", flat=True).first() if before else None
    if last is not None:
        found = found.filter(Q(created_at__lt=last) | Q(created_at=last, pk__lt=before))
    return list(found[: PAGE_SIZE + 1])


def labels(*, payments: Iterable[Payment]) -> dict[int, Label]:
    """Return how staff know these payments. One query a purpose."""
    ids: dict[str, list[int]] = {}
    for payment in payments:
        ids.setdefault(payment.purpose, []).append(payment.pk)
    return {
        pk: label for name, some in ids.items() for pk, label in purposes.find(name).labels(payment_ids=some).items()
    }


def refundable_kopecks(*, payment: Payment) -> Kopecks:
    """Return how much of a payment the staff may still send back. One query."""
    if payment.state != Payment.State.SUCCEEDED or purposes.find(payment.purpose).is_divided:
        return Kopecks(0)
    return Kopecks(max(left_kopecks(payment_id=payment.pk), 0))


def day_sums(*, now: datetime) -> DaySums:
    """Return what came in on the Moscow day so far. One query."""
    start = datetime.combine(moscow_date(now), time.min, MOSCOW)
    paid = Payment.objects.filter(state=Payment.State.SUCCEEDED, settled_at__gte=start, settled_at__lte=now)
    found = paid.aggregate(payments=Count("pk"), kopecks=Sum("amount_kopecks"))
    return DaySums(found["payments"], Kopecks(found["kopecks"] or 0))


def alarm_links(*, alarms: Iterable[Alarm]) -> dict[int, int]:
    """Return the payment that each alarm is about, by alarm; those about none are left out. Two queries."""
    subjects = {alarm.pk: alarm.subject.partition(":") for alarm in alarms}
    wanted: dict[str, list[int]] = {"payment": [], "refund": [], "gift": []}
    for kind, _colon, number in subjects.values():
        if kind in wanted:
            wanted[kind].append(int(number))
    known = {
        "payment": {number: number for number in wanted["payment"]},
        "refund": dict(Refund.objects.filter(pk__in=wanted["refund"]).values_list("pk", "payment")),
        "gift": _gifts(wanted["gift"]),
    }
    links = {
        pk: known.get(kind, {}).get(int(number) if kind in wanted else 0) for pk, (kind, _c, number) in subjects.items()
    }
    return {pk: payment for pk, payment in links.items() if payment is not None}


def _gifts(numbers: list[int]) -> dict[int, int]:
    """Return the payments of gifts by public number; orders have numbers of their own."""
    gifts = [purpose for purpose in purposes.registered() if not purpose.is_divided]
    return {number: pk for purpose in gifts for number, pk in purpose.numbered(numbers=numbers).items()}


def _numbered(text: str) -> set[int]:
    """Return the payments that a text names: ЮKassa's id of it or of its refund, a public number, an entry's number."""
    found = set(Payment.objects.filter(yookassa_id=text).values_list("pk", flat=True))
    number = int(text) if text.isascii() and text.isdecimal() else 0
    if not 0 < number <= LARGEST_NUMBER:
        return found | set(Refund.objects.filter(yookassa_id=text).values_list("payment", flat=True))
    of_payment = Payment.objects.filter(Q(operation=number) | Q(commission_operation=number))
    of_refund = Refund.objects.filter(operation=number)
    found |= set(of_payment.values_list("pk", flat=True)) | set(of_refund.values_list("payment", flat=True))
    return found | {pk for purpose in purposes.registered() for pk in purpose.numbered(numbers=[number]).values()}


def _between(wanted: PaymentFilter) -> Q:
    found = Q()
    if wanted.since:
        found &= Q(created_at__gte=datetime.combine(wanted.since, time.min, MOSCOW))
    if wanted.until:
        found &= Q(created_at__lt=datetime.combine(wanted.until + timedelta(days=1), time.min, MOSCOW))
    return found


def _about(subject: str) -> Q:
    """Return the condition for a campaign's payments, or for all."""
    found = Q()
    if subject:
        found = Q(pk__in=[])
        for purpose in purposes.registered():
            found |= Q(pk__in=purpose.about(subject=subject))
    return found
