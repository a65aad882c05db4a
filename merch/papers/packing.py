"""What a packing list shows: what goes into the parcel, and whom it goes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils import timezone

from fund.money import NO_BREAK_SPACE
from fund.sales.models import Sale, SaleLine, SaleReturnLine
from fund.sales.phones import show_phone
from fund.sales.services.returning import BEFORE

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from django.db.models import QuerySet

MOST_BOXES = 10  # to tick; of more pieces there is one box for them all
MOST_LISTS = 100  # in one file: a worker has five minutes for it


@dataclass(frozen=True)
class PackingLine:
    """Pieces of one thing to put in; ``grams`` are of all of them, nought where nobody has weighed it."""

    title: str
    sku: str
    quantity: int
    grams: int

    @property
    def boxes(self) -> range:
        """Return a box for each piece to tick; one where they are many."""
        return range(self.quantity if self.quantity <= MOST_BOXES else 1)


@dataclass(frozen=True)
class PackingList:
    """One order to pack, and whom it goes to."""

    sale_id: int
    number: str
    day: date
    carrier: str
    name: str
    phone: str
    postcode: str
    place: str
    comment: str
    lines: tuple[PackingLine, ...]

    @property
    def is_pickup(self) -> bool:
        """Return whether its buyer comes for it."""
        return self.carrier == Sale.Carrier.PICKUP

    @property
    def carrier_title(self) -> str:
        """Return who carries it."""
        return str(Sale.Carrier(self.carrier).label)

    @property
    def phone_as_read(self) -> str:
        """Return the telephone as people read it."""
        return show_phone(self.phone).replace(" ", NO_BREAK_SPACE)

    @property
    def pieces(self) -> int:
        """Return how many pieces go in."""
        return sum(line.quantity for line in self.lines)

    @property
    def grams(self) -> int:
        """Return what all that was weighed weighs."""
        return sum(line.grams for line in self.lines)

    @property
    def kilograms(self) -> str:
        """Return the weight as Russians write it: «1,25»."""
        whole, rest = divmod(self.grams, 1000)
        return f"{whole},{rest:03}".rstrip("0").rstrip(",")

    @property
    def unweighed(self) -> int:
        """Return of how many lines nobody knows the weight."""
        return sum(1 for line in self.lines if not line.grams)


def to_pack() -> QuerySet[Sale]:
    """Return orders that are packed here and whose buyer is not forgotten, the oldest first."""
    return Sale.objects.filter(state__in=BEFORE, contact__isnull=False).order_by("created_at", "pk")


def of_the_day() -> list[int]:
    """Return the orders whose lists the brand manager prints today: what waits for its buyer is packed. One query."""
    waiting = to_pack().exclude(state=Sale.State.READY)
    return list(waiting.values_list("pk", flat=True)[:MOST_LISTS])


def packing_lists(*, sale_ids: Collection[int]) -> list[PackingList]:
    """Return the lists of those orders that are still to be packed. Three queries, however many there are."""
    sales = list(to_pack().filter(pk__in=sale_ids).select_related("contact"))
    back = SaleReturnLine.objects.filter(line__sale__in=sales).values_list("line").annotate(last=Max("stop"))
    gone = dict(back.order_by())
    lines: dict[int, list[PackingLine]] = {sale.pk: [] for sale in sales}
    for row in SaleLine.objects.filter(sale__in=sales, item__isnull=False).select_related("item").order_by("number"):
        left = row.quantity - gone.get(row.pk, 0)
        if left and row.item:
            lines[row.sale_id].append(PackingLine(row.title, row.item.sku, left, left * row.item.grams))
    return [_list(sale, lines[sale.pk]) for sale in sales]


def _list(sale: Sale, lines: list[PackingLine]) -> PackingList:
    contact = sale.contact
    return PackingList(
        sale.pk,
        sale.number,
        timezone.localdate(sale.created_at),
        sale.carrier,
        contact.name,
        contact.phone,
        contact.postcode,
        contact.place,
        contact.comment,
        tuple(lines),
    )
