"""Campaigns found in their listings: one query, more only where words find nothing as typed (docs/adr/0049)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection

from campaigns.finding.wanted import Sort, Wanted
from campaigns.finding.words import questions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from campaigns.finding.asked import Asked
    from campaigns.finding.words import Question

COLUMNS = {"theme": "theme", "district": "district", "state": "status", "funding": "funding"}
TOTAL, FITTING_WORDS, PAGE = "total", "words", "page"
# Each facet is counted among what all the others leave, so that its other values can be chosen instead.
COUNTS = "SELECT '{name}' AS facet, {column} AS value, count(*) FROM fit WHERE {others} GROUP BY {column}"
SEARCH = """
    WITH fit AS MATERIALIZED (SELECT {columns} FROM campaigns_listing l WHERE {words})
    SELECT 'words' AS facet, '' AS value, count(*) FROM fit
    UNION ALL SELECT 'total', '', count(*) FROM fit WHERE {everything}
    UNION ALL {counts}
    UNION ALL SELECT 'page', (row_number() OVER ())::text, p.campaign_id FROM (
        SELECT l.campaign_id FROM {source} l {join} WHERE {everything} ORDER BY {order} LIMIT %s OFFSET %s
    ) p
"""
COUNTED = "l.theme, l.district, l.status, l.funding"
ORDERED = COUNTED + ", l.campaign_id, l.slug, l.opens_at, l.closes_at, l.goal_kopecks, l.raised_kopecks"
HOLDING = "l.campaign_id = ANY(ARRAY(SELECT campaigns_holding({question})))"  # by the index, however many do
LIVE_FIRST = "(l.status <> 'live'), l.opens_at DESC, l.campaign_id DESC"
SINCE = "LEFT JOIN campaigns_raised_since() s ON s.slug = l.slug"
RAISED = "(l.raised_kopecks + coalesce(s.kopecks, 0))"
RANK = (
    ", ts_rank('{{0.05, 0.2, 0.4, 1.0}}', l.head, {question}) AS rank"  # {{story, organiser and theme, summary, title}}
)
ORDERS = {
    Sort.NEWEST: LIVE_FIRST,
    Sort.FITTING: "l.rank DESC, " + LIVE_FIRST,
    # Those that end come first, the soonest before; then those without an end; then those that have ended.
    Sort.ENDING: "(l.status <> 'live' OR coalesce(l.closes_at <= %s, false)), l.closes_at NULLS LAST, l.opens_at DESC,"
    " l.campaign_id DESC",
    Sort.SUPPORTED: RAISED + " DESC, l.campaign_id DESC",
    # Those that collect and lack something, the share that they have descending; whole numbers, as the page shows it.
    Sort.CLOSEST: "(l.status <> 'live' OR " + RAISED + " >= l.goal_kopecks), "
    + RAISED + "::numeric / l.goal_kopecks DESC, l.campaign_id DESC",
}  # fmt: skip
SUMMED = {Sort.SUPPORTED, Sort.CLOSEST}


@dataclass(frozen=True)
class Found:
    """What there is: how many, how many of each facet's values, one page of ids, and by which question to the index."""

    total: int
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    page: tuple[int, ...] = ()
    question: Question | None = None

    @property
    def is_exact(self) -> bool:
        """Return whether the words were found as they were typed, or there were none."""
        return self.question is None or self.question.is_exact


def search(*, wanted: Wanted, now: datetime, limit: int, offset: int = 0) -> Found:
    """Return how many campaigns fit, the facets, and one page in the order that is wanted.

    One query; up to three where words find nothing as typed.
    """
    return gather(wanted=wanted, rows=lambda question: _rows(wanted, question, now, [limit, offset]))


def gather(*, wanted: Asked, rows: Callable[[Question | None], Iterable[tuple[str, str, int]]]) -> Found:
    """Return what the first way to read the words finds, or the last one: one query each.

    :param rows: asks the index: facet, its value and how many; ``page``, the place and the row's id.
    """
    found = Found(0)
    for question in questions(wanted.q) if wanted.q else [None]:
        counts: dict[str, dict[str, int]] = {name: {} for name in (*wanted.FACETS, TOTAL, FITTING_WORDS, PAGE)}
        for name, value, number in rows(question):
            counts[name][value] = number
        page = counts.pop(PAGE)
        in_order = tuple(page[place] for place in sorted(page, key=int))
        found = Found(counts.pop(TOTAL)[""], counts, in_order, question)
        if counts.pop(FITTING_WORDS)[""]:
            return found
    return found


def _rows(wanted: Wanted, question: Question | None, now: datetime, place: list[Any]) -> list[tuple[Any, ...]]:
    """Ask the index. Words are read once, by the facets and the page alike; without them a page has an index."""
    order = Sort(wanted.order)
    chosen = {name: f"{COLUMNS[name]} = %s" for name in wanted.filters}
    words: list[Any] = list(question.words) if question else []
    columns = ORDERED if question else COUNTED
    if question and order == Sort.FITTING:
        columns += RANK.format(question=question.sql)
        words += question.words
    words += wanted.filters.values()
    counts = []
    for name in Wanted.FACETS:
        others = [name_ for name_ in chosen if name_ != name]
        counts.append(COUNTS.format(name=name, column=COLUMNS[name], others=_all(chosen[one] for one in others)))
        words += [wanted.filters[one] for one in others]
    words += wanted.filters.values()
    words += [now] if order == Sort.ENDING else []
    statement = SEARCH.format(
        columns=columns,
        words=HOLDING.format(question=question.sql) if question else "true",
        everything=_all(chosen.values()),
        counts=" UNION ALL ".join(counts),
        source="fit" if question else "campaigns_listing",
        join=SINCE if order in SUMMED else "",
        order=ORDERS[order],
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*words, *place])
        return list(cursor.fetchall())


def _all(conditions: Iterable[str]) -> str:
    return " AND ".join(conditions) or "true"
