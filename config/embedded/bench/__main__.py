"""Fills a throwaway copy of the fund, lets gifts come in, measures each page in interleaved rounds, writes it down."""

from __future__ import annotations

import argparse
import platform
import shutil
import statistics
import subprocess
import sys
from collections import defaultdict
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import requests

from config import env
from config.embedded.bench import load
from config.embedded.bench.arriving import Arrivals, Seen
from config.embedded.bench.filling import CAMPAIGNS, HOT
from config.embedded.bench.machine import machine, say, write
from config.embedded.copy import Copy

SESSION = "sessionid=stranger-no-more"  # who has a session is never shown a kept page
Rounds = dict[tuple[str, str], list[load.Round]]


def main() -> None:
    """Measure and write ``docs/benchmarks/pages.json`` and ``pages.md``."""
    wish, found_machine = _wishes(), machine()
    if not shutil.which("wrk"):
        sys.exit("make bench-pages: wrk is missing: run «sudo apt-get install wrk» and start again.")
    fund = Copy({"PACE_SECONDS": "10", "DEMO": "0"})
    try:
        fund.prepare()
        fund.start()
        fund.wait_ready()
        say(f"Filling the books with {wish.gifts} gifts to {CAMPAIGNS} campaigns…")
        filling = [sys.executable, "-m", "config.embedded.bench.filling", str(wish.gifts)]
        subprocess.run(filling, env=fund.environ, cwd=env.BASE_DIR, check=True)
        pages = _pages(fund)
        rounds: Rounds = defaultdict(list)
        with Arrivals(fund, a_second=wish.a_second, every_seconds=wish.every) as arrivals:
            for number in range(wish.rounds):
                _measure(fund, pages, rounds, wish.seconds, is_last=number + 1 == wish.rounds)
        found = {"machine": found_machine} | _found(fund, wish, rounds, arrivals.seen)
    finally:
        fund.stop()
    write("pages", found, _told(found))


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-pages")
    parser.add_argument("--gifts", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--a-second", type=float, default=16)
    parser.add_argument("--every", type=float, default=4)
    return parser.parse_args()


def _pages(fund: Copy) -> dict[str, str]:
    newest = requests.get(f"{fund.url}/api/v1/ledger/operations", timeout=30).json()["items"][0]["number"]
    return {
        "home": "/",
        "hot campaign": f"/projects/{HOT}/",
        "list of campaigns": "/projects/",
        "ledger": "/ledger/",
        "one operation": f"/ledger/operations/{newest}/",
    }


def _measure(fund: Copy, pages: dict[str, str], rounds: Rounds, seconds: int, *, is_last: bool) -> None:
    for name, path in pages.items():
        for way, cookie in (("kept", ""), ("rendered each time", SESSION)):
            found = load.run(url=fund.url + path, seconds=seconds, cookie=cookie)
            rounds[(name, way)].append(found)
            say(f"{name}, {way}: {found.a_second:.0f} a second, p50 {found.p50_ms} ms, p99 {found.p99_ms} ms")
    if not is_last:
        say("next round")


def _found(fund: Copy, wish: argparse.Namespace, rounds: Rounds, seen: Seen) -> dict[str, Any]:
    with fund.connect() as connection:
        row = connection.execute("SELECT version(), (SELECT count(*) FROM ledger_operation)").fetchone()
    late = sorted(seen.late_seconds)
    postgres, operations = (str(row[0]).split(" on ")[0], int(row[1])) if row else ("", 0)
    return {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "versions": {"PostgreSQL": postgres, "Python": platform.python_version(),
                     "wrk": "4.1.0", **{name: version(name) for name in ("Django", "gunicorn", "psycopg")}},
        "setting": {"gifts_before": wish.gifts, "operations_after": operations, "campaigns": CAMPAIGNS,
                    "rounds": wish.rounds, "seconds_a_round": wish.seconds, "connections": load.CONNECTIONS},
        "gifts_meanwhile": {"posted_to_the_books": seen.posted, "given_the_whole_way": seen.given},
        "pages": {
            name: {way: _medians(rounds[(name, way)]) for way in ("kept", "rendered each time")}
            for name in dict.fromkeys(name for name, _way in rounds)
        },
        "late_seconds": {
            "looks": seen.looks, "sum_not_found": seen.unread, "median": round(statistics.median(late), 2),
            "p99": round(late[int(len(late) * 0.99)], 2), "most": round(late[-1], 2),
        },
    }  # fmt: skip


def _medians(found: list[load.Round]) -> dict[str, float]:
    middle = {
        name: round(statistics.median(asdict(one)[name] for one in found), 1)
        for name in ("a_second", "p50_ms", "p99_ms")
    }
    return middle | {
        "least_a_second": round(min(one.a_second for one in found), 1),
        "answers": sum(one.answers for one in found),
        "errors": sum(one.errors for one in found),
    }


def _told(found: dict[str, Any]) -> str:
    ours, setting, late = found["machine"], found["setting"], found["late_seconds"]
    meanwhile = found["gifts_meanwhile"]
    lines = [
        "# Pages for strangers",
        "",
        (
            f"`make bench-pages` on {found['measured_on']}: {ours['processor']}, {ours['cores']} cores,"
            f" {ours['memory_gb']} GB, {ours['system']}, load {ours['load_before']} before;"
            f" {', '.join(f'{name} {number}' for name, number in found['versions'].items() if name != 'PostgreSQL')},"
            f" {found['versions']['PostgreSQL']}. The whole embedded fund, wrk and the gifts share the machine."
        ),
        "",
        (
            f"{setting['operations_after']} operations, {setting['campaigns']} campaigns; {setting['rounds']}"
            f" interleaved rounds of {setting['seconds_a_round']} s, {setting['connections']} connections;"
            " medians of the rounds."
            f" Meanwhile {meanwhile['posted_to_the_books']} gifts were posted to the hot campaign and"
            f" {meanwhile['given_the_whole_way']} given the whole way"
            " (API, ЮKassa's emulator, worker, receipt, letter)."
        ),
        "",
        "| page | | answers a second | least round | p50, ms | p99, ms | answers | errors |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {name} | {way} | {one['a_second']:.0f} | {one['least_a_second']:.0f} | {one['p50_ms']} | {one['p99_ms']}"
        f" | {one['answers']} | {one['errors']} |"
        for name, ways in found["pages"].items()
        for way, one in ways.items()
    ]
    lines += [
        "",
        (
            f"How late the hot campaign's sum was, in {late['looks']} looks by a stranger: median {late['median']} s,"
            f" p99 {late['p99']} s, most {late['most']} s ({late['sum_not_found']} looks showed a sum that the books"
            " never held while they were sampled twenty times a second)."
        ),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
