"""Goods that are bought, lost, spoiled and counted: pieces and books in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction

from fund.ledger import services as ledger
from fund.money import Kopecks
from fund.sales.models import StockMovement
from fund.sales.selectors import FAMILIES
from fund.sales.services.movements import Held, Papers, Portion, is_moved, lock_items, weigh, write_movements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from fund.ledger.models import Operation


class MovedMeanwhileError(Exception):
    """Pieces of these items moved while they were counted; ``item_ids`` says which."""

    def __init__(self, item_ids: list[int]) -> None:
        super().__init__(item_ids)
        self.item_ids = item_ids


class NotInStockError(Exception):
    """There are fewer pieces than are to go."""

    def __init__(self, *, item_id: int, held: int) -> None:
        """Say of which item how many there are."""
        super().__init__(item_id, held)
        self.item_id = item_id
        self.held = held


@dataclass(frozen=True)
class Received:
    """Pieces that were bought: what one costs, and how much of that its maker gets; the rest is material, freight."""

    item_id: int
    quantity: int
    price_kopecks: Kopecks
    maker_kopecks: Kopecks


def open_subject(*, subject: str, title: str) -> None:
    """Open the shop's accounts of a campaign that goods shall feed. Repeat-safe."""
    for family in FAMILIES:
        ledger.open_account(code=f"{family}.{subject}", name=title)


@transaction.atomic
def receive_goods(*, received: Sequence[Received], papers: Papers, business_date: date) -> None:
    """Take goods that were bought into stock, at what they cost: Дт 41 Кт 60. Repeat-safe by the papers' key."""
    held = lock_items([row.item_id for row in received])
    if is_moved(key=papers.key, item_ids=held):
        return
    portions = [
        Portion(
            row.item_id,
            row.quantity,
            Kopecks(row.price_kopecks * row.quantity),
            Kopecks(row.maker_kopecks * row.quantity),
        )
        for row in received
    ]
    operation = _post("goods_received", "fund", portions, papers, business_date)
    bought = dict.fromkeys(held, operation) if operation else {}
    write_movements(kind=StockMovement.Kind.RECEIPT, portions=portions, held=held, operations=bought, papers=papers)


@transaction.atomic
def write_off_goods(*, lost: Mapping[int, int], papers: Papers, business_date: date) -> None:
    """Take pieces that were spoiled or lost out of stock, at what they cost on average. Repeat-safe by the papers' key.

    :param lost: how many pieces, by item.
    :raises NotInStockError: if there are not so many.
    """
    held = lock_items(lost)
    if is_moved(key=papers.key, item_ids=held):
        return
    for item_id, quantity in lost.items():
        if held[item_id].quantity < quantity:
            raise NotInStockError(item_id=item_id, held=held[item_id].quantity)
    portions = [weigh(held[item_id], quantity) for item_id, quantity in lost.items()]
    _write_off(StockMovement.Kind.WRITE_OFF, portions, held, papers, business_date)


@transaction.atomic
def take_stock(
    *, counted: Mapping[int, int], papers: Papers, business_date: date, seen: Mapping[int, int] | None = None
) -> dict[int, int]:
    """Let the books say what was counted, and return by how much each item differed. Repeat-safe by the papers' key.

    :param counted: how many pieces lie there, by item.
    :param seen: how many lay there by the books when the counting began.
    :raises MovedMeanwhileError: if there are others by now: what was counted then is not what lies there.
    """
    held = lock_items(counted)
    if is_moved(key=papers.key, item_ids=held):
        return {}
    moved = [item_id for item_id in counted if seen is not None and held[item_id].quantity != seen[item_id]]
    if moved:
        raise MovedMeanwhileError(moved)
    found = {item_id: number - held[item_id].quantity for item_id, number in counted.items()}
    missing = [weigh(held[item_id], -more) for item_id, more in found.items() if more < 0]
    _write_off(StockMovement.Kind.STOCKTAKE, missing, held, papers, business_date)
    portions = [weigh(_worth(held[item_id]), more) for item_id, more in found.items() if more > 0]
    operations = _post_by_subject("goods_found", portions, held, papers, business_date)
    write_movements(
        kind=StockMovement.Kind.STOCKTAKE, portions=portions, held=held, operations=operations, papers=papers
    )
    return {item_id: more for item_id, more in found.items() if more}


def _write_off(
    kind: StockMovement.Kind, portions: list[Portion], held: Mapping[int, Held], papers: Papers, day: date
) -> None:
    operations = _post_by_subject("goods_written_off", portions, held, papers, day)
    going = [portion.going() for portion in portions]
    write_movements(kind=kind, portions=going, held=held, operations=operations, papers=papers)


def _worth(held: Held) -> Held:
    """Return what found pieces are worth by: those that lie there, or the last that were bought; else nothing."""
    if held.quantity:
        return held
    bought = (
        StockMovement.objects.filter(item=held.item_id, kind=StockMovement.Kind.RECEIPT).order_by("-number").first()
    )
    if bought is None:
        return replace(held, quantity=1)
    value, maker = Kopecks(bought.value_kopecks), Kopecks(bought.maker_kopecks)
    return replace(held, quantity=bought.quantity, value_kopecks=value, maker_kopecks=maker)


def _post_by_subject(
    event: str, portions: Sequence[Portion], held: Mapping[int, Held], papers: Papers, day: date
) -> dict[int, Operation]:
    """Post what pieces cost, one operation for each whom their items feed; return it by item."""
    by_subject: dict[str, list[Portion]] = {}
    for portion in portions:
        by_subject.setdefault(held[portion.item_id].subject, []).append(portion)
    posted = {subject: _post(event, subject, own, papers, day) for subject, own in sorted(by_subject.items())}
    found = {portion.item_id: posted[held[portion.item_id].subject] for portion in portions}
    return {item_id: operation for item_id, operation in found.items() if operation}


def _post(event: str, subject: str, portions: Sequence[Portion], papers: Papers, day: date) -> Operation | None:
    """Post what pieces cost; nothing for a maker's present that cost nothing."""
    gross = sum(portion.value_kopecks for portion in portions)
    if not gross:
        return None
    return ledger.post_event(
        event=event,
        subject=subject,
        amounts={"gross": Kopecks(gross)},
        key=f"{event}:{sha256(f'{papers.key}:{subject}'.encode()).hexdigest()[:40]}",  # a slug may be long
        business_date=day,
        reference=papers.document,
    )
