"""One round of wrk, and what it printed."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass

UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
CONNECTIONS = 16


@dataclass(frozen=True)
class Round:
    """Answers a second, milliseconds at the middle and at the ninety-ninth of a hundred, and what went wrong."""

    a_second: float
    p50_ms: float
    p99_ms: float
    answers: int
    errors: int


def run(*, url: str, seconds: int, cookie: str = "") -> Round:
    """Ask for one address as often as it answers, through sixteen connections, as browsers do: compressed.

    :raises CalledProcessError: if wrk fails.
    """
    headers = ["-H", "Accept-Encoding: gzip, deflate, br", "-H", "Accept-Language: ru"]
    if cookie:
        headers += ["-H", f"Cookie: {cookie}"]
    command = ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "--timeout", "10s", "--latency"]
    done = subprocess.run([*command, *headers, url], capture_output=True, text=True, check=True)
    return parse(done.stdout)


def parse(told: str) -> Round:
    """Return what wrk's words say."""
    failed = [int(number) for number in re.findall(r"(?:connect|read|write|timeout) (\d+)", told)]
    refused = _number(r"Non-2xx or 3xx responses: (\d+)", told, 0)
    return Round(
        a_second=_number(r"Requests/sec:\s+([\d.]+)", told),
        p50_ms=_milliseconds("50%", told),
        p99_ms=_milliseconds("99%", told),
        answers=int(_number(r"(\d+) requests in", told)),
        errors=sum(failed) + int(refused),
    )


def _milliseconds(place: str, told: str) -> float:
    found = re.search(rf"{place}\s+([\d.]+)(us|ms|s|m)\b", told)
    if found is None:
        raise ValueError(told)
    return round(float(found[1]) * UNITS[found[2]], 2)


def _number(pattern: str, told: str, default: float | None = None) -> float:
    found = re.search(pattern, told)
    if found is None and default is None:
        raise ValueError(told)
    return float(found[1]) if found else float(default or 0)
