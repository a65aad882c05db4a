"""The pulse of worker and beat: each tells by itself that it lives, so that /healthz names the one that does not."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from celery.beat import PersistentScheduler
from celery.bootsteps import StartStopStep
from redis.exceptions import RedisError

from pages.health import note_pulse

EVERY_SECONDS = 4


class WorkerPulse(StartStopStep):  # type: ignore[misc]
    """A step of the worker's start; who listens to the sealing alone tells as the sealer."""

    requires = {"celery.worker.components:Timer"}

    def start(self, worker: Any) -> None:
        """Begin to tell."""
        name = "worker" if worker.app.conf.task_default_queue in worker.app.amqp.queues.consume_from else "sealer"
        worker.timer.call_repeatedly(EVERY_SECONDS, _tell, (name,))
        _tell(name)


class BeatPulse(PersistentScheduler):  # type: ignore[misc]
    """Beat's schedule, kept on disk, that tells as it turns."""

    told_at = 0.0

    def tick(self, *arguments: Any, **options: Any) -> Any:
        """Turn once."""
        if time.monotonic() - self.told_at >= EVERY_SECONDS:
            self.told_at = time.monotonic()
            _tell("beat")
        return super().tick(*arguments, **options)


def _tell(name: str) -> None:
    with suppress(RedisError):  # Redis is away: /healthz says so itself
        note_pulse(name=name)
