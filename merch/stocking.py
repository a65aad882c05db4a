"""Goods received, written off and counted at the desk: each paper once, and each an act of staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from fund.sales.services import Papers, receive_goods, take_stock, write_off_goods
from people.models import StaffAct
from people.services import record_act
from people.turns import take_turns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from fund.sales.services import Received
    from people.models import User


@transaction.atomic
def receive(
    *, received: Sequence[Received], document: str, key: str, business_date: date, by: User, now: datetime
) -> bool:
    """Take goods into stock by a supplier's paper; return whether it did: a key moves nothing twice."""
    papers = Papers(document=document, key=f"receipt-{key}", moved_by=by, now=now)
    if _is_known(papers):
        return False
    receive_goods(received=received, papers=papers, business_date=business_date)
    _note("sales.receive_goods", papers, len(received), sum(row.quantity for row in received))
    return True


@transaction.atomic
def write_off(
    *, lost: Mapping[int, int], document: str, key: str, business_date: date, by: User, now: datetime
) -> bool:
    """Take spoiled or lost pieces out of stock; return whether this form did it.

    :raises NotInStockError: if there are not so many.
    """
    papers = Papers(document=document, key=f"write-off-{key}", moved_by=by, now=now)
    if _is_known(papers):
        return False
    write_off_goods(lost=lost, papers=papers, business_date=business_date)
    _note("sales.write_off_goods", papers, len(lost), sum(lost.values()))
    return True


@transaction.atomic
def count(
    *,
    counted: Mapping[int, int],
    seen: Mapping[int, int],
    document: str,
    key: str,
    business_date: date,
    by: User,
    now: datetime,
) -> dict[int, int] | None:
    """Let the books say what was counted; return by how much items differed; None where it came before.

    :param seen: how many pieces the books held when the counting began, by item.
    :raises MovedMeanwhileError: if they hold others by now.
    """
    papers = Papers(document=document, key=f"count-{key}", moved_by=by, now=now)
    if _is_known(papers):
        return None
    found = take_stock(counted=counted, papers=papers, business_date=business_date, seen=seen)
    _note("sales.take_stock", papers, len(counted), sum(found.values()))
    return found


def _is_known(papers: Papers) -> bool:
    """Return whether a form with this key came before; others with it wait. Two queries."""
    take_turns(papers.key)
    return StaffAct.objects.filter(subject=_named(papers)).exists()


def _note(action: str, papers: Papers, items: int, pieces: int) -> None:
    details = {"document": papers.document, "items": items, "pieces": pieces}
    record_act(actor=papers.moved_by, action=action, subject=_named(papers), details=details, now=papers.now)


def _named(papers: Papers) -> str:
    return f"paper:{papers.key}"
