"""The CSV export over HTTP, beside the very COPY that it runs, by psql to nowhere."""

from __future__ import annotations

import re
import statistics
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import requests

from config.embedded.bench.machine import say
from config.embedded.copy import wait_until
from config.embedded.postgres import BIN_DIR

if TYPE_CHECKING:
    from config.embedded.bench.books.clients import Clients
    from config.embedded.copy import Copy

ADDRESS = "/api/v1/ledger/export.csv"
BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Exported:
    """Seconds of each round, bytes over HTTP, and the most memory that one process of the web server ever held."""

    http_seconds: list[float]
    copy_seconds: list[float]
    megabytes: int
    peak_mb: float
    idle_mb: float

    def figures(self) -> dict[str, float]:
        """Return medians, and how quick the export is beside COPY."""
        http, copy = statistics.median(self.http_seconds), statistics.median(self.copy_seconds)
        return {
            "http_seconds": round(http, 2), "copy_seconds": round(copy, 2), "ratio": round(copy / http, 3),
            "megabytes": self.megabytes, "peak_mb": self.peak_mb, "idle_mb": self.idle_mb,
            "rounds": len(self.http_seconds),
        }  # fmt: skip


def measure(fund: Copy, ours: Clients, *, rounds: int) -> Exported:
    """Take the whole books away again and again, by COPY and over HTTP in turn."""
    statement = str(ours.ask({"do": "copy_statement"})[0]["statement"])
    fund.start("redis", "web")
    wait_until(lambda: _answers(fund.url + ADDRESS))
    try:
        idle = _most_memory_mb(fund.running["web"].pid)
        http, copies, size = [], [], 0
        for number in range(rounds):
            copies.append(_by_copy(fund, statement))
            seconds, size = _by_http(fund.url + ADDRESS)
            http.append(seconds)
            say(f"export, round {number + 1}: COPY {copies[-1]:.2f} s, over HTTP {seconds:.2f} s, {size >> 20} MB")
        return Exported(http, copies, size >> 20, _most_memory_mb(fund.running["web"].pid), idle)
    finally:
        fund.kill("web")
        fund.kill("redis")


def _answers(address: str) -> bool:
    try:
        return requests.head(address, timeout=5).ok
    except requests.RequestException:
        return False


def _by_copy(fund: Copy, statement: str) -> float:
    began = time.monotonic()
    command = [str(BIN_DIR / "psql"), "-X", "-q", "-h", str(fund.cluster.socket_dir), "-U", "fund_app", "-d", "fund",
               "-v", "ON_ERROR_STOP=1", "-c", statement]  # fmt: skip
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


def _by_http(address: str) -> tuple[float, int]:
    began, size = time.monotonic(), 0
    with requests.get(address, stream=True, timeout=900, headers={"Accept-Encoding": "identity"}) as answer:
        answer.raise_for_status()
        for block in answer.iter_content(BLOCK_BYTES):
            size += len(block)
    return time.monotonic() - began, size


def _most_memory_mb(parent: int) -> float:
    """Return the most that a process under ``parent`` ever held at once, in megabytes."""
    most = 0
    for process in _under(parent):
        with suppress(OSError):
            status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
            held = re.search(r"VmHWM:\s+(\d+)", status)
            most = max(most, int(held[1]) if held else 0)
    return round(most / 1024, 1)


def _under(parent: int) -> list[int]:
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
    found = [int(one) for one in children.stdout.split()]
    return found + [deeper for child in found for deeper in _under(child)]
