"""Why a target was missed, in the run's own numbers where it has any, and what would move it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.embedded.bench.books.fund import RAW, SERVICE

if TYPE_CHECKING:
    from collections.abc import Callable

MICROSECONDS = 1e6


def _door(_found: dict[str, Any]) -> str:
    return (
        "Beyond the two inserts the call looks up the accounts by code, computes the request's hash, reads the epoch,"
        " and the two triggers that hold against the owner as well ask their questions: docs/adr/0034 has the profile."
        " Callers that give the accounts' ids, or triggers in C, would move it."
    )


def _service(found: dict[str, Any]) -> str:
    mine = found["gifts_a_second"][SERVICE]["spread"]["8"]
    raw = found["gifts_a_second"][RAW]["spread"]["8"]
    cores = found["setup"]["machine"]["cores"]
    return (
        f"Of the machine's {cores} cores a gift by bare SQL takes {cores * MICROSECONDS / raw['median']:.0f} µs in all;"
        f" by the service it takes {cores * MICROSECONDS / mine['median']:.0f} µs, of which the client itself uses"
        f" {mine['client_us']} µs in Python, most of them in the driver and in Django's cursor. Clients on"
        " cores of their own would move it: the server's part is the door's."
    )


def _peers(found: dict[str, Any]) -> str:
    return "Ours is held back by its own client as below, theirs by more questions a gift. " + _service(found)


def _hot(_found: dict[str, Any]) -> str:
    return (
        "No row of ours is written twice. What a hot campaign adds is the foreign key's shared lock: many gifts at once"
        " note themselves on the one account's row (as they all do on 57.yookassa's), the spread ones on sixty-four."
        " Where least and most of the rounds overlap, it is the machine's noise. Without foreign keys to accounts,"
        " which are never deleted, it would be gone."
    )


def _csv(found: dict[str, Any]) -> str:
    csv = found["csv"]
    return (
        f"The export took {csv['http_seconds'] - csv['copy_seconds']:.2f} s more than psql: libpq gives out a row at a"
        " time, each is a call of Python, on cores that the COPY itself and the bench's reader want too. A core more"
        " would move it, or a driver that hands over blocks."
    )


def _memory(found: dict[str, Any]) -> str:
    csv = found["csv"]
    return (
        f"The site's process holds {csv['idle_mb']} MB before the first export (code and libraries of the whole site);"
        f" all exports together added {max(0, csv['peak_mb'] - csv['idle_mb']):.1f} MB. A server for exports alone,"
        " without the site's libraries, would move it."
    )


def _sealing(_found: dict[str, Any]) -> str:
    return (
        "Most of it is the leaves: `ledger_leaf` starts a query of its own for each operation. Spelled"
        " out in the statement that places them, the same takes less than half the time (0.57 s against 1.33 s for"
        " 20 000); the definition would then stand in two places."
    )


def _balance(found: dict[str, Any]) -> str:
    small, size = min(found["balance_ms"], key=int), max(found["balance_ms"], key=int)
    least, most = (found["balance_ms"][one]["ours"]["money"] for one in (small, size))
    return (
        f"It reads the newest checkpoint's total and the postings since: {least} ms at {small} postings, {most} ms at"
        f" {size}; the way there and back and a busy machine are part of it."
    )


WHY: dict[str, Callable[[dict[str, Any]], str]] = {
    "sql_door_over_raw_8": _door,
    "django_over_raw_8": _service,
    "django_over_hordak_8": _peers,
    "django_over_django_ledger_8": _peers,
    "hot_over_spread_8": _hot,
    "csv_over_copy": _csv,
    "csv_peak_mb_1m": _memory,
    "sealed_per_s": _sealing,
    "balance_ms_1m": _balance,
}


def reasons(found: dict[str, Any], targets: dict[str, float]) -> list[str]:
    """Return a line for each target that was missed: by how much, and why."""
    measured = found["ratios"] | found["figures"]
    return [
        f"- `{name}` missed its target by {abs(measured[name] - targets[name]) / targets[name]:.0%}. {WHY[name](found)}"
        for name in found["missed"]
    ]
