"""What sold and what it brought, as the stock's movements and the orders' frozen lines say.

A sale counts on the day it was handed over, what came back on the day it came back. The books agree: revenue is 90.01,
cost 90.02; ЮKassa's fee is shared among an order's lines by what they cost.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from fund.money import Kopecks

if TYPE_CHECKING:
    from datetime import date

WEEK = timedelta(days=7)
LYING = timedelta(days=60)
MOST_LYING = 50
# One row for what left, one for what came back: its price, and (where it lies in stock again) its cost. A line's first
# pieces cost a kopeck more than the rest and are cancelled first, see fund/sales/pieces.py.
TRADED = """
WITH traded AS (
    SELECT move.item_id, move.at, -move.quantity AS pieces, sold.revenue, -move.value_kopecks AS cost,
        round(coalesce(payment.amount_kopecks - payment.income_kopecks, 0)::numeric * sold.revenue / sale.total_kopecks)
            AS fee
    FROM sales_stockmovement move
    JOIN sales_saleline line ON line.item_id = move.item_id
        AND line.sale_id = CASE WHEN move.kind = 'sale' THEN move.document::bigint END
    JOIN sales_sale sale ON sale.id = line.sale_id
    JOIN payments_payment payment ON payment.id = sale.payment_id
    CROSS JOIN LATERAL (SELECT line.quantity + move.quantity AS pieces) cancelled
    CROSS JOIN LATERAL (
        SELECT line.total_kopecks - cancelled.pieces * (line.total_kopecks / line.quantity)
            - least(cancelled.pieces, line.total_kopecks %% line.quantity) AS revenue
    ) sold
    WHERE move.kind = 'sale' AND move.at >= %(since)s AND move.at < %(until)s
    UNION ALL
    SELECT line.item_id, made.at, back.start - back.stop, -back.amount_kopecks, 0, 0
    FROM sales_salereturn made
    JOIN sales_salereturnline back ON back.sale_return_id = made.id
    JOIN sales_saleline line ON line.id = back.line_id
    WHERE line.kind = 'goods' AND NOT made.is_before_handover AND made.at >= %(since)s AND made.at < %(until)s
    UNION ALL
    SELECT move.item_id, move.at, 0, 0, -move.value_kopecks, 0
    FROM sales_stockmovement move
    WHERE move.kind = 'taken_back' AND move.at >= %(since)s AND move.at < %(until)s
)
"""
SUMS = "sum(traded.pieces)::bigint, sum(traded.revenue)::bigint, sum(traded.cost)::bigint, sum(traded.fee)::bigint"
OF_SHOP = """
FROM traded JOIN merch_variant variant ON variant.item_id = traded.item_id
JOIN merch_product product ON product.id = variant.product_id
WHERE %(product)s::bigint IS NULL OR product.id = %(product)s
"""
OF_ITEM = """
FROM traded JOIN sales_stockitem item ON item.id = traded.item_id
JOIN merch_variant variant ON variant.item_id = item.id JOIN merch_product product ON product.id = variant.product_id
WHERE product.id = %(product)s
"""
BY_PRODUCT = f"{TRADED} SELECT product.id, product.title, {SUMS} {OF_SHOP} GROUP BY product.id"
BY_VARIANT = f"{TRADED} SELECT product.id, item.sku || ' ' || item.title, {SUMS} {OF_ITEM} GROUP BY product.id, item.id"
MONDAY = "date_trunc('week', traded.at AT TIME ZONE %(zone)s)::date"
BY_WEEK = f"{TRADED} SELECT {MONDAY} AS week, '', {SUMS} {OF_SHOP} GROUP BY week ORDER BY week"
LYING_STILL = """
SELECT item.id, item.sku, item.title, item.pieces, last.value_after_kopecks, moved.at, count(*) OVER (),
    sum(last.value_after_kopecks) OVER ()::bigint
