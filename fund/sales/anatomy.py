"""Where the price of a piece went once it was handed over, as the books have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from fund.money import Kopecks
from fund.sales.models import StockMovement

if TYPE_CHECKING:
    from collections.abc import Collection

NOTHING = Kopecks(0)
# An order's share of ЮKassa's fee lies where its goods' revenue lies: with whom they feed as their handover moved it
# there (the posting), with the fund what is left of it. Within each it is shared by what lines brought; those of the
# fund share it with what was cancelled, and with goods that left before ЮKassa told its fee. Shares are differences of
# a running total, so they add up to the books to the kopeck.
BROUGHT = """
    WITH told AS (
        SELECT DISTINCT s.id, lpad(s.id::text, greatest(6, length(s.id::text)), '0') AS number,
            s.total_kopecks AS total, coalesce(p.amount_kopecks - p.income_kopecks, 0) AS fee
        FROM sales_reservation r JOIN sales_saleline l ON l.id = r.line_id
        JOIN sales_sale s ON s.id = l.sale_id JOIN payments_payment p ON p.id = s.payment_id
        WHERE r.item_id = ANY(%s) AND r.state = 'gone'
    ), line AS (
        SELECT l.id, l.sale_id, l.item_id, l.subject, l.total_kopecks, l.quantity - c.stop AS pieces,
            (l.quantity - c.stop) * (l.total_kopecks / l.quantity) + l.total_kopecks %% l.quantity
                - least(c.stop, l.total_kopecks %% l.quantity) AS revenue
        FROM told JOIN sales_saleline l ON l.sale_id = told.id
        CROSS JOIN LATERAL (
            SELECT coalesce(max(b.stop), 0) AS stop FROM sales_salereturnline b
            JOIN sales_salereturn r ON r.id = b.sale_return_id WHERE b.line_id = l.id AND r.is_before_handover
        ) c
        WHERE l.kind <> 'gift'
    ), part AS (
        SELECT line.sale_id, line.subject, sum(line.revenue) AS revenue, sum(line.total_kopecks) AS ordered, coalesce((
            SELECT sum(post.amount_kopecks) FROM ledger_operation o
            JOIN ledger_posting post ON post.operation_id = o.number
            JOIN ledger_account a ON a.id = post.debit_id JOIN ledger_account f ON f.id = post.credit_id
            WHERE o.key = 'handed_over:' || max(told.number) || ':' || line.subject
                AND a.code = '91.02.' || line.subject AND f.code = '91.02.fund'
        ), 0) AS moved
        FROM line JOIN told ON told.id = line.sale_id GROUP BY line.sale_id, line.subject
    ), whole AS (
        SELECT part.sale_id, sum(part.moved) AS moved, sum(part.ordered) AS ordered,
            sum(part.revenue) FILTER (WHERE part.moved > 0) AS apart,
            div(2 * max(told.fee) * sum(part.ordered) + max(told.total), 2 * max(told.total)) AS fee
        FROM part JOIN told ON told.id = part.sale_id GROUP BY part.sale_id
    ), share AS (
        SELECT line.item_id, line.pieces, line.revenue,
            CASE WHEN line.subject = 'fund' THEN whole.fee - whole.moved ELSE part.moved END AS fee,
            CASE WHEN line.subject = 'fund' THEN whole.ordered - coalesce(whole.apart, 0)
                ELSE part.revenue END AS among,
            sum(line.revenue) OVER (PARTITION BY line.sale_id, line.subject ORDER BY line.id) AS running
        FROM line JOIN part USING (sale_id, subject) JOIN whole USING (sale_id)
    )
    SELECT item_id, sum(pieces)::bigint, sum(revenue)::bigint,
        sum(CASE WHEN among > 0
            THEN div(running * fee, among) - div((running - revenue) * fee, among) ELSE 0 END)::bigint
    FROM share WHERE item_id = ANY(%s) GROUP BY item_id HAVING sum(pieces) > 0
