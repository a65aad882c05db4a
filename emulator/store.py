"""The emulator's state: one SQLite file, which survives a restart and a kill."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL,
    status TEXT NOT NULL, created REAL NOT NULL, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_open ON objects (kind, status, created);
CREATE INDEX IF NOT EXISTS objects_of_payment ON objects (json_extract(doc, '$.payment_id')) WHERE kind = 'refund';
CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY, digest TEXT NOT NULL, object_id TEXT NOT NULL,
    made REAL NOT NULL);
CREATE TABLE IF NOT EXISTS webhooks (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL, made REAL NOT NULL,
    next REAL, attempts INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS webhooks_due ON webhooks (done, held, next);
CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL, method TEXT, path TEXT, status TEXT);
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
TABLES = ("objects", "keys", "webhooks", "journal", "meta")


class Store:
    """Everything that the emulator remembers, behind one lock; its clock too."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.executescript(SCHEMA)
        self._lock = threading.RLock()
        self._depth = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block alone, all of it or nothing. May be nested."""
        with self._lock:
            if not self._depth:
                self._database.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if not self._depth:
                    self._database.execute("ROLLBACK")
                raise
            self._depth -= 1
            if not self._depth:
                self._database.execute("COMMIT")

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement; return its rows."""
        with self._lock:
            return self._database.execute(statement, values).fetchall()

    def now(self) -> float:
        """Return the emulator's clock, in seconds since 1970."""
        return time.time() + float(self.meta("clock_offset", "0"))

    def meta(self, name: str, default: str = "") -> str:
        """Return a remembered word."""
        rows = self.run("SELECT value FROM meta WHERE name = ?", name)
        return str(rows[0][0]) if rows else default

    def set_meta(self, name: str, value: str) -> None:
        """Remember a word."""
        self.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, value)

    def add(self, kind: str, doc: dict[str, Any]) -> None:
        """Remember a new object."""
        created = self.now()
        text = json.dumps(doc, ensure_ascii=False)
        self.run("INSERT INTO objects (id, kind, status, created, doc) VALUES (?, ?, ?, ?, ?)",
                 doc["id"], kind, doc["status"], created, text)  # fmt: skip

    def change(self, doc: dict[str, Any]) -> None:
        """Remember an object's new state."""
        text = json.dumps(doc, ensure_ascii=False)
        self.run("UPDATE objects SET status = ?, doc = ? WHERE id = ?", doc["status"], text, doc["id"])

    def get(self, kind: str, object_id: str) -> dict[str, Any] | None:
        """Return an object."""
        rows = self.run("SELECT doc FROM objects WHERE id = ? AND kind = ?", object_id, kind)
        return dict(json.loads(rows[0][0])) if rows else None

    def select(self, kind: str, *, before: int | None = None, limit: int = -1) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield objects with their places, newest first."""
        rows = self.run("SELECT seq, doc FROM objects WHERE kind = ? AND seq < ? ORDER BY seq DESC LIMIT ?",
                        kind, before or 2**62, limit)  # fmt: skip
        for seq, doc in rows:
            yield seq, json.loads(doc)

    def of_payment(self, payment_id: str) -> list[dict[str, Any]]:
        """Return the refunds of a payment."""
        rows = self.run(
            "SELECT doc FROM objects WHERE kind = 'refund' AND json_extract(doc, '$.payment_id') = ?", payment_id
        )
        return [json.loads(row[0]) for row in rows]

    def pending(self, kind: str, older_than: float) -> list[dict[str, Any]]:
        """Return objects that wait since before that moment."""
        rows = self.run(
            "SELECT doc FROM objects WHERE kind = ? AND status = 'pending' AND created <= ?", kind, older_than
        )
        return [json.loads(row[0]) for row in rows]

    def reset(self) -> None:
        """Forget everything."""
        with self.transaction():
            for table in TABLES:
                self.run(f"DELETE FROM {table}")  # noqa: S608 - our own names


def stamp(seconds: float) -> str:
    """Return a moment as ЮKassa writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(seconds * 1000) % 1000:03}Z"
