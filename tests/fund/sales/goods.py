"""Goods and papers for tests of the shop's books."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from uuid import uuid4

from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.sales import services
from fund.sales.models import StockItem, StockMovement
from fund.sales.services.movements import Papers

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
DAY = date(2026, 5, 4)
numbers = count(1)


def papers(document: str = "1", key: str = "") -> Papers:
    return Papers(document=document, key=key or f"paper-{uuid4()}", moved_by=None, now=NOW)


def item(sku: str = "MUG", subject: str = "fund") -> StockItem:
    if subject != "fund":
        services.open_subject(subject=subject, title="Сквер у школы")
    return StockItem.objects.create(sku=sku, title=f"Кружка {sku}", subject=subject)


def buy(*what: StockItem, pieces: int, price: int, maker: int = 0, key: str = "", document: str = "1") -> None:
    """Receive so many pieces of each item; sums in kopecks for one piece."""
    received = [services.Received(row.pk, pieces, Kopecks(price), Kopecks(maker)) for row in what]
    services.receive_goods(received=received, papers=papers(document, key), business_date=DAY)


def books(*codes: str) -> dict[str, int]:
    """Return what these accounts hold, in kopecks; those that hold nothing are left out."""
    return {code: kopecks for code, kopecks in balances_kopecks(codes=codes).items() if kopecks}


def counts(row: StockItem) -> tuple[int, int]:
    """Return how many pieces there are, and how many of them are reserved."""
    found = StockItem.objects.get(pk=row.pk)
    return found.pieces, found.reserved


def lies(row: StockItem) -> tuple[int, int, int]:
    """Return pieces, their cost, and their maker's part of it, as the last movement says."""
    last = StockMovement.objects.filter(item=row).order_by("-number").first()
    return (last.held_after, last.value_after_kopecks, last.maker_after_kopecks) if last else (0, 0, 0)
