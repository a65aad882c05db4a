"""Where the words that were looked for stand in a campaign's own words; every sign is escaped by the template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from campaigns.finding.words import FOLD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from campaigns.finding.words import Question

OPEN, CLOSE = "\ue000", "\ue001"  # private signs: no keyboard has them, and the database takes them out of the text
WHOLE = f"HighlightAll=true, StartSel={OPEN}, StopSel={CLOSE}"
PIECE = f"MaxFragments=1, MaxWords=26, MinWords=14, ShortWord=0, StartSel={OPEN}, StopSel={CLOSE}"
LONGEST_STORY = 6000  # of a story, where a piece of it is looked for
MARKS = """
    SELECT c.id, ts_headline('russian', f.title, q, %s), ts_headline('russian', f.summary, q, %s),
        CASE WHEN l.head @@ q THEN '' ELSE ts_headline('russian', f.story, q, %s) END
    FROM campaigns_campaign c
    JOIN campaigns_listing l ON l.campaign_id = c.id
    CROSS JOIN LATERAL (SELECT {question} AS q) q
    CROSS JOIN LATERAL (SELECT campaigns_folded(translate(c.title, %s, '')) AS title,
        campaigns_folded(translate(c.summary, %s, '')) AS summary,
        campaigns_folded(translate(left(c.story, %s), %s, '')) AS story) f
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
    private = OPEN + CLOSE
    arguments = [WHOLE, WHOLE, PIECE, *question.words, private, private, LONGEST_STORY, private, list(texts)]
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
    clean = text.translate({ord(OPEN): None, ord(CLOSE): None})
    bare = headline.replace(OPEN, "").replace(CLOSE, "")
    start = _folded(clean).find(bare)
    if start < 0:
        return (Piece(clean, is_marked=False),)
    found, place = [], start
    for number, part in enumerate(headline.replace(CLOSE, OPEN).split(OPEN)):
        if part:
            found.append(Piece(clean[place : place + len(part)], is_marked=number % 2 == 1))
            place += len(part)
    return tuple(found)


def _folded(text: str) -> str:
    return text.translate(FOLD | {ord(sign): " " for sign in "<>&"})


def plain(texts: Sequence[str]) -> Marked:
    """Return words in which nothing is marked."""
    title, summary = ((Piece(text, is_marked=False),) for text in texts[:2])
    return Marked(title, summary, ())
