"""Where a price goes: what is thought before anything is sold, and what the books say of what was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from fund.money import Kopecks
from fund.sales import anatomy as books

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.safestring import SafeString

    from fund.sales.anatomy import Sold
    from merch.models import Variant

WHOLE = 10_000  # basis points of the whole
WIDTH, HEIGHT = 600, 28  # of the bar, in units of its own


@dataclass(frozen=True)
class Part:
    """Where some of a price goes; ``kind`` names its colour. Less than nothing: it is a loss."""

    kind: str
    title: str
    amount_kopecks: Kopecks


@dataclass(frozen=True)
class Anatomy:
    """A price and its parts, which add up to it exactly."""

    price_kopecks: Kopecks
    parts: tuple[Part, ...]

    @property
    def rest_kopecks(self) -> Kopecks:
        """Return what remains for whom it feeds."""
        return self.parts[-1].amount_kopecks

    @property
    def bar(self) -> SafeString:
        """Return the parts as one bar; a loss is what costs go beyond the price."""
        shown = [part for part in self.parts if part.amount_kopecks > 0]
        whole = sum(part.amount_kopecks for part in shown) or 1
        places, start = [], 0
        for part in shown:
            stop = start + part.amount_kopecks
            left, right = WIDTH * start // whole, WIDTH * stop // whole
            places.append((part.kind, left, max(right - left - 1, 1), HEIGHT))
            start = stop
        drawn = format_html_join("", '<rect class="price-bar__{}" x="{}" y="0" width="{}" height="{}"/>', places)
        edge = WIDTH * self.price_kopecks // whole
        mark = format_html('<path class="price-bar__edge" d="M{} 0V{}"/>', edge, HEIGHT) if edge < WIDTH else ""
        return format_html(
            '<svg class="price-bar" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true" '
            'focusable="false">{}{}</svg>',
            *(WIDTH, HEIGHT, drawn, mark),
        )


@dataclass(frozen=True)
class Row:
    """One part as it is thought and as it was, and by how much it was more; in kopecks."""

    title: str
    thought_kopecks: Kopecks
    actual_kopecks: Kopecks
    total_kopecks: Kopecks

    @property
    def more_kopecks(self) -> Kopecks:
        """Return by how much a piece brought or cost more than was thought."""
        return Kopecks(self.actual_kopecks - self.thought_kopecks)

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to say of it."""
        return not (self.thought_kopecks or self.total_kopecks)


@dataclass(frozen=True)
class Price:
    """A variant's price taken apart: the estimate, and what the books say where any were handed over."""

    thought: Anatomy
    is_from_books: bool
    sold: Sold | None
    rows: tuple[Row, ...]

    @property
    def actual(self) -> Anatomy | None:
        """Return the average piece that was sold, taken apart."""
        if not self.rows:
            return None
        kinds = ("maker", "other", "fee", "spoiled", "rest")
        parts = [Part(kind, row.title, row.actual_kopecks) for kind, row in zip(kinds, self.rows[1:], strict=True)]
        return Anatomy(self.rows[0].actual_kopecks, tuple(parts))


def prices_of(*, variants: Sequence[Variant]) -> dict[int, Price]:
    """Return where the prices of variants of one product go, by variant. Three queries, however many variants."""
    items = [one.item_id for one in variants]
    averages, sold = books.averages(item_ids=items), books.sold(item_ids=items)
    return {one.pk: _price(one, averages.get(one.item_id), sold.get(one.item_id)) for one in variants}


def fee_kopecks(price_kopecks: int) -> Kopecks:
    """Return what ЮKassa is thought to keep of a price, to the nearest kopeck."""
    return Kopecks((2 * price_kopecks * settings.SHOP_FEE_BASIS_POINTS + WHOLE) // (2 * WHOLE))


def _price(variant: Variant, average: tuple[Kopecks, Kopecks] | None, sold: Sold | None) -> Price:
    cost, maker = average or (Kopecks(variant.cost_kopecks), Kopecks(variant.maker_kopecks))
    fee = fee_kopecks(variant.price_kopecks)
    thought = Anatomy(
        Kopecks(variant.price_kopecks),
        (
            Part("maker", _("To the maker"), maker),
            Part("other", _("Materials and freight"), Kopecks(cost - maker)),
            Part("fee", _("ЮKassa's fee"), fee),
            Part("rest", _("Remains"), Kopecks(variant.price_kopecks - cost - fee)),
        ),
    )
    rows = _rows(thought, sold) if sold is not None and sold.pieces > 0 else ()
    return Price(thought, average is not None, sold, rows)


def _rows(thought: Anatomy, sold: Sold) -> tuple[Row, ...]:
    """Return price and parts beside one another. What remains of an average piece is what its other parts leave."""
    maker, other, fee, rest = (part.amount_kopecks for part in thought.parts)
    costs = (
        (_("To the maker"), maker, sold.maker_kopecks),
        (_("Materials and freight"), other, sold.other_kopecks),
        (_("ЮKassa's fee"), fee, sold.fee_kopecks),
        (_("Spoiled, came back"), Kopecks(0), sold.spoiled_kopecks),
    )
    price = _average(sold.revenue_kopecks, sold.pieces)
    parts = [Row(title, one, _average(total, sold.pieces), total) for title, one, total in costs]
    left = Kopecks(price - sum(row.actual_kopecks for row in parts))
    return (
        Row(_("Price"), thought.price_kopecks, price, sold.revenue_kopecks),
        *parts,
        Row(_("Remains"), rest, left, sold.rest_kopecks),
    )


def _average(total: int, pieces: int) -> Kopecks:
    """Return what it is for a piece, to the nearest kopeck."""
    return Kopecks((2 * total + pieces) // (2 * pieces))
