"""Notifications to the shop: kept until it answers 200, at most for a day."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.store import Store

PAUSES = (10, 60, 300, 900, 3600)
LIFE_SECONDS = 24 * 3600
TIMEOUT_SECONDS = 10
TICK_SECONDS = 0.1
SENDERS = 8
OK = 200


class Webhooks:
    """A queue on disk and the threads that empty it.

    Words in the store change how: ``webhook_drop`` (next n are lost), ``webhook_copies``, ``webhook_delay`` (seconds),
    ``webhook_hold`` (kept until released).
    """

    def __init__(self, store: Store, url: str) -> None:
        self.store = store
        self.url = url
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._session = threading.local()

    def enqueue(self, event: str, snapshot: dict[str, Any]) -> None:
        """Keep a notification for sending, with the object as it is now. Joins the caller's transaction."""
        drop = int(self.store.meta("webhook_drop", "0"))
        if drop:
            self.store.set_meta("webhook_drop", str(drop - 1))
            return
        body = json.dumps({"type": "notification", "event": event, "object": snapshot}, ensure_ascii=False)
        now = self.store.now()
        due = now + float(self.store.meta("webhook_delay", "0"))
        held = int(self.store.meta("webhook_hold", "0"))
        for _ in range(int(self.store.meta("webhook_copies", "1"))):
            self.store.run("INSERT INTO webhooks (body, made, next, held) VALUES (?, ?, ?, ?)", body, now, due, held)
        self._wake.set()

    def send_raw(self, body: bytes, copies: int) -> list[int]:
        """Send any body now, so many times at once; return the answers' statuses."""
        with ThreadPoolExecutor(copies) as pool:
            return list(pool.map(self._post, [body] * copies))

    def release(self, *, backwards: bool) -> None:
        """Send what is held, the newest first if ``backwards``, one after the other."""
        self.store.set_meta("webhook_hold", "0")
        order = "DESC" if backwards else "ASC"
        rows = self.store.run(f"SELECT id, body FROM webhooks WHERE held = 1 AND done = 0 ORDER BY id {order}")  # noqa: S608
        for row_id, body in rows:
            self.store.run("UPDATE webhooks SET held = 0 WHERE id = ?", row_id)
            self._deliver(row_id, body)

    def replay(self) -> int:
        """Send everything ever sent once more; return how many."""
        self.store.run("UPDATE webhooks SET done = 0, attempts = 0, next = ?, made = ? WHERE held = 0",
                       self.store.now(), self.store.now())  # fmt: skip
        self._wake.set()
        return int(self.store.run("SELECT count(*) FROM webhooks")[0][0])

    def start(self, tick: Callable[[], None]) -> None:
        """Begin to send; ``tick`` is called between."""
        threading.Thread(target=self._loop, args=(tick,), daemon=True).start()

    def stop(self) -> None:
        """Send no more."""
        self._stop.set()
        self._wake.set()

    def _loop(self, tick: Callable[[], None]) -> None:
        with ThreadPoolExecutor(SENDERS) as pool:
            while not self._stop.is_set():
                tick()
                for row_id, body in self._claim():
                    pool.submit(self._deliver, row_id, body)
                self._wake.wait(TICK_SECONDS)
                self._wake.clear()

    def _claim(self) -> list[tuple[int, str]]:
        now = self.store.now()
        with self.store.transaction():
            rows = self.store.run(
                "SELECT id, body FROM webhooks WHERE done = 0 AND held = 0 AND next <= ? ORDER BY id LIMIT 50", now
            )
            for row_id, _ in rows:
                self.store.run("UPDATE webhooks SET next = ? WHERE id = ?", now + TIMEOUT_SECONDS * 2, row_id)
        return [(int(row_id), str(body)) for row_id, body in rows]

    def _deliver(self, row_id: int, body: str) -> None:
        status = self._post(body.encode())
        with self.store.transaction():
            rows = self.store.run("SELECT attempts, made FROM webhooks WHERE id = ?", row_id)
            if not rows:
                return
            attempts, made = rows[0]
            following = self.store.now() + PAUSES[min(attempts, len(PAUSES) - 1)]
            is_over = status == OK or following > made + LIFE_SECONDS
            self.store.run("UPDATE webhooks SET done = ?, attempts = ?, next = ? WHERE id = ?",
                           int(is_over), attempts + 1, following, row_id)  # fmt: skip

    def _post(self, body: bytes) -> int:
        session: requests.Session | None = getattr(self._session, "value", None)
        if session is None:
            session = self._session.value = requests.Session()
            session.trust_env = False
        try:
            answer = session.post(self.url, data=body, headers={"Content-Type": "application/json"},
                                  timeout=TIMEOUT_SECONDS, allow_redirects=False)  # fmt: skip
        except requests.RequestException:
            return 0
        return answer.status_code
