"""Papers are asked for, looked after and taken away here; how they are made is :mod:`merch.papers.making`'s."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from merch.models import OrderPaper
from merch.papers.invoice import find_invoice, has_invoice
from merch.papers.packing import of_the_day, packing_lists, to_pack
from people.services import record_act, subject_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from fund.sales.models import Sale
    from merch.papers.invoice import Invoice
    from merch.papers.packing import PackingList
    from people.models import User

Kind, State = OrderPaper.Kind, OrderPaper.State
LAYOUT = 1  # counts up when the papers' look changes: those that were made before are made anew
GRACE = timedelta(seconds=20)
KEPT = {Kind.INVOICE: timedelta(days=30), Kind.PACKING: timedelta(days=7), Kind.DAY: timedelta(days=1)}
SWEEP = 50


class NothingToWriteError(Exception):
    """There is nothing to write this paper of: the order is not paid, has left, or its buyer is forgotten."""


@dataclass(frozen=True)
class Shown:
    """What a paper says, and of which orders: those that are still to be packed, for a packing list."""

    invoice: Invoice | None
    lists: tuple[PackingList, ...]
    sale_ids: tuple[int, ...]

    @property
    def digest(self) -> str:
        """Return what another content has another of."""
        told = {"layout": LAYOUT, "fund": settings.FUND, "demo": settings.DEMO_MODE, **asdict(self)}
        return sha256(json.dumps(told, default=str, sort_keys=True).encode()).hexdigest()


def shown(*, kind: str, sale_ids: Sequence[int]) -> Shown | None:
    """Return what a paper of this kind about these orders says now; None if nothing. Four queries at most."""
    if kind == Kind.INVOICE:
        invoice = find_invoice(sale_id=sale_ids[0])
        return Shown(invoice, (), tuple(sale_ids)) if invoice else None
    lists = tuple(packing_lists(sale_ids=sale_ids))
    return Shown(None, lists, tuple(one.sale_id for one in lists)) if lists else None


def find_paper(*, kind: str, sale: Sale | None) -> OrderPaper | None:
    """Return the paper of an order, or that of the day, as it stands. One query."""
    return OrderPaper.objects.filter(kind=kind, sale=sale).first()


def is_true(paper: OrderPaper | None) -> bool:
    """Return whether a paper is ready, and still says what is so; the file may be gone all the same."""
    if paper is None or paper.state != State.READY:
        return False
    now_shown = shown(kind=paper.kind, sale_ids=paper.sale_ids)
    return now_shown is not None and now_shown.digest == paper.digest


@transaction.atomic
def ask_for_invoice(*, sale: Sale, now: datetime) -> tuple[OrderPaper, bool]:
    """Ask for an order's invoice; return it, and whether it is to be made. Repeat-safe: there is one, made once.

    :raises NothingToWriteError: if the order is not paid.
    """
    if not has_invoice(sale=sale):
        raise NothingToWriteError
    return _ask(Kind.INVOICE, sale, [sale.pk], now)


@transaction.atomic
def ask_for_packing(*, sale: Sale | None, by: User, now: datetime) -> tuple[OrderPaper, bool]:
    """Ask for an order's packing list, or for those of the day; return it, and whether it is to be made. Repeat-safe.

    :raises NothingToWriteError: if nothing is to be packed.
    """
    sale_ids = list(to_pack().filter(pk=sale.pk).values_list("pk", flat=True)) if sale else of_the_day()
    if not sale_ids:
        raise NothingToWriteError
    paper, is_new = _ask(Kind.PACKING if sale else Kind.DAY, sale, sale_ids, now)
    if is_new:
        details = {"orders": len(sale_ids)}
        record_act(
            actor=by, action="merch.ask_for_packing", subject=subject_of(sale or paper), details=details, now=now
        )
    return paper, is_new


def _ask(kind: OrderPaper.Kind, sale: Sale | None, sale_ids: list[int], now: datetime) -> tuple[OrderPaper, bool]:
    """Write down that a paper is wanted, unless it waits already, or is there and true."""
    known = find_paper(kind=kind, sale=sale)
    if known and known.state == State.WAITING:  # its row may be locked for as long as it is made
        return known, False
    asked = {"sale_ids": sale_ids, "asked_at": now}
    paper, is_new = OrderPaper.objects.select_for_update().get_or_create(kind=kind, sale=sale, defaults=asked)
    if is_new or paper.state == State.WAITING:
        return paper, is_new
    if paper.sale_ids == sale_ids and is_true(paper) and default_storage.exists(paper.file_name):
        return paper, False
    default_storage.delete(paper.file_name)
    paper.state, paper.digest, paper.made_at = State.WAITING, "", None
    paper.sale_ids, paper.asked_at = sale_ids, now
    paper.save(update_fields=["state", "digest", "made_at", "sale_ids", "asked_at"])
    return paper, True


def lost_papers(*, now: datetime) -> list[int]:
    """Return papers whose task was lost. One query."""
    lost = OrderPaper.objects.filter(state=State.WAITING, asked_at__lte=now - GRACE)
    return list(lost.order_by("asked_at").values_list("pk", flat=True)[:SWEEP])


def forget_papers(*, now: datetime) -> int:
    """Delete papers whose time is over, with their files; return how many.

    Packing lists go as soon as one of their orders has left, ended, or lost its contact: a buyer was forgotten.
    """
    over = [*_outlived(now), *_of_forgotten(), *_not_to_pack()]
    return sum(_forget(paper_id) for paper_id in sorted(set(over)))


def _outlived(now: datetime) -> list[int]:
    old = Q()
    for kind, kept in KEPT.items():
        old |= Q(kind=kind, asked_at__lt=now - kept)
    return list(OrderPaper.objects.filter(old).values_list("pk", flat=True)[:SWEEP])


def _of_forgotten() -> list[int]:
    nobody = Q(sale__buyer=None) | Q(sale__buyer__erased_at__isnull=False)
    return list(OrderPaper.objects.filter(nobody, sale__isnull=False).values_list("pk", flat=True)[:SWEEP])


def _not_to_pack() -> list[int]:
    """Return packing lists of orders that are not to be packed any more. Two queries."""
    rows = list(OrderPaper.objects.exclude(kind=Kind.INVOICE).values_list("pk", "sale_ids"))
    named = {sale_id for _pk, sale_ids in rows for sale_id in sale_ids}
    waiting = set(to_pack().filter(pk__in=named).values_list("pk", flat=True))
    return [pk for pk, sale_ids in rows if not waiting.issuperset(sale_ids)]


@transaction.atomic
def _forget(paper_id: int) -> int:
    """Delete one paper: first the file, so that a crash leaves the row that knows of it."""
    paper = OrderPaper.objects.select_for_update().filter(pk=paper_id).first()
    if paper is None:
        return 0
    default_storage.delete(paper.file_name)
    paper.delete()
    return 1
