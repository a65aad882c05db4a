"""A throwaway copy of the whole fund, whose processes can be killed and started one by one.

Tests and simulations run the same commands as ``make run``, on data and ports of their own.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from config import env
from config.embedded import ports, run
from emulator.control import EmulatorControl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import psycopg

    from config.embedded.postgres import Cluster

# What a copy must not inherit.
FOREIGN = (
    "DATABASE_URL",
    "OWNER_DATABASE_URL",
    "SEALER_DATABASE_URL",
    "REDIS_URL",
    "LOG_SIGNING_KEY",
    "LOG_VERIFIER_KEY",
    "SITE_URL",
    "YOOKASSA_SHOP_ID",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
)
READY_SECONDS = 180


class NotInTimeError(AssertionError):
    """Something did not come to hold in time."""


def wait_until(is_so: Callable[[], bool], *, seconds: float = READY_SECONDS) -> None:
    """Wait until something holds.

    :raises NotInTimeError: if it never does.
    """
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise NotInTimeError("it did not come to hold in time")
        time.sleep(0.1)


class Copy:
    """One copy of the fund. Paces are quick and limits wide, so that it can be driven hard."""

    control: EmulatorControl
    cluster: Cluster

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        self.var = Path(tempfile.mkdtemp(prefix="fund-copy-"))
        self.var.chmod(0o755)
        self.port = ports.free_pair()
        self.url = f"http://127.0.0.1:{self.port}"
        self.pay_url = f"http://127.0.0.1:{self.port + 1}"
        self.environ = {name: value for name, value in os.environ.items() if name not in FOREIGN} | {
            "VAR": str(self.var),
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "PACE_SECONDS": "1",
            "GIFTS_PER_ADDRESS": "1000000",
            "GIFTS_PER_EMAIL": "1000000",
            "GIFTS_PER_CAMPAIGN": "1000000",
            "API_RATE": "10000000/min",
            **(settings or {}),
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.commands: dict[str, list[str]] = {}
        self.log = (self.var / "processes.log").open("wb")

    def prepare(self, make: Callable[[Path], Cluster] = run.prepare_embedded) -> None:
        """Make the data, as ``make run`` does where nothing else is said."""
        with _environment(self.environ):
            env.embedded_secret.cache_clear()
            self.cluster = make(self.var)
            self.commands = dict(run.processes(self.port, self.var, self.cluster))
            shop = env.yookassa()
            self.control = EmulatorControl(shop.emulator_url, shop.emulator_token)
        env.embedded_secret.cache_clear()

    def start(self, *names: str) -> None:
        """Start processes, all where none is named."""
        for name in names or self.commands:
            self.running[name] = subprocess.Popen(
                self.commands[name],
                env=self.environ,
                cwd=env.BASE_DIR,
                stdout=self.log,
                stderr=self.log,
                start_new_session=True,
            )

    def start_missing(self) -> None:
        """Start what does not run."""
        missing = [name for name in self.commands if name not in self.running]
        if missing:
            self.start(*missing)

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """End a process and all its children."""
        process = self.running.pop(name)
        with suppress(ProcessLookupError):  # it ended by itself
            os.killpg(process.pid, number)
        process.wait(timeout=60)

    def wait_ready(self) -> None:
        """Wait until every service is up."""
        wait_until(self.is_healthy)

    def is_healthy(self) -> bool:
        """Return whether /healthz says so."""
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).status_code == HTTPStatus.OK
        except requests.RequestException:
            return False

    def stop(self) -> None:
        """End everything, PostgreSQL last, and throw the data away."""
        for name in sorted(self.running, key=lambda one: one == "postgres"):
            self.kill(name, signal.SIGINT if name == "postgres" else signal.SIGKILL)
        self.log.close()
        shutil.rmtree(self.var, ignore_errors=True)

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one management command beside the running fund."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, env=self.environ, cwd=env.BASE_DIR, capture_output=True, text=True, check=False)

    def say(self, *arguments: str) -> int:
        """Run one management command whose words go to the terminal as they come; return its exit status."""
        command = [sys.executable, "-u", "manage.py", *arguments]
        return subprocess.run(command, env=self.environ, cwd=env.BASE_DIR, check=False).returncode

    def connect(self) -> psycopg.Connection[Any]:
        """Return a superuser's connection to the fund's database."""
        return self.cluster.connect("fund")


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
