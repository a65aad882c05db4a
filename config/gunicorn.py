"""How the web server runs: ``gunicorn -c python:config.gunicorn config.wsgi``."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from config import env
from config.logs import logging_settings

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter
    from gunicorn.workers.base import Worker

workers = env.whole("WEB_PROCESSES", 2, least=1, most=64)
threads = env.whole("WEB_THREADS", 8, least=1, most=64)
graceful_timeout = env.whole("WEB_GRACE_SECONDS", 30, least=1, most=600)  # requests that run may end in this time
control_socket_disable = True
loglevel = "warning"
logconfig_dict = logging_settings(is_json=env.is_production()) | {
    "loggers": {name: {"level": "WARNING", "handlers": [], "propagate": True, "qualname": name}
                for name in ("gunicorn.error", "gunicorn.access")},
}  # fmt: skip
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(env.metrics_dir())  # before the first metric is made


def on_starting(server: Arbiter) -> None:  # noqa: ARG001 - gunicorn's signature
    """Begin to count anew."""
    shutil.rmtree(env.metrics_dir(), ignore_errors=True)
    env.metrics_dir().mkdir(mode=0o700, parents=True)


def child_exit(server: Arbiter, worker: Worker) -> None:  # noqa: ARG001 - gunicorn's signature
    """Forget what only a living process may tell."""
    from prometheus_client.multiprocess import mark_process_dead  # it looks for the directory when it is imported

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
