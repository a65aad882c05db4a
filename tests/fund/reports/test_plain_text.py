"""What hledger and Beancount, the real programs, say of our books: nothing is wrong, and the same balances."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sysconfig
from collections import defaultdict
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from beancount import loader
from beancount.core.data import Transaction

from fund.ledger.chart import chart
from fund.ledger.models import Posting
from fund.reports.exports import plain_text
from fund.reports.exports.checks import check_roots
from tests.fund.reports.written import read

if TYPE_CHECKING:
    from django.test import Client

    from config.embedded.postgres import Cluster

ROOTS = ("Assets", "Liabilities", "Equity", "Income", "Expenses")
BEAN_CHECK = Path(sysconfig.get_path("scripts")) / "bean-check"
PERIODS = [
    {},
    {"since": "2026-05-02", "until": "2026-05-20"},
    {"until": "2026-05-01"},
    {"since": "2026-06-01"},
    {"since": "2030-01-01"},
    {"since": "0001-01-01", "until": "9999-12-31"},
]
PLAIN = {"LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"}
CHECK = {"journal": ["hledger", "check", "--strict", "-f"], "beancount": [str(BEAN_CHECK)]}


def check(path: Path) -> subprocess.CompletedProcess[str]:
    """Run the program that the file is for."""
    assert shutil.which("hledger"), "hledger is missing: `scripts/prepare.sh test` installs it"
    command = [*CHECK[path.suffix[1:]], str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=PLAIN)


def of_hledger(path: Path) -> dict[str, int]:
    command = ["hledger", "-f", str(path), "balance", "--flat", "--no-total", "--output-format", "csv"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, env=PLAIN)
    rows = list(csv.reader(StringIO(told.stdout)))[1:]
    return {name: int(Decimal(amount.removesuffix(" RUB")) * 100) for name, amount in rows}


def of_beancount(path: Path) -> dict[str, int]:
    entries, errors, _options = loader.load_file(str(path))
    assert errors == []
    found: dict[str, int] = defaultdict(int)
    for entry in entries:
        for side in entry.postings if isinstance(entry, Transaction) else ():
            found[side.account] += int(side.units.number * 100)  # type: ignore[union-attr,operator]  # never empty here
    return {name: kopecks for name, kopecks in found.items() if kopecks}


def wanted(until: str = "9999-12-31") -> dict[str, int]:
    """Return the balances at the end of a day, summed up plainly."""
    found: dict[str, int] = defaultdict(int)
    for posting in Posting.objects.filter(operation__business_date__lte=until).select_related("debit", "credit"):
        found[plain_text.account_name(posting.debit.code)] += posting.amount_kopecks
        found[plain_text.account_name(posting.credit.code)] -= posting.amount_kopecks
    return {name: kopecks for name, kopecks in found.items() if kopecks}


@pytest.mark.parametrize("asked", PERIODS, ids=str)
def test_both_programs_take_the_file_and_come_to_our_balances(
    client: Client, books: int, tmp_path: Path, asked: dict[str, str]
) -> None:
    for extension, balances in (("journal", of_hledger), ("beancount", of_beancount)):
        path = tmp_path / f"books.{extension}"
        path.write_bytes(read(client, extension, **asked))

        assert check(path).returncode == 0, check(path).stderr
        assert balances(path) == wanted(asked.get("until", "9999-12-31"))


@pytest.mark.parametrize("extension", CHECK)
def test_a_kopeck_that_was_changed_past_the_triggers_is_named_by_the_program(
    client: Client, books: int, tmp_path: Path, cluster: Cluster, committed: str, extension: str
) -> None:
    with cluster.connect(committed) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("UPDATE ledger_posting SET amount_kopecks = amount_kopecks + 1 WHERE operation_id = 5")
    path = tmp_path / f"books.{extension}"
    path.write_bytes(read(client, extension))

    told = check(path)

    assert told.returncode == 1
    assert "balance" in told.stderr.lower()


def test_every_account_of_the_chart_has_its_place_and_no_two_have_one_name() -> None:
    assert check_roots() == []
    codes = ["86.a-b", "86.a.b", "86.-x", "86.x-x", "86.xx-x", "86.xx", "86.x", "86.2027", "86", "20.x", "51", "35.x"]
    names = [plain_text.account_name(code) for code in codes]

    assert len(set(names)) == len(codes)
    assert names[0] == "Equity:86:A-b"
    assert {plain_text.account_name(code).partition(":")[0] for code in chart()} <= {*ROOTS}


def test_an_account_of_the_chart_without_a_place_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_text, "roots", lambda: {"51": "Assets"})

    assert [found.id for found in check_roots()] == ["reports.E001"]
