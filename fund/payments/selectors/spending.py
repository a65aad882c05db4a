"""What projects' money was spent on, and what suppliers are owed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from fund.payments.models import BankEntry

if TYPE_CHECKING:
    from django.db.models import QuerySet


def expenses(*, subject: str) -> QuerySet[BankEntry]:
    """Return what is in the books as spent of a subject's money, the newest paper first."""
    return BankEntry.objects.spent().filter(subject=subject).order_by("-order_date", "-pk")


def acts_owed() -> QuerySet[BankEntry]:
    """Return acts that payment orders do not cover whole, the oldest first; ``open_kopecks``: what is left of each."""
    found: QuerySet[Any] = with_open(acts=BankEntry.objects.spent())
    return found.filter(open_kopecks__gt=0).order_by("order_date", "pk")


def with_open(*, acts: QuerySet[BankEntry]) -> QuerySet[BankEntry]:
    """Return acts with ``open_kopecks``: what of each is neither paid nor waits to be confirmed as paid."""
    orders = BankEntry.objects.standing().filter(act=OuterRef("pk")).values("act")
    entered = Subquery(orders.annotate(total=Sum("amount_kopecks")).values("total"))
    return acts.annotate(open_kopecks=F("amount_kopecks") - Coalesce(entered, 0))
