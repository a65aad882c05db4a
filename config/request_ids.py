"""The name of a request, by which its lines in all logs, its error page and its tasks are found."""

from __future__ import annotations

import re
from contextvars import ContextVar
from uuid import uuid4

HEADER = "X-Request-ID"
SAFE = re.compile(r"[A-Za-z0-9-]{8,64}")
current: ContextVar[str] = ContextVar("request_id", default="")


def chosen(told: str) -> str:
    """Return the name that our proxy gave, or a new one where that has not the shape of a name."""
    return told if SAFE.fullmatch(told) else uuid4().hex