"""
# What pieces cost that were handed over, and that came back: whole ones at the cost they went at, spoiled ones apart.
COST = """
    SELECT m.item_id, -sum(m.value_kopecks), -sum(m.maker_kopecks), 0, 0, 0, 0
    FROM sales_stockmovement m WHERE m.item_id = ANY(%s) AND m.kind = ANY(%s) GROUP BY m.item_id
    UNION ALL
    SELECT l.item_id, 0, 0, sum(b.stop - b.start), sum(b.amount_kopecks),
        sum(spoiled.value) FILTER (WHERE NOT b.is_in_stock), sum(spoiled.maker) FILTER (WHERE NOT b.is_in_stock)
    FROM sales_salereturnline b JOIN sales_salereturn r ON r.id = b.sale_return_id
    JOIN sales_saleline l ON l.id = b.line_id
    JOIN sales_stockmovement m ON m.key = 'sale:' || lpad(l.sale_id::text, greatest(6, length(l.sale_id::text)), '0')
        || ':' || l.item_id
    CROSS JOIN LATERAL (SELECT b.start - l.quantity - m.quantity AS first, b.stop - l.quantity - m.quantity AS last) w
    CROSS JOIN LATERAL (
        SELECT (w.last - w.first) * (-m.value_kopecks / -m.quantity) + least(w.last, -m.value_kopecks %% -m.quantity)
                - least(w.first, -m.value_kopecks %% -m.quantity) AS value,
            (w.last - w.first) * (-m.maker_kopecks / -m.quantity) + least(w.last, -m.maker_kopecks %% -m.quantity)
                - least(w.first, -m.maker_kopecks %% -m.quantity) AS maker
    ) spoiled
    WHERE l.item_id = ANY(%s) AND NOT r.is_before_handover GROUP BY l.item_id
"""


@dataclass(frozen=True)
class Sold:
    """What pieces of one item brought that stay with their buyers, and where it went; in kopecks.

    ``maker_kopecks`` and ``other_kopecks`` together are what they cost the fund; ``spoiled_kopecks`` is the cost of
    pieces that came back and can't be sold again; ``fee_kopecks`` is ЮKassa's, which it keeps also of what went back.
    """

    pieces: int = 0
    revenue_kopecks: Kopecks = NOTHING
    maker_kopecks: Kopecks = NOTHING
    other_kopecks: Kopecks = NOTHING
    spoiled_kopecks: Kopecks = NOTHING
    fee_kopecks: Kopecks = NOTHING

    @property
    def rest_kopecks(self) -> Kopecks:
        """Return what remains for whom the goods feed; less than nothing is a loss."""
        costs = self.maker_kopecks + self.other_kopecks + self.spoiled_kopecks + self.fee_kopecks
        return Kopecks(self.revenue_kopecks - costs)


def sold(*, item_ids: Collection[int]) -> dict[int, Sold]:
    """Return what became of the prices of items that were handed over, by item; nothing for what never was.

    Two queries, whose work grows with the orders that the items were in.
    """
    ids, kinds = list(item_ids), [StockMovement.Kind.SALE.value, StockMovement.Kind.TAKEN_BACK.value]
    with connection.cursor() as cursor:
        cursor.execute(BROUGHT, [ids, ids])
        brought = cursor.fetchall()
        cursor.execute(COST, [ids, kinds, ids])
        costs: dict[int, list[int]] = {}
        for item_id, *row in cursor.fetchall():
            known = costs.get(item_id, [0] * len(row))
            costs[item_id] = [one + int(more or 0) for one, more in zip(known, row, strict=True)]
    found = {}
    for item_id, pieces, revenue, fee in brought:
        value, maker, back, returned, spoiled, spoiled_maker = costs[item_id]
        found[item_id] = Sold(
            pieces=pieces - back,
            revenue_kopecks=Kopecks(revenue - returned),
            maker_kopecks=Kopecks(maker - spoiled_maker),
            other_kopecks=Kopecks(value - maker - (spoiled - spoiled_maker)),
            spoiled_kopecks=Kopecks(spoiled),
            fee_kopecks=Kopecks(fee),
        )
    return found


def averages(*, item_ids: Collection[int]) -> dict[int, tuple[Kopecks, Kopecks]]:
    """Return what a piece in stock costs, and of it its maker's part, to the nearest kopeck, by item. One query."""
    last = StockMovement.objects.filter(item__in=item_ids).order_by("item_id", "-number").distinct("item_id")
    return {
        row.item_id: (
            _nearest(row.value_after_kopecks, row.held_after), _nearest(row.maker_after_kopecks, row.held_after),
        )
        for row in last
        if row.held_after
    }  # fmt: skip


def _nearest(whole: int, pieces: int) -> Kopecks:
    return Kopecks((2 * whole + pieces) // (2 * pieces))
