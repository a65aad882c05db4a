"""Tasks that remember which request asked for them, and tell in one line what became of them."""

from __future__ import annotations

import logging
import time
from typing import Any

from celery import Task

from config import request_ids

log = logging.getLogger("fund.tasks")
HEADER = "fund_request_id"


class ToldTask(Task):  # type: ignore[misc]
    """The base of every task. Arguments are not told: they are for the task alone."""

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        """Enqueue it, with the request's name."""
        headers = {**(options.pop("headers", None) or {}), HEADER: request_ids.current.get()}
        return super().apply_async(args, kwargs, headers=headers, **options)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Run it under its request's name; a task that beat asks for has its own."""
        mark = request_ids.current.set(getattr(self.request, HEADER, "") or str(self.request.id or ""))
        began = time.perf_counter()
        outcome = "failed"
        try:
            result = super().__call__(*arguments, **named)
            outcome = "done"
        finally:
            self._tell(outcome, round((time.perf_counter() - began) * 1000))
            request_ids.current.reset(mark)
        return result

    def _tell(self, outcome: str, milliseconds: int) -> None:
        fields = {"task": self.name, "outcome": outcome, "ms": milliseconds}
        log.info("%s %s in %d ms", self.name, outcome, milliseconds, extra={"fields": fields})
