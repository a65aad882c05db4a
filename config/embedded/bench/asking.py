"""How long pages take, and the words that they are filled with."""

from __future__ import annotations

import re
import statistics
import time
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from config import env

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator


def asked_of(page: Callable[[], object], *, rounds: int) -> dict[str, Any]:
    """Return a page's statements and milliseconds: of all its statements together, and ``whole`` of all it does."""
    page()
    times, wholes, queries = [], [], 0
    for _round in range(rounds):
        began = time.perf_counter()
        with _timed() as spent:
            page()
        wholes.append((time.perf_counter() - began) * 1000)
        times.append(sum(spent) * 1000)
        queries = len(spent)
    whole = {f"whole_{name}": value for name, value in _told(wholes).items()}
    return {"queries": queries} | _told(times) | whole


def _told(times: list[float]) -> dict[str, float]:
    return {
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(sorted(times)[min(len(times) - 1, len(times) * 95 // 100)], 1),
        "most_ms": round(max(times), 1),
    }


@contextmanager
def _timed() -> Iterator[list[float]]:
    """Give how many seconds each statement took, from sending it to having its rows."""
    from django.db import connection

    spent: list[float] = []

    def watch(execute: Callable[..., Any], *arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            spent.append(time.perf_counter() - began)

    with connection.execute_wrapper(watch):
        yield spent


def sentence(chance: random.Random, words: int) -> str:
    """Return so many words of our own texts, as often as they stand there."""
    return " ".join(chance.choice(_vocabulary()) for _ in range(words)).capitalize() + "."


@cache
def _vocabulary() -> list[str]:
    texts = [
        path.read_text(encoding="utf-8")
        for room in ("communities/data", "pages/data")
        for path in sorted((env.BASE_DIR / room).glob("*.toml"))
    ]
    return re.findall(r"[А-Яа-яЁё]{2,}", " ".join(texts))
