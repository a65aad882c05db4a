"""Gifts that come in while pages are measured, and a watcher who holds a page against the books."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

import requests

from config.embedded.bench.filling import HOT
from config.embedded.donors import DonorCalls
from emulator.cards import PLAIN
from fund.money import format_roubles

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from config.embedded.copy import Copy

SAMPLE_SECONDS = 0.05
LOOK_SECONDS = 0.2
GIFT = """
    SELECT post_operation('gift', %s, current_date, 'Пожертвование № 0', %s, NULL, '{}', '{57.yookassa}',
        ARRAY['86.' || %s], ARRAY[%s::bigint], '{}')
"""
RAISED = """
    SELECT (t.credit_kopecks - t.debit_kopecks)::bigint FROM ledger_account a, ledger_totals(a.id) t WHERE a.code = %s
"""


@dataclass
class Seen:
    """What was watched: gifts posted and given, looks at the page, and by how many seconds the page was late."""

    posted: int = 0
    given: int = 0
    looks: int = 0
    unread: int = 0
    late_seconds: list[float] = field(default_factory=list)


class Arrivals:
    """Posts so many gifts a second to the hot campaign, one more in ``every`` seconds the whole way, and watches."""

    def __init__(self, fund: Copy, *, a_second: float, every_seconds: float) -> None:
        self.fund = fund
        self.a_second = a_second
        self.every_seconds = every_seconds
        self.seen = Seen()
        self.is_over = threading.Event()
        self.lock = threading.Lock()
        self.history: list[tuple[float, int]] = []  # when a sum was read from the books, and the sum
        self.threads = [
            threading.Thread(target=self._repeat, args=(step, pause), daemon=True)
            for step, pause in (
                (self._poster(), 1 / a_second),
                (self._give, every_seconds),
                (self._sampler(), SAMPLE_SECONDS),
                (self._look, LOOK_SECONDS),
            )
        ]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.is_over.set()
        for thread in self.threads:
            thread.join(timeout=30)

    def _repeat(self, step: Callable[[], None], pause: float) -> None:
        due = time.monotonic()
        while not self.is_over.wait(max(0.0, due - time.monotonic())):
            step()
            due = max(due + pause, time.monotonic() - pause)

    def _poster(self) -> Callable[[], None]:
        connection = self.fund.connect()
        connection.execute("SET ROLE fund_app")

        def post() -> None:
            connection.execute(GIFT, [HOT, f"arrive:{uuid4()}", HOT, 137_00 + self.seen.posted % 90_00])
            self.seen.posted += 1
            self._sample(connection)

        return post

    def _give(self) -> None:
        body = {
            "campaign": HOT,
            "amount_kopecks": 500_00,
            "email": f"arrive{self.seen.given}@example.org",
            "public_name": None,
            "consents": {"offer": True, "personal_data": True},
        }
        calls = DonorCalls(site_url=self.fund.url, pay_url=self.fund.pay_url)
        calls.pay(gift=calls.give(key=str(uuid4()), body=body), card=min(PLAIN))
        self.seen.given += 1

    def _sampler(self) -> Callable[[], None]:
        connection = self.fund.connect()
        return lambda: self._sample(connection)

    def _sample(self, connection: psycopg.Connection[Any]) -> None:
        """Note what the books hold, where that is new."""
        with self.lock:
            row = connection.execute(RAISED, [f"86.{HOT}"]).fetchone()
            total = int(row[0]) if row else 0
            if not self.history or self.history[-1][1] != total:
                self.history.append((time.monotonic(), total))

    def _look(self) -> None:
        """Find the sum on the page among those that the books held, and how long ago they held the next."""
        asked_at = time.monotonic()
        page = requests.get(f"{self.fund.url}/projects/{HOT}/", timeout=30).text
        self.seen.looks += 1
        known = list(self.history)
        for place in range(len(known) - 1, -1, -1):
            if re.search(rf"(?<![\d\xa0]){re.escape(format_roubles(known[place][1]))}", page):
                following = known[place + 1][0] if place + 1 < len(known) else asked_at
                self.seen.late_seconds.append(max(0.0, asked_at - following))
                return
        self.seen.unread += 1
