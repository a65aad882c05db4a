"""What else may please who reads about a campaign: the same theme, the same district, the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from campaigns.finding.page import in_order

if TYPE_CHECKING:
    from campaigns.models import Campaign

MOST = 3
# A theme weighs most, words of the title beside it, a district least; what still collects comes before what has ended.
SIMILAR = r"""
    WITH own AS MATERIALIZED (
        SELECT l.*, (
            SELECT string_agg('''' || replace(replace(t.lexeme, '\', '\\'), '''', '''''') || '''', ' | ')::tsquery
            FROM unnest(l.head) t WHERE 'A' = ANY (t.weights)
        ) AS q FROM campaigns_listing l WHERE l.campaign_id = %s
    ), near AS (
        SELECT l.campaign_id, l.opens_at, l.status,
            (CASE WHEN l.theme = own.theme AND l.theme <> '' THEN 0.6 ELSE 0 END)
            + (CASE WHEN l.district = own.district AND l.district <> 'city' THEN 0.25 ELSE 0 END)
            + coalesce(ts_rank(l.head, own.q), 0) AS score
        FROM campaigns_listing l, own
        WHERE l.campaign_id <> own.campaign_id
    )
    SELECT n.campaign_id FROM near n WHERE n.score > 0.05
    ORDER BY n.score + CASE n.status WHEN 'live' THEN 0.7 ELSE 0 END DESC, n.opens_at DESC, n.campaign_id DESC LIMIT %s
"""


def similar(*, campaign: Campaign, limit: int = MOST) -> list[Campaign]:
    """Return published campaigns that are near to one, the nearest first. Two queries, however many there are."""
    with connection.cursor() as cursor:
        cursor.execute(SIMILAR, [campaign.pk, limit])
        numbers = [row[0] for row in cursor.fetchall()]
    return in_order(numbers)
