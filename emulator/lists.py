"""Lists of payments, refunds and receipts: filters, pages, cursors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.errors import invalid
from emulator.payments import public

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.store import Store

LARGEST_PAGE = 100
COMPARISONS = {
    "gte": lambda left, right: left >= right,
    "gt": lambda left, right: left > right,
    "lte": lambda left, right: left <= right,
    "lt": lambda left, right: left < right,
}


def page(store: Store, kind: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Return one page, newest first; ``next_cursor`` where there is more."""
    limit = query.get("limit", "10")
    if not limit.isdecimal() or not 1 <= int(limit) <= LARGEST_PAGE:
        raise invalid("Wrong limit", "limit")
    cursor = query.get("cursor", "")
    if cursor and not cursor.isdecimal():
        raise invalid("Wrong cursor", "cursor")
    items: list[dict[str, Any]] = []
    last = 0
    for seq, doc in store.select(kind, before=int(cursor) if cursor else None):
        if not _fits(doc, query):
            continue
        if len(items) == int(limit):
            return {"type": "list", "items": items, "next_cursor": str(last)}
        items.append(public(doc))
        last = seq
    return {"type": "list", "items": items}


def _fits(doc: dict[str, Any], query: Mapping[str, str]) -> bool:
    for name, wanted in query.items():
        field, _, comparison = name.partition(".")
        if comparison:
            if comparison not in COMPARISONS or field not in {"created_at", "captured_at"}:
                raise invalid("Unknown filter", name)
            if not doc.get(field) or not COMPARISONS[comparison](_moment(doc[field]), _moment(wanted)):
                return False
        elif field in {"status", "payment_id", "refund_id"} and doc.get(field) != wanted:
            return False
    return True


def _moment(text: str) -> float:
    from datetime import datetime

    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise invalid("Wrong moment", text[:40]) from None
