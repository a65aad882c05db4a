"""Finds entries by number, sum, date and project: newest business date first, each way by an index of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, Sum
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from fund.ledger.models import Checkpoint, Operation, SealedSum

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from fund.money import Kopecks

    Place = tuple[date, int]

UNSEALED = 2000  # as many entries that wait for a checkpoint are searched by sum; more wait only while no sealer works


@dataclass(frozen=True)
class OperationFilter:
    """Which operations: of a campaign or the fund, of a period of business dates, with a number, of a sum."""

    subject: str = ""
    since: date | None = None
    until: date | None = None
    number: int | None = None
    amount_kopecks: Kopecks | None = None


def find_numbers(*, wanted: OperationFilter, before: int | None, after: int | None, limit: int) -> list[int]:
    """Return operations' numbers by business date and number, the last first. At most four queries.

    Those behind the operation ``before``, or the nearest above ``after``; none if there is no such operation.
    """
    edge = after if after is not None else before
    place = _place(edge)
    if edge is not None and place is None:
        return []
    found = _found(wanted, place, limit, is_upward=after is not None)
    return [number for _day, number in sorted(found, reverse=True)]


def _found(wanted: OperationFilter, place: Place | None, limit: int, *, is_upward: bool) -> list[Place]:
    if wanted.amount_kopecks is None:
        return _cut(_narrowed(Operation.objects.all(), "number", wanted), "number", place, limit, is_upward=is_upward)
    sums = SealedSum.objects.filter(amount_kopecks=wanted.amount_kopecks)
    sealed = _cut(_narrowed(sums, "operation_id", wanted), "operation_id", place, limit, is_upward=is_upward)
    fresh = _cut(
        _narrowed(_unsealed(wanted.amount_kopecks), "number", wanted), "number", place, limit, is_upward=is_upward
    )
    return sorted({*sealed, *fresh}, reverse=not is_upward)[:limit]


def _unsealed(amount_kopecks: Kopecks) -> QuerySet[Operation]:
    watermark = Checkpoint.objects.order_by("-id").values_list("watermark", flat=True).first() or 0
    newest = Operation.objects.filter(transaction_id__gte=watermark).order_by("-transaction_id")[:UNSEALED]
    numbers = list(newest.values_list("number", flat=True))
    summed = Operation.objects.filter(number__in=numbers).annotate(amount=Sum("postings__amount_kopecks"))
    return summed.filter(amount=amount_kopecks)


def _narrowed(found: QuerySet[Any], number: str, wanted: OperationFilter) -> QuerySet[Any]:
    asked = {
        number: wanted.number,
        "subject": wanted.subject or None,
        "business_date__gte": wanted.since,
        "business_date__lte": wanted.until,
    }
    return found.filter(**{name: value for name, value in asked.items() if value is not None})


def _cut(found: QuerySet[Any], number: str, place: Place | None, limit: int, *, is_upward: bool) -> list[Place]:
    if place is not None:
        beyond = TupleGreaterThan if is_upward else TupleLessThan
        found = found.filter(beyond(Tuple(F("business_date"), F(number)), place))
    order = ("business_date", number) if is_upward else ("-business_date", f"-{number}")
    return list(found.order_by(*order).values_list("business_date", number)[:limit])


def _place(number: int | None) -> Place | None:
    if number is None:
        return None
    return Operation.objects.filter(number=number).values_list("business_date", "number").first()
