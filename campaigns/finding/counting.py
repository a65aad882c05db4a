"""What listings say was raised, brought to the newest checkpoint. The sum itself is the books' (docs/adr/0049)."""

from __future__ import annotations

from django.db import connection, transaction


@transaction.atomic
def count_listings() -> int:
    """Count what checkpoints sealed since the last time; return of how many campaigns. Safe to repeat, and to lose."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT campaigns_count_listings()")
        return int(cursor.fetchone()[0])
