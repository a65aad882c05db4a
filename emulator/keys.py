"""Idempotence: the same key and request give the same object for 24 hours."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from emulator.errors import invalid

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.store import Store

LIFE_SECONDS = 24 * 3600
LONGEST = 64


class Keys:
    """Which key made which object. A second request with the same key waits for the first."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def once(
        self, key: str, path: str, body: dict[str, Any], make: Callable[[dict[str, Any]], dict[str, Any]], kind: str
    ) -> dict[str, Any]:
        """Return what the key made, in its state now, or make it. Only what was made is remembered."""
        if not key:
            raise invalid(
                "Idempotence key is missing. Send the value in accordance with the documentation", "Idempotence-Key"
            )
        if len(key) > LONGEST:
            raise invalid(
                "Idempotence key is too long. Send the value in accordance with the documentation", "Idempotence-Key"
            )
        digest = sha256(f"{path} {json.dumps(body, sort_keys=True)}".encode()).hexdigest()
        with self._locks[key], self.store.transaction():
            rows = self.store.run("SELECT digest, object_id FROM keys WHERE key = ? AND made > ?",
                                  key, self.store.now() - LIFE_SECONDS)  # fmt: skip
            if rows and rows[0][0] != digest:
                raise invalid("Idempotence key duplicated", "Idempotence-Key")
            if rows:
                return self.store.get(kind, rows[0][1]) or {}
            made = make(body)
            self.store.run("INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?)", key, digest, made["id"], self.store.now())
            return made
