"""Builds the ledgers on a throwaway PostgreSQL, measures them side by side, writes down what came out."""

from __future__ import annotations

import argparse
import os
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

from config.embedded.bench.books import export, told
from config.embedded.bench.books import fund as copies
from config.embedded.bench.books.measuring import SEALED, BesideTheSealer, Found, grow_and_read, interleave
from config.embedded.bench.machine import machine, write

if TYPE_CHECKING:
    from config.embedded.bench.books.measuring import Posting
    from config.embedded.copy import Copy

SIZES = (1_000, 100_000)


def main() -> None:
    """Measure and write ``docs/benchmarks/books.json`` and ``books.md``."""
    wish, found_machine, began = _wishes(), machine(), time.monotonic()
    if not copies.PEERS_PYTHON.exists():
        sys.exit("make bench: the others' ledgers are not installed: start it as «make bench».")
    found = Found()
    fund = copies.start()
    try:
        csv = _measure(fund, wish, found)
        sizes = copies.sizes(fund.cluster)
    finally:
        fund.stop()
    setup = {
        "machine": found_machine,
        "load_after": round(os.getloadavg()[0], 1),
        "minutes": round((time.monotonic() - began) / 60, 1),
        "versions": told.versions(copies.PEERS_PYTHON),
        "durability": "fsync on, synchronous_commit on, full_page_writes on, one server for all",
        "postings": wish.postings,
        "rounds": wish.rounds,
        "seconds_a_round": wish.seconds,
        "operations_in_the_end": sizes.operations,
        "megabytes_in_the_end": sizes.megabytes,
    }
    result = told.result(found, setup, wish.postings, csv)
    write("books", result, told.told(result))


def _measure(fund: Copy, wish: argparse.Namespace, found: Found) -> dict[str, float]:
    ours, others = copies.service(fund), copies.peers(fund)
    everybody = [ours, *others.values()]
    try:
        grow_and_read(
            ours,
            others,
            [size for size in SIZES if size < wish.postings] + [wish.postings],
            found,
            tidy=partial(copies.tidy, fund),
        )
        csv = export.measure(fund, ours, rounds=wish.rounds)
        ours.stop()
        copies.clone_for_raw(fund.cluster)
        scripts = copies.scripts(fund.cluster)
        sealer = copies.service(fund)
        everybody.append(sealer)
        contenders: dict[str, Posting] = {
            copies.RAW: scripts.raw,
            copies.DOOR: scripts.door,
            copies.SERVICE: ours,
            SEALED: BesideTheSealer(ours, sealer),
            **others,
        }
        interleave(contenders, rounds=wish.rounds, seconds=wish.seconds, found=found)
        return csv.figures()
    finally:
        for clients in everybody:
            clients.stop()


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--postings", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
