"""Letting requests about one thing pass one after the other."""

from __future__ import annotations

from django.db import connection


def take_turns(*names: str) -> None:
    """Let transactions that share a name pass one after the other; the turn ends with the transaction."""
    with connection.cursor() as cursor:
        for name in sorted(names):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
