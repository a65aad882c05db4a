"""Faults on purpose: the next answers, or a share of all."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass

KINDS = (
    "500_before", "500_after", "202", "429", "401", "502_html", "empty", "slow", "drop_before", "drop_after",
)  # fmt: skip
AFTER = {"500_after", "drop_after"}


@dataclass
class Fault:
    """One kind of fault, for the next ``times`` requests whose method and path begin so."""

    kind: str
    times: int = 1
    method: str = ""
    path: str = ""
    seconds: int = 0


class Faults:
    """Faults that wait for their request; they live as long as the process."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()
        self._share = 0
        self._random = random.Random()  # noqa: S311 - no secret

    def add(self, fault: Fault) -> None:
        """Let the next fitting requests fail so."""
        if fault.kind not in KINDS:
            raise ValueError(fault.kind)
        with self._lock:
            self._waiting.append(fault)

    def set_share(self, percent: int, seed: int) -> None:
        """Let a share of all requests fail in some way; 0 ends it."""
        with self._lock:
            self._share = percent
            self._random = random.Random(seed)  # noqa: S311 - no secret

    def clear(self) -> None:
        """Let nothing fail."""
        with self._lock:
            self._waiting.clear()
            self._share = 0

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault of this request, if it has one."""
        with self._lock:
            for fault in self._waiting:
                if method.startswith(fault.method) and path.startswith(fault.path):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._waiting.remove(fault)
                    return fault
            if self._share and self._random.randrange(100) < self._share:
                return Fault(self._random.choice([kind for kind in KINDS if kind not in {"slow", "401"}]))
        return None
