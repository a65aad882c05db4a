"""Client processes that stay from round to round, and pgbench's rounds."""

from __future__ import annotations

import json
import re
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.embedded.postgres import BIN_DIR

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).resolve().parent
MOST_CLIENTS = 8
SOON_SECONDS = 0.2
THREADS = 2


class ClientError(Exception):
    """A client ended, or answered nonsense; the message holds its last words."""


@dataclass(frozen=True)
class Round:
    """Gifts a second, and microseconds of processor that the client itself used for one."""

    a_second: float
    client_us: float


@dataclass
class Clients:
    """Processes of one contender, started when they are first asked."""

    command: list[str]
    environ: Mapping[str, str]
    log: Path
    cwd: Path = HERE
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def run(self, *arguments: str) -> None:
        """Run the contender's program once, to its end.

        :raises ClientError: if it fails.
        """
        done = subprocess.run(
            [*self.command, *arguments], env=self.environ, cwd=self.cwd, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ClientError(done.stderr[-2000:])

    def ask(self, wish: Mapping[str, Any], *, clients: int = 1) -> list[dict[str, Any]]:
        """Tell so many processes one wish at once; return their answers."""
        self.tell(wish, clients=clients)
        return self.hear(clients=clients)

    def tell(self, wish: Mapping[str, Any], *, clients: int = 1) -> None:
        """Tell so many processes one wish at once."""
        for client in self._ready(clients):
            _pipe(client.stdin).write(json.dumps(wish) + "\n")
            _pipe(client.stdin).flush()

    def hear(self, *, clients: int = 1) -> list[dict[str, Any]]:
        """Return what they answer."""
        return [self._line(client) for client in self.running[:clients]]

    def post(self, *, clients: int, campaigns: int, seconds: float) -> Round:
        """Let so many clients write gifts for a while."""
        self._ready(clients)
        wish = {"do": "post", "campaigns": campaigns, "start": time.time() + SOON_SECONDS, "seconds": seconds}
        found = self.ask(wish, clients=clients)
        gifts = sum(one["gifts"] for one in found)
        return Round(gifts / seconds, sum(one["client_seconds"] for one in found) / max(1, gifts) * 1e6)

    def stop(self) -> None:
        """End them all."""
        for client in self.running:
            _pipe(client.stdin).close()
        for client in self.running:
            client.wait(timeout=60)
            _pipe(client.stdout).close()
        self.running.clear()

    def _ready(self, clients: int) -> list[subprocess.Popen[str]]:
        fresh = []
        while len(self.running) < clients:
            with self.log.open("a", encoding="utf-8") as errors:
                client = subprocess.Popen(
                    self.command,
                    env=self.environ,
                    cwd=self.cwd,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    text=True,
                )
            self.running.append(client)
            fresh.append(client)
        for client in fresh:
            self._line(client)
        return self.running[:clients]

    def _line(self, client: subprocess.Popen[str]) -> dict[str, Any]:
        line = _pipe(client.stdout).readline()
        if not line:
            raise ClientError(self.log.read_text(encoding="utf-8")[-2000:])
        found: dict[str, Any] = json.loads(line)
        return found


@dataclass(frozen=True)
class Pgbench:
    """One script that pgbench runs, prepared, in one database and as one role."""

    script: Path
    database: str
    role: str
    socket: Path
    first_campaign: int
    money: int

    def post(self, *, clients: int, campaigns: int, seconds: float) -> Round:
        """Let so many clients write gifts for a while.

        :raises ClientError: if one of them fails.
        """
        given = {"last": campaigns - 1, "first": self.first_campaign, "money": self.money}
        defined = [part for name, value in given.items() for part in ("-D", f"{name}={value}")]
        command = [
            str(BIN_DIR / "pgbench"), "-n", "-M", "prepared", "-h", str(self.socket), "-U", self.role,
            "-c", str(clients), "-j", str(min(clients, THREADS)), "-T", str(max(1, round(seconds))),
            "-f", str(self.script), *defined, self.database,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return Round(parse(done.stdout + done.stderr), 0.0)


def parse(told: str) -> float:
    """Return what pgbench's words say: transactions a second.

    :raises ClientError: if there is no such number, or a client was aborted.
    """
    found = re.search(r"tps = ([\d.]+)", told)
    if found is None or "aborted" in told:
        raise ClientError(told[-2000:])
    return float(found[1])


def _pipe(stream: Any) -> Any:
    if stream is None:  # never: both are asked for
        raise ClientError("no pipe")
    return stream
