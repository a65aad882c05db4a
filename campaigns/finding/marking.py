"""Where the words that were looked for stand in a campaign's own words; every sign is escaped by the template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from campaigns.finding.words import fold

if TYPE_CHECKING:
    from campaigns.finding.words import Question

OPEN, CLOSE = "\ue000", "\ue001"  # private signs, which no folded text holds
WHOLE = f"HighlightAll=true, StartSel={OPEN}, StopSel={CLOSE}"
PIECE = f"MaxFragments=1, MaxWords=26, MinWords=14, ShortWord=0, StartSel={OPEN}, StopSel={CLOSE}"
LONGEST_STORY = 6000  # of a story, where a piece of it is looked for
MARKS = """
    SELECT c.id, ts_headline('russian', f.title, q, %s), ts_headline('russian', f.summary, q, %s),
        CASE WHEN l.head @@ q THEN '' ELSE ts_headline('russian', f.story, q, %s) END
    FROM campaigns_campaign c
    JOIN campaigns_listing l ON l.campaign_id = c.id
    CROSS JOIN LATERAL (SELECT {question} AS q) q
    CROSS JOIN LATERAL (SELECT campaigns_folded(c.title) AS title, campaigns_folded(c.summary) AS summary,
        campaigns_folded(left(c.story, %s)) AS story) f
    WHERE c.id = ANY(%s)
"""


@dataclass(frozen=True)
class Piece:
    """Some of a text, and whether it was looked for."""

    text: str
    is_marked: bool


@dataclass(frozen=True)
class Marked:
    """A campaign's words in pieces; ``story`` only where neither title nor summary hold what was looked for."""

    title: tuple[Piece, ...]
    summary: tuple[Piece, ...]
    story: tuple[Piece, ...]


def mark(*, question: Question, texts: dict[int, tuple[str, str, str]]) -> dict[int, Marked]:
    """Return the words of campaigns (title, summary, story, by id) in pieces. One query."""
    arguments: list[Any] = [WHOLE, WHOLE, PIECE, *question.words, LONGEST_STORY, list(texts)]
    with connection.cursor() as cursor:
        cursor.execute(MARKS.format(question=question.sql), arguments)
        rows = cursor.fetchall()
    return {
        number: Marked(*(pieces(text, told) for text, told in zip(texts[number], headlines, strict=True)))
        for number, *headlines in rows
    }


def pieces(text: str, headline: str) -> tuple[Piece, ...]:
    """Return the original text in pieces, as a headline of its folded form marks them; whole where it can't be found.

    Nothing of a headline is shown: its marks are places in the text as it was written.
    """
    if not headline:
        return ()
    start = fold(text).find(headline.replace(OPEN, "").replace(CLOSE, ""))
    if start < 0:
        return (Piece(text, is_marked=False),)
    found, place = [], start
    for number, part in enumerate(headline.replace(CLOSE, OPEN).split(OPEN)):
        if part:
            found.append(Piece(text[place : place + len(part)], is_marked=number % 2 == 1))
            place += len(part)
    return tuple(found)
