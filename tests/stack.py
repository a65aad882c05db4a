"""The whole fund as real processes, as `make run` starts them, but each can be killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import requests

from emulator.control import EmulatorControl
from tests.services import FOREIGN, free_port_pair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg

    from config.embedded.postgres import Cluster

ROOT = Path(__file__).resolve().parent.parent
BODY = {
    "campaign": "jazz-may",
    "amount_kopecks": 500_00,
    "email": "donor@example.org",
    "public_name": None,
    "consents": {"offer": True, "personal_data": True},
}


def wait_until(is_so: Callable[[], bool], *, seconds: float = 90) -> None:
    """Wait until something holds; fail if it never does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come to hold in time")


class Stack:
    """One running fund."""

    def __init__(self) -> None:
        self.var = Path(tempfile.mkdtemp(prefix="fund-stack-"))
        self.var.chmod(0o755)
        self.port = free_port_pair()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environ = {name: value for name, value in os.environ.items() if name not in FOREIGN} | {
            "VAR": str(self.var),
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "PACE_SECONDS": "1",
            "GIFTS_PER_ADDRESS": "100000",
            "GIFTS_PER_EMAIL": "100000",
            "API_RATE": "1000000/min",
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.commands: dict[str, list[str]] = {}
        self.cluster: Cluster | None = None
        self.log = (self.var / "processes.log").open("wb")

    def prepare(self) -> None:
        """Make the data, as `make run` does."""
        from config import env
        from config.embedded import run

        before = {name: os.environ.get(name) for name in ("VAR", "PORT")}
        os.environ.update({name: self.environ[name] for name in before})
        try:
            with _environment(self.environ):
                self.cluster = run.prepare(self.var)
            self.commands = dict(run.processes(self.port, self.var, self.cluster))
            env.embedded_secret.cache_clear()
            shop = env.yookassa()
            self.control = EmulatorControl(shop.emulator_url, shop.emulator_token)
        finally:
            os.environ.update({name: value for name, value in before.items() if value})
            env.embedded_secret.cache_clear()

    def start(self, *names: str) -> None:
        """Start processes, all where none is named."""
        for name in names or self.commands:
            self.running[name] = subprocess.Popen(
                self.commands[name],
                env=self.environ,
                cwd=ROOT,
                stdout=self.log,
                stderr=self.log,
                start_new_session=True,
            )

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """End a process and all its children."""
        process = self.running.pop(name)
        os.killpg(process.pid, number)
        process.wait(timeout=60)

    def wait_ready(self) -> None:
        """Wait until every service is up."""
        wait_until(self.is_healthy, seconds=90)

    def is_healthy(self) -> bool:
        """Return whether /healthz says so."""
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def stop(self) -> None:
        """End everything, PostgreSQL last."""
        for name in sorted(self.running, key=lambda one: one == "postgres"):
            self.kill(name, signal.SIGINT if name == "postgres" else signal.SIGKILL)
        self.log.close()

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one management command beside the running fund."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, env=self.environ, cwd=ROOT, capture_output=True, text=True, check=False)

    def connect(self) -> psycopg.Connection[Any]:
        """Return a superuser's connection to the fund's database."""
        assert self.cluster is not None
        return self.cluster.connect("fund")

    def give(self, *, key: str = "", **changes: Any) -> requests.Response:
        """Give through the API."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        return requests.post(f"{self.url}/api/v1/donations", json=BODY | changes, headers=headers, timeout=60)

    def gift(self, token: str) -> dict[str, Any]:
        """Return how far a gift has come."""
        found: dict[str, Any] = requests.get(f"{self.url}/api/v1/donations/{token}", timeout=30).json()
        return found

    def wait_for(self, token: str, **wanted: Any) -> dict[str, Any]:
        """Wait until the gift shows what is wanted."""

        def holds() -> bool:
            gift = self.gift(token)
            return all(gift[name] == value for name, value in wanted.items())

        wait_until(holds)
        return self.gift(token)

    def payment_id(self, gift: dict[str, Any]) -> str:
        """Return ЮKassa's id of a gift's payment, waiting for its address if need be."""
        if not gift["confirmation_url"]:
            wait_until(lambda: bool(self.gift(gift["token"])["confirmation_url"]))
            gift = self.gift(gift["token"])
        return str(gift["confirmation_url"]).split("orderId=")[1]

    def booked(self, gift: dict[str, Any]) -> list[tuple[str, int]]:
        """Return kind and sum of every operation about a gift, the commission left out."""
        with self.connect() as connection:
            rows = connection.execute(
                "SELECT o.kind, sum(p.amount_kopecks)::bigint FROM ledger_operation o JOIN ledger_posting p"
                " ON p.operation_id = o.number WHERE o.memo LIKE %s GROUP BY o.number, o.kind ORDER BY o.number",
                [f"%{gift['id']}%"],
            ).fetchall()
        return [(str(kind), int(kopecks)) for kind, kopecks in rows]


@contextmanager
def _environment(wanted: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
