"""Campaigns found in their listings: two queries, more only where words find nothing as typed (docs/adr/0049)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection

from campaigns.finding.wanted import FACETS, Sort
from campaigns.finding.words import questions

if TYPE_CHECKING:
    from datetime import datetime

    from campaigns.finding.wanted import Wanted
    from campaigns.finding.words import Question

COLUMNS = {"theme": "theme", "district": "district", "state": "status", "funding": "funding"}
TOTAL, FITTING_WORDS = "total", "words"
# Each facet is counted among what all the others leave, so that its other values can be chosen instead.
COUNTS = "SELECT '{name}' AS facet, {column} AS value, count(*) FROM fit WHERE {others} GROUP BY {column}"
FACETS_OF = """
    WITH fit AS MATERIALIZED (SELECT l.theme, l.district, l.status, l.funding FROM campaigns_listing l WHERE {words})
    SELECT 'words' AS facet, '' AS value, count(*) FROM fit
    UNION ALL SELECT 'total', '', count(*) FROM fit WHERE {everything}
    UNION ALL {counts}
"""
LIST = "SELECT l.campaign_id FROM campaigns_listing l {join} WHERE {where} ORDER BY {order} LIMIT %s OFFSET %s"
HOLDING = "l.campaign_id = ANY(ARRAY(SELECT campaigns_holding({question})))"  # by the index, however many do
LIVE_FIRST = "(l.status <> 'live'), l.opens_at DESC, l.campaign_id DESC"
SINCE = "LEFT JOIN campaigns_raised_since() s ON s.slug = l.slug"
RAISED = "(l.raised_kopecks + coalesce(s.kopecks, 0))"
RANK = "ts_rank('{{0.05, 0.2, 0.4, 1.0}}', l.head, {question})"  # {{story, organiser and theme, summary, title}}
ORDERS = {
    Sort.NEWEST: LIVE_FIRST,
    Sort.FITTING: "{rank} DESC, " + LIVE_FIRST,
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
    """What there is: how many, how many of each facet's values, and by which question to the index."""

    total: int
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    question: Question | None = None

    @property
    def is_exact(self) -> bool:
        """Return whether the words were found as they were typed, or there were none."""
        return self.question is None or self.question.is_exact


def count(*, wanted: Wanted) -> Found:
    """Return how many campaigns fit, and the facets. One query; up to three where words find nothing as typed."""
    found = Found(0)
    for question in questions(wanted.q) if wanted.q else [None]:
        rows = _rows(*_facets_of(wanted, question))
        counts: dict[str, dict[str, int]] = {name: {} for name in (*FACETS, TOTAL, FITTING_WORDS)}
        for name, value, number in rows:
            counts[name][value] = number
        found = Found(counts.pop(TOTAL)[""], counts, question)
        if counts.pop(FITTING_WORDS)[""]:
            return found
    return found


def listed(*, wanted: Wanted, question: Question | None, now: datetime, limit: int, offset: int = 0) -> list[int]:
    """Return the ids of one page of campaigns, in the order that is wanted. One query."""
    order = Sort(wanted.order)
    where, words = _where(wanted, question)
    ordered = ORDERS[order]
    if order == Sort.ENDING:
        words.append(now)
    if order == Sort.FITTING and question is not None:
        ordered = ordered.format(rank=RANK.format(question=question.sql))
        words += question.words
    join = SINCE if order in SUMMED else ""
    statement = LIST.format(join=join, where=where, order=ordered)
    return [row[0] for row in _rows(statement, [*words, limit, offset])]


def _facets_of(wanted: Wanted, question: Question | None) -> tuple[str, list[Any]]:
    """Return the statement that counts, and its words."""
    chosen = {name: f"{COLUMNS[name]} = %s" for name in wanted.filters}
    words = list(question.words) if question else []
    words += wanted.filters.values()
    counts = []
    for name in FACETS:
        others = [name_ for name_ in chosen if name_ != name]
        counts.append(COUNTS.format(name=name, column=COLUMNS[name], others=_all(chosen[one] for one in others)))
        words += [wanted.filters[one] for one in others]
    statement = FACETS_OF.format(
        words=HOLDING.format(question=question.sql) if question else "true",
        everything=_all(chosen.values()),
        counts=" UNION ALL ".join(counts),
    )
    return statement, words


def _where(wanted: Wanted, question: Question | None) -> tuple[str, list[Any]]:
    conditions: list[str] = []
    words: list[Any] = []
    if question is not None:
        conditions.append(HOLDING.format(question=question.sql))
        words += question.words
    for name, value in wanted.filters.items():
        conditions.append(f"l.{COLUMNS[name]} = %s")
        words.append(value)
    return _all(conditions), words


def _all(conditions: Any) -> str:
    return " AND ".join(conditions) or "true"


def _rows(statement: str, arguments: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return list(cursor.fetchall())