FROM sales_stockitem item
JOIN merch_variant variant ON variant.item_id = item.id
CROSS JOIN LATERAL (
    SELECT value_after_kopecks FROM sales_stockmovement WHERE item_id = item.id ORDER BY number DESC LIMIT 1
) last
CROSS JOIN LATERAL (
    SELECT max(at) AS at FROM sales_stockmovement WHERE item_id = item.id AND kind IN ('sale', 'receipt')
) moved
WHERE item.pieces > 0 AND moved.at < %s
ORDER BY last.value_after_kopecks DESC, item.sku LIMIT %s
"""
ORDERS = ("pieces", "revenue_kopecks", "margin_kopecks")


@dataclass(frozen=True)
class Sums:
    """What was sold, and what it cost; what came back is taken off."""

    pieces: int = 0
    revenue_kopecks: Kopecks = Kopecks(0)  # noqa: RUF009 - a whole number
    cost_kopecks: Kopecks = Kopecks(0)  # noqa: RUF009
    fee_kopecks: Kopecks = Kopecks(0)  # noqa: RUF009

    @property
    def margin_kopecks(self) -> Kopecks:
        """Return what is left for whom it feeds."""
        return Kopecks(self.revenue_kopecks - self.cost_kopecks - self.fee_kopecks)

    @property
    def margin_percent(self) -> int | None:
        """Return the margin's share of the revenue, in whole per cent; None of no revenue."""
        return self.margin_kopecks * 100 // self.revenue_kopecks if self.revenue_kopecks > 0 else None

    def __add__(self, other: Sums) -> Sums:
        """Return both together."""
        return Sums(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(Sums)))


@dataclass(frozen=True)
class Traded:
    """What sold of one product or variant."""

    product_id: int
    title: str
    sums: Sums


@dataclass(frozen=True)
class Week:
    """What sold in the week that begins on a Monday."""

    monday: date
    sums: Sums


@dataclass(frozen=True)
class Lying:
    """Pieces that nobody has bought for long, and what they cost the fund."""

    item_id: int
    sku: str
    title: str
    pieces: int
    value_kopecks: Kopecks
    since: datetime


@dataclass(frozen=True)
class Still:
    """All that lies still: how many things, what they cost, and the dearest of them."""

    count: int
    value_kopecks: Kopecks
    rows: tuple[Lying, ...]


def traded(*, since: date, until: date, product_id: int | None, order: str) -> list[Traded]:
    """Return what sold in a period, both days included, the most first; of one product by variant. One query."""
    rows = _rows(BY_PRODUCT if product_id is None else BY_VARIANT, since, until, product_id)
    found = [Traded(row[0], row[1], Sums(*row[2:])) for row in rows]
    return sorted(found, key=lambda one: (-getattr(one.sums, order), one.title))


def weeks(*, since: date, until: date, product_id: int | None) -> list[Week]:
    """Return a period's weeks, those without a sale too. One query."""
    sold = {row[0]: Sums(*row[2:]) for row in _rows(BY_WEEK, since, until, product_id)}
    first = since - timedelta(days=since.weekday())
    return [
        Week(day, sold.get(day, Sums())) for day in (first + WEEK * n for n in range((until - first).days // 7 + 1))
    ]


def lying_still(*, now: datetime) -> Still:
    """Return what was neither sold nor bought anew for sixty days. One query."""
    with connection.cursor() as cursor:
        cursor.execute(LYING_STILL, [now - LYING, MOST_LYING])
        rows = cursor.fetchall()
    found = tuple(Lying(*row[:6]) for row in rows)
    return Still(rows[0][6], Kopecks(rows[0][7]), found) if rows else Still(0, Kopecks(0), ())


def _rows(statement: str, since: date, until: date, product_id: int | None) -> list[Any]:
    zone = timezone.get_default_timezone()
    known = {
        "since": datetime.combine(since, time(), zone),
        "until": datetime.combine(until + timedelta(days=1), time(), zone),
        "product": product_id,
        "zone": str(zone),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, known)
        found: list[Any] = cursor.fetchall()
    return found
