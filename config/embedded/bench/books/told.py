"""What came out, as JSON and in words."""

from __future__ import annotations

import json
import platform
import statistics
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from config.embedded.bench.books.fund import DOOR, RAW, SERVICE
from config.embedded.bench.books.measuring import CLIENTS, KINDS, SEALED
from config.embedded.bench.books.reasons import reasons
from config.embedded.postgres import BIN_DIR

if TYPE_CHECKING:
    from pathlib import Path

    from config.embedded.bench.books.measuring import Found, Key

HORDAK, DJANGO_LEDGER = "django-hordak", "django-ledger"
RATIOS: dict[str, tuple[Key, Key]] = {
    "sql_door_over_raw_8": ((DOOR, "spread", 8), (RAW, "spread", 8)),
    "django_over_raw_8": ((SERVICE, "spread", 8), (RAW, "spread", 8)),
    "django_over_hordak_8": ((SERVICE, "spread", 8), (HORDAK, "spread", 8)),
    "django_over_django_ledger_8": ((SERVICE, "spread", 8), (DJANGO_LEDGER, "spread", 8)),
    "hot_over_spread_8": ((SERVICE, "hot", 8), (SERVICE, "spread", 8)),
    "door_hot_over_spread_8": ((DOOR, "hot", 8), (DOOR, "spread", 8)),
    "sealing_over_alone_8": ((SEALED, "spread", 8), (SERVICE, "spread", 8)),
}
# What issue 4 asks for: at least, or at most.
AT_LEAST = {
    "sql_door_over_raw_8": 0.65, "django_over_raw_8": 0.4, "django_over_hordak_8": 4, "django_over_django_ledger_8": 40,
    "hot_over_spread_8": 0.95, "csv_over_copy": 0.9, "sealed_per_s": 5000,
}  # fmt: skip
AT_MOST = {"balance_ms_1m": 1, "csv_peak_mb_1m": 100}


def versions(python: Path) -> dict[str, str]:
    """Return what was measured with: ours, and the others' from their environment."""
    listed = subprocess.run([str(python), "-m", "pip", "list", "--format=json"], capture_output=True, check=True).stdout
    theirs = {row["name"].lower(): row["version"] for row in json.loads(listed)}
    postgres = subprocess.run([str(BIN_DIR / "postgres"), "--version"], capture_output=True, text=True, check=True)
    return {
        "PostgreSQL": postgres.stdout.split()[-1],
        "Python": platform.python_version(),
        **{name: version(name) for name in ("Django", "psycopg")},
        **{name: theirs[name] for name in (HORDAK, DJANGO_LEDGER)},
    }


def result(found: Found, setup: dict[str, Any], postings: int, csv: dict[str, float] | None = None) -> dict[str, Any]:
    """Return everything that was measured, with the ratios and figures that the targets name."""
    ours = found.balances[postings]["ours"]
    figures = {
        "balance_ms_1m": round(max(ours["money"], ours["campaign"]), 3),
        "sealed_per_s": round(found.sealed_a_second),
    }
    ratios = {name: round(found.middle(*one) / found.middle(*other), 3) for name, (one, other) in RATIOS.items()}
    if csv:
        ratios["csv_over_copy"], figures["csv_peak_mb_1m"] = csv["ratio"], csv["peak_mb"]
    return {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "ratios": ratios,
        "figures": figures,
        "missed": _missed(ratios | figures),
        "setup": setup,
        "gifts_a_second": _rounds(found),
        "balance_ms": {str(size): _rounded(read) for size, read in found.balances.items()},
        "sealing": [{"operations": count, "seconds": round(seconds, 2)} for count, seconds in found.sealed],
        **({"csv": csv} if csv else {}),
    }


def _missed(measured: dict[str, float]) -> list[str]:
    low = [name for name, least in AT_LEAST.items() if measured.get(name, least) < least]
    return low + [name for name, most in AT_MOST.items() if measured.get(name, most) > most]


def _rounds(found: Found) -> dict[str, Any]:
    names = dict.fromkeys(name for name, _kind, _clients in found.rounds)
    return {
        name: {
            kind: {
                str(clients): _of(found, (name, kind, clients))
                for clients in CLIENTS
                if found.rounds.get((name, kind, clients))
            }
            for kind in KINDS
        }
        for name in names
    }


