"""Products found in their listings: one query, more only where words find nothing as typed.

As :mod:`campaigns.finding.searching`; what is left of each product is summed from its items as it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from campaigns.finding.searching import Found, gather
from merch.catalogue.wanted import Sort, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from campaigns.finding.words import Question

# How each facet is chosen, and out of what it is counted: each among what all the others leave.
CHOSEN = {
    "collection": "collection = %s", "tag": "tags @> ARRAY[%s]::varchar[]", "maker": "maker = %s",
    "feeds": "subject = %s", "available": "available = %s",
}  # fmt: skip
VALUES = {
    "collection": ("collection", "fit"), "tag": ("t.tag", "fit CROSS JOIN LATERAL unnest(tags) AS t(tag)"),
    "maker": ("maker", "fit"), "feeds": ("subject", "fit"), "available": ("available", "fit"),
}  # fmt: skip
COUNTS = "SELECT '{name}' AS facet, {value} AS value, count(*) FROM {source} WHERE {others} GROUP BY {value}"
SEARCH = """
    WITH stock AS (
        SELECT v.product_id, bool_or(i.pieces > i.reserved) AS has_any
        FROM merch_variant v JOIN sales_stockitem i ON i.id = v.item_id
        WHERE v.is_on_sale GROUP BY v.product_id
    ), fit AS MATERIALIZED (
        SELECT l.product_id, l.collection, l.tags, l.maker, l.subject, l.lowest_price_kopecks, l.listed_at,
            CASE WHEN s.has_any THEN 'now' ELSE '' END AS available {rank}
        FROM merch_shoplisting l LEFT JOIN stock s USING (product_id) WHERE {words}
    )
    SELECT 'words' AS facet, '' AS value, count(*) FROM fit
    UNION ALL SELECT 'total', '', count(*) FROM fit WHERE {everything}
    UNION ALL {counts}
    UNION ALL SELECT 'page', (row_number() OVER ())::text, p.product_id FROM (
        SELECT product_id FROM fit WHERE {everything} ORDER BY {order} LIMIT %s OFFSET %s
    ) p
"""
RANK = ", ts_rank('{{0.05, 0.2, 0.4, 1.0}}', l.words, {question}) AS rank"  # {{description, maker…, summary, title}}
HOLDING = "l.words @@ ({question})"
THERE_FIRST = "(available = ''), listed_at DESC, product_id DESC"
ORDERS = {
    Sort.NEWEST: THERE_FIRST,
    Sort.FITTING: "rank DESC, " + THERE_FIRST,
    Sort.CHEAP: "lowest_price_kopecks, product_id DESC",
    Sort.DEAR: "lowest_price_kopecks DESC, product_id DESC",
}


def search(*, wanted: Wanted, limit: int, offset: int = 0) -> Found:
    """Return how many products fit, the facets, and one page of ids in the order that is wanted.

    One query; up to three where words find nothing as typed.
    """
    return gather(wanted=wanted, rows=lambda question: _rows(wanted, question, [limit, offset]))


def _rows(wanted: Wanted, question: Question | None, place: list[Any]) -> list[tuple[Any, ...]]:
    order = Sort(wanted.order)
    has_rank = question is not None and order == Sort.FITTING
    asked: list[Any] = [*question.words] * (2 if has_rank else 1) if question else []
    chosen = wanted.filters
    asked += chosen.values()
    counts = []
    for name, (value, source) in VALUES.items():
        others = [other for other in chosen if other != name]
        counts.append(COUNTS.format(name=name, value=value, source=source, others=_all(others)))
        asked += [chosen[other] for other in others]
    statement = SEARCH.format(
        rank=RANK.format(question=question.sql) if question and has_rank else "",
        words=HOLDING.format(question=question.sql) if question else "true",
        everything=_all(chosen),
        counts=" UNION ALL ".join(counts),
        order=ORDERS[order],
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*asked, *chosen.values(), *place])
        return list(cursor.fetchall())


def _all(names: Iterable[str]) -> str:
    return " AND ".join(CHOSEN[name] for name in names) or "true"
