"""The accountant's files: what does not hold together stops the start and is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from campaigns.models import RESERVED_SLUGS
from fund.ledger import chart, checks, tasks
from fund.ledger.errors import ChartError
from fund.ledger.models import (
    Account,
    AccountTotal,
    Checkpoint,
    LogEntry,
    LogNode,
    Operation,
    Posting,
    SealedSum,
    SignedCheckpoint,
    Turnover,
)

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = '[[account]]\ncode = "51"\nname = "Счёт"\nside = "active"\n'

FAMILY = '[[family]]\ncode = "86.{subject}"\nname = "Средства"\nside = "passive"\n'


def written(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_files_hold_together() -> None:
    assert checks.check_chart() == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[[account]]\ncode = "51"\nname = "Счёт"\n', "lacks 'side'"),
        (ACCOUNT * 2, "account 51 has a wrong kind or side, or stands twice"),
        (ACCOUNT.replace("active", "left"), "account 51 has a wrong kind or side"),
        (ACCOUNT.replace("account", "family"), "family 51 has a wrong kind"),
    ],
)
def test_a_wrong_chart_is_named(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ChartError, match=fault):
        chart.read_chart(written(tmp_path, "chart.toml", text))


EVENT = '[gift]\nmemo = "№ {reference}"\nplain = "x"\nlines = [{ debit = "51", credit = "60", amount = "gross" }]\n'


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (EVENT, "uses accounts not in the chart: {'60'}"),
        (EVENT.replace('"60"', '"51"'), "event gift has no lines"),
        (EVENT.replace("{reference}", "{name}"), "event gift is wrong"),
        (EVENT.replace("plain", "words"), "event gift is wrong: 'plain'"),
        (EVENT.replace('"51"', '"86.{target}"').replace('"60"', '"51"'), "event gift takes money from its {target}"),
        (EVENT.replace('"60"', '"86.{target}"') + 'guards = ["86.{target}"]\n', "takes money from its {target}"),
    ],
)
def test_a_wrong_event_is_named(tmp_path: Path, text: str, fault: str) -> None:
    known = written(tmp_path, "chart.toml", ACCOUNT + FAMILY)
    with pytest.raises(ChartError, match=fault):
        chart.read_events(written(tmp_path, "events.toml", text), known)


def test_a_start_with_a_wrong_file_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart.read_events, "__defaults__", (written(tmp_path, "events.toml", "["), chart.CHART_FILE))

    (found,) = checks.check_chart()
    assert found.id == "ledger.E001"


def test_no_campaign_can_take_the_name_of_an_account_of_the_funds_own() -> None:
    families = {code.rpartition(".")[0] for code, entry in chart.chart().items() if entry.is_family}
    own = [code.rpartition(".") for code, entry in chart.chart().items() if not entry.is_family]

    assert {subject for head, _dot, subject in own if head in families and subject} == set(RESERVED_SLUGS)


@pytest.mark.usefixtures("committed")
def test_sealing_an_empty_book_makes_no_checkpoint() -> None:
    tasks.seal_books()

    assert Checkpoint.objects.count() == 0


def test_rows_say_what_they_are() -> None:
    rows = [
        Account(code="51", name="Счёт"), Operation(number=7), Posting(operation_id=7, line=2), Checkpoint(pk=3),
        AccountTotal(account_id=1, checkpoint_id=3), Turnover(scope=-86, start_date="2026-05-01", checkpoint_id=3),
        SealedSum(operation_id=5),
        LogEntry(place=4), LogNode(level=1, place=2), SignedCheckpoint(checkpoint_id=3),
    ]  # fmt: skip

    assert [str(row) for row in rows] == [
        "51 Счёт", "operation 7", "posting 7.2", "checkpoint 3", "total of 1 at 3",
        "turnover of -86 from 2026-05-01 at 3", "sum of operation 5",
        "log entry 4", "log node 1/2", "signature of checkpoint 3",
    ]  # fmt: skip
    assert Operation(number=7).get_absolute_url() == "/ledger/operations/7/"