def _of(found: Found, key: Key) -> dict[str, float]:
    speeds = [one.a_second for one in found.rounds[key]]
    return {
        "median": round(statistics.median(speeds)),
        "least": round(min(speeds)),
        "most": round(max(speeds)),
        "client_us": round(statistics.median(one.client_us for one in found.rounds[key])),
    }


def _rounded(read: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    return {name: {account: round(ms, 3) for account, ms in accounts.items()} for name, accounts in read.items()}


def told(found: dict[str, Any]) -> str:
    """Return the same as a page."""
    lines = ["# The books under load", "", _setting(found["setup"], found["measured_on"]), ""]
    lines += [
        "Gifts a second (median of the rounds; in brackets the least and the most), spread over 64 campaigns:",
        "",
    ]
    lines += [*_speeds(found, "spread"), "", "… to one hot campaign:", "", *_speeds(found, "hot")]
    lines += ["", "| what the targets name | measured | target | |", "|---|---:|---:|---|", *_targets(found)]
    lines += [
        "",
        "Milliseconds of database time for one account's balance, by rows in each ledger:",
        "",
        *_balances(found),
    ]
    sealed = found["sealing"][-1]
    lines += ["", f"Sealing and signing: {sealed['operations']} operations in {sealed['seconds']} s."]
    lines += [_csv(found["csv"])] if "csv" in found else []
    lines += ["", *reasons(found, AT_LEAST | AT_MOST)] if found["missed"] else []
    return "\n".join([*lines, ""])


def _csv(csv: dict[str, float]) -> str:
    return (
        f"The whole books as CSV, {csv['megabytes']} MB, medians of {csv['rounds']} rounds in turn: bare COPY by psql"
        f" {csv['copy_seconds']} s, over HTTP {csv['http_seconds']} s; a process of the web server held"
        f" {csv['peak_mb']} MB at the most, {csv['idle_mb']} MB before the first export."
    )


def _setting(setup: dict[str, Any], day: str) -> str:
    ours = setup["machine"]
    known = ", ".join(f"{name} {number}" for name, number in setup["versions"].items())
    return (
        f"`make bench` on {day}, {setup['minutes']} minutes: {ours['processor']}, {ours['cores']} cores,"
        f" {ours['memory_gb']} GB, {ours['system']}, load {ours['load_before']} before; {known}. {setup['durability']};"
        " the clients share the cores with the server."
        f" Every ledger held {setup['postings']} rows when the rounds began (ours postings, the others lines);"
        f" {setup['rounds']} interleaved rounds of {setup['seconds_a_round']} s."
    )


def _speeds(found: dict[str, Any], kind: str) -> list[str]:
    counts = [str(clients) for clients in CLIENTS]
    lines = ["| | " + " | ".join(counts) + " |", "|---|" + "---:|" * len(counts)]
    for name, kinds in found["gifts_a_second"].items():
        cells = [_cell(kinds[kind].get(clients)) for clients in counts]
        if any(cells):
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _cell(one: dict[str, float] | None) -> str:
    return f"{one['median']} ({one['least']}–{one['most']})" if one else ""


def _targets(found: dict[str, Any]) -> list[str]:
    measured = found["ratios"] | found["figures"]
    rows = [(name, f"≥ {least}") for name, least in AT_LEAST.items()]
    rows += [(name, f"≤ {most}") for name, most in AT_MOST.items()]
    lines = [
        f"| `{name}` | {measured[name]} | {target} | {'missed' if name in found['missed'] else ''} |"
        for name, target in rows if name in measured
    ]  # fmt: skip
    return lines + [f"| `{name}` | {value} | | |" for name, value in measured.items() if name not in dict(rows)]


def _balances(found: dict[str, Any]) -> list[str]:
    sizes = list(found["balance_ms"])
    lines = ["| | account | " + " | ".join(sizes) + " |", "|---|---|" + "---:|" * len(sizes)]
    for name, accounts in found["balance_ms"][sizes[0]].items():
        lines += [
            f"| {name} | {account} | "
            + " | ".join(str(found["balance_ms"][size][name][account]) for size in sizes)
            + " |"
            for account in accounts
        ]
    return lines
