"""How pieces are weighed in money, and how their coming and going is written down, under the items' locks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fund.money import Kopecks, split
from fund.sales.models import StockItem, StockMovement

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from fund.ledger.models import Operation
    from people.models import User


NOTHING = Kopecks(0)


@dataclass(frozen=True)
class Held:
    """What lies of an item after its last movement: pieces, what they cost, and what of that their maker got."""

    item_id: int
    subject: str
    title: str = ""
    reserved: int = 0
    number: int = 0
    quantity: int = 0
    value_kopecks: Kopecks = NOTHING
    maker_kopecks: Kopecks = NOTHING

    @property
    def available(self) -> int:
        """Return how many pieces can be sold."""
        return max(self.quantity - self.reserved, 0)


@dataclass(frozen=True)
class Portion:
    """Pieces of one item that come (or, all negative, go), and what they cost in kopecks."""

    item_id: int
    quantity: int
    value_kopecks: Kopecks
    maker_kopecks: Kopecks

    def going(self) -> Portion:
        """Return the same pieces on their way out."""
        value, maker = Kopecks(-self.value_kopecks), Kopecks(-self.maker_kopecks)
        return Portion(self.item_id, -self.quantity, value, maker)


@dataclass(frozen=True)
class Papers:
    """Whose doing a movement is, by which document, and its key: the same key moves nothing twice."""

    document: str
    key: str
    moved_by: User | None
    now: datetime


def lock_items(item_ids: Collection[int]) -> dict[int, Held]:
    """Lock items in the order of their numbers and return what lies of each. Two queries."""
    locked = StockItem.objects.filter(pk__in=item_ids).order_by("pk").select_for_update()
    held = {item.pk: Held(item.pk, item.subject, item.title, item.reserved) for item in locked}
    last = StockMovement.objects.filter(item__in=held).order_by("item_id", "-number").distinct("item_id")
    for row in last:
        held[row.item_id] = replace(
            held[row.item_id],
            number=row.number,
            quantity=row.held_after,
            value_kopecks=Kopecks(row.value_after_kopecks),
            maker_kopecks=Kopecks(row.maker_after_kopecks),
        )
    return held


def weigh(held: Held, quantity: int) -> Portion:
    """Return what so many pieces cost at the moving average (ФСБУ 5/2019, п. 36); all of them cost all there is."""
    return Portion(
        held.item_id,
        quantity,
        _share(held.value_kopecks, quantity, held.quantity),
        _share(held.maker_kopecks, quantity, held.quantity),
    )


def is_moved(*, key: str, item_ids: Collection[int]) -> bool:
    """Return whether a key has moved any of these locked items. One query."""
    return StockMovement.objects.filter(key__in=[f"{key}:{item}" for item in item_ids]).exists()


def write_movements(
    *,
    kind: StockMovement.Kind,
    portions: Sequence[Portion],
    held: Mapping[int, Held],
    operations: Mapping[int, Operation],
    papers: Papers,
) -> None:
    """Write what came or went of locked items, one row each. One query.

    :param operations: by item, the operation that moved its value; none for what cost nothing.
    """
    StockMovement.objects.bulk_create(
        StockMovement(
            item_id=portion.item_id,
            number=before.number + 1,
            kind=kind,
            quantity=portion.quantity,
            value_kopecks=portion.value_kopecks,
            maker_kopecks=portion.maker_kopecks,
            held_after=before.quantity + portion.quantity,
            value_after_kopecks=before.value_kopecks + portion.value_kopecks,
            maker_after_kopecks=before.maker_kopecks + portion.maker_kopecks,
            operation=operations.get(portion.item_id) if portion.value_kopecks else None,
            document=papers.document,
            key=f"{papers.key}:{portion.item_id}",
            moved_by=papers.moved_by,
            at=papers.now,
        )
        for portion, before in ((portion, held[portion.item_id]) for portion in portions)
    )


def _share(whole: Kopecks, part: int, parts: int) -> Kopecks:
    """Return what ``part`` of ``parts`` equal pieces cost, to the kopeck nearest; a ``part`` may be more than all."""
    return split(Kopecks(whole * part), [1, parts - 1])[0]
