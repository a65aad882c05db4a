"""The books as files: whole or a period, cut at a signed checkpoint, in bounded memory and time."""

from __future__ import annotations

import csv
import json
import re
from base64 import b64decode
from codecs import BOM_UTF8
from contextlib import contextmanager
from io import StringIO
from types import SimpleNamespace
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from api.throttles import ExportThrottle
from fund.ledger import log, merkle, services
from fund.ledger.models import LogEntry, Operation, Posting
from fund.reports.exports import connections, formats, statements
from fund.reports.exports.cutting import cut_books
from fund.reports.exports.errors import SlowReaderError
from fund.reports.exports.formats import FORMATS
from fund.reports.exports.streams import Download
from tests.fund.reports.written import AT, AWKWARD, EXTENSIONS, fill, post, read, seal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.test import Client

    from config.embedded.postgres import Cluster

FORMULAS = ("=1+1", "+7", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1")
COLUMNS = [
    "place", "number", "business_date", "posted_at_moscow", "kind", "subject", "memo", "line", "debit", "debit_name",
    "credit", "credit_name", "amount_kopecks", "amount_roubles", "reverses",
]  # fmt: skip


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def wanted_rows(numbers: list[int]) -> list[dict[str, str]]:
    """Return what the table must say, read another way."""
    places = dict(LogEntry.objects.values_list("operation", "place"))
    postings = Posting.objects.filter(operation__in=numbers).select_related("operation", "debit", "credit")
    return [
        {
            "place": str(places[row.operation_id]), "number": str(row.operation_id),
            "business_date": row.operation.business_date.isoformat(), "kind": row.operation.kind,
            "subject": row.operation.subject, "memo": row.operation.memo, "line": str(row.line),
            "debit": row.debit.code, "debit_name": row.debit.name, "credit": row.credit.code,
            "credit_name": row.credit.name, "amount_kopecks": str(row.amount_kopecks),
            "amount_roubles": f"{row.amount_kopecks // 100},{row.amount_kopecks % 100:02}",
            "reverses": str(row.operation.reverses_id or ""),
        }
        for row in postings.order_by("operation__log_entry__place", "line")
    ]  # fmt: skip


def test_the_table_holds_every_posting_in_the_logs_order(client: Client, books: int) -> None:
    content = read(client, "csv")

    assert content.startswith(b"\xef\xbb\xbfplace;number;")
    rows = table(content)
    assert list(rows[0]) == COLUMNS
    moments = [row.pop("posted_at_moscow") for row in rows]
    assert rows == wanted_rows(list(Operation.objects.values_list("number", flat=True)))
    assert len({row["number"] for row in rows}) == books
    assert all(len(moment) == len("2026-05-01 12:00:00") for moment in moments)


def test_no_cell_of_the_table_is_a_formula(client: Client, committed: str) -> None:
    for formula in FORMULAS:
        post(formula, kind=formula, subject=formula)
    with connection.cursor() as cursor:
        cursor.execute("SELECT open_account('86.evil', '=HYPERLINK(\"http://x\")', 'passive')")
        cursor.execute(
            "SELECT post_operation('gift', 'evil', '2026-05-01', 'x', 'e', NULL, '{}', '{57.yookassa}', '{86.evil}',"
            " '{1}', '{}')"
        )
    seal()

    rows = table(read(client, "csv"))

    assert [row["memo"] for row in rows] == [f"'{formula}" for formula in FORMULAS] + ["x"]
    assert rows[-1]["credit_name"] == '\'=HYPERLINK("http://x")'
    cells = {cell for row in rows for cell in row.values()}
    assert [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))] == []


def test_the_lines_are_the_logs_leaves_byte_for_byte_under_the_root_that_is_named(client: Client, books: int) -> None:
    content = read(client, "jsonl")

    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_leaf(operation_id) FROM ledger_logentry ORDER BY place")
        leaves = [leaf.encode() for (leaf,) in cursor.fetchall()]
    assert content == b"".join(leaf + b"\n" for leaf in leaves)
    head = log.newest_head()
    assert head is not None
    assert merkle.tree_hash([merkle.leaf_hash(leaf) for leaf in content.splitlines()]) == head.root
    assert [json.loads(line)["memo"] for line in content.splitlines() if b"\\u0001" in line] == [AWKWARD[4]]


@pytest.mark.parametrize("extension", ["csv", "jsonl"])
def test_a_period_holds_its_own_entries_and_no_other(client: Client, books: int, extension: str) -> None:
    asked = {"since": "2026-05-02", "until": "2026-05-03"}
    numbers = list(Operation.objects.filter(business_date__range=asked.values()).values_list("number", flat=True))
    content = read(client, extension, **asked)

    assert 0 < len(numbers) < books
    if extension == "csv":
        found = [{name: row[name] for name in row if name != "posted_at_moscow"} for row in table(content)]
        assert found == wanted_rows(numbers)
    else:
        assert [json.loads(line)["number"] for line in content.splitlines()] == sorted(numbers)
    assert read(client, extension, since="2027-01-01").count(b"\n") == (1 if extension == "csv" else 0)


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_what_is_written_and_sealed_while_a_file_is_on_its_way_is_not_in_it(
    books: int, extension: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "BLOCK_BYTES", 100)
    cut = cut_books(checkpoint=None, since=None, until=None)
    whole = b"".join(Download(FORMATS[extension], cut))

    blocks = iter(Download(FORMATS[extension], cut))
    begun = next(blocks)
    services.open_account(code="86.later", name="позже")
    post("Позже", day="2026-05-02")
    seal()

    assert begun + b"".join(blocks) == whole


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_an_export_is_cut_at_its_checkpoint_whatever_is_written_since(
    client: Client, committed: str, extension: str
) -> None:
    fill()
    seal()
    head = log.newest_head()
    assert head is not None
    before = read(client, extension)
    services.open_account(code="86.later", name="позже")
    post("Позже", day="2026-05-02")
    assert read(client, extension) == before  # not sealed yet
    seal()

    answer = client.get(f"{AT}.{extension}", {"checkpoint": head.size})

    assert b"".join(answer.streaming_content) == before  # type: ignore[attr-defined]
    assert read(client, extension) != before
    assert answer["X-Checkpoint-Size"] == str(head.size)
    assert b64decode(answer["X-Checkpoint-Root"]) == head.root
    assert answer["Content-Disposition"] == f'attachment; filename="penza-books-{head.size}.{extension}"'
    address = answer["Link"].removeprefix("<").removesuffix('>; rel="describedby"')
    assert client.get(address).content.decode() == head.note
    assert answer["Cache-Control"] == "no-store"


def test_what_streams_is_not_packed_by_the_site(client: Client, books: int) -> None:
    answer = client.get(f"{AT}.csv", headers={"accept-encoding": "gzip"})

    assert b"".join(answer.streaming_content).startswith(BOM_UTF8)  # type: ignore[attr-defined]
    assert "Content-Encoding" not in answer


def test_what_cannot_be_exported_is_refused_in_a_sentence(client: Client, committed: str) -> None:
    nothing = client.get(f"{AT}.csv")
    post("x")
    seal()
    refused = {
        f"{AT}.xlsx": "extension",
        f"{AT}.csv?since=2026-05-02&until=2026-05-01": "until",
        f"{AT}.csv?since=yesterday": "since",
        f"{AT}.csv?checkpoint=2": "checkpoint",
        f"{AT}.csv?checkpoint=0": "checkpoint",
        f"{AT}.csv?checkpoint={2**63}": "checkpoint",
    }

    assert (nothing.status_code, nothing.json()["detail"]) == (
        404, "Сверок ещё не было: первая появится после первой записи.",
    )  # fmt: skip
    for address, field in refused.items():
        answer = client.get(address, headers={"accept": "text/html"})
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json"), address
        assert list(answer.json()["errors"]) == [field]
    upside_down = client.get(f"{AT}.csv?since=2026-05-02&until=2026-05-01").json()
    assert upside_down["errors"] == {"until": ["Период кончается раньше, чем начинается."]}


def test_a_look_at_the_headers_takes_no_place(client: Client, books: int) -> None:
    with places(1), connections.reading():
        answer = client.head(f"{AT}.journal", {"since": "2026-05-01"})

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["Content-Disposition"] == f'attachment; filename="penza-books-{books}-2026-05-01-now.journal"'


def test_where_all_places_are_taken_it_says_so_and_when_to_come_again(client: Client, books: int) -> None:
    with places(1), connections.reading():
        answer = client.get(f"{AT}.csv")

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer.json()["detail"] == "Все места для скачивания книг сейчас заняты. Попробуйте через минуту."
    assert read(client, "csv")


def test_downloads_are_counted_apart_from_other_calls(
    client: Client, committed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    post("x")
    seal()
    monkeypatch.setattr(ExportThrottle, "THROTTLE_RATES", {"export": "2/min", "address": "600/min"})

    answers = [client.head(f"{AT}.csv").status_code for _time in range(3)]

    assert answers == [200, 200, 429]
    assert client.get("/api/v1/ledger/accounts").status_code == 200


def test_a_lost_database_is_told_and_takes_no_place(
    client: Client, books: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "READING", "-c no_such_setting=on")  # the server refuses such a connection
    answer = client.get(f"{AT}.csv")
    monkeypatch.undo()

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "База данных" in answer.json()["detail"]
    assert connections.POOL.get_stats().get("requests_waiting", 0) == 0
    assert read(client, "csv")


def test_the_connection_may_read_and_nothing_else(committed: str) -> None:
    with connections.reading() as found, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        found.execute("SELECT open_account('51.x', 'x', 'active')")


@contextmanager
def places(count: int) -> Iterator[None]:
    """Let only so many exports run at once."""
    before = connections.POOL.max_size
    connections.POOL.resize(0, count)
    try:
        yield
    finally:
        connections.POOL.resize(0, before)


def test_an_export_that_takes_too_long_is_cut_off_and_its_connection_is_free(
    books: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "BLOCK_BYTES", 100)
    cut = cut_books(checkpoint=None, since=None, until=None)
    clock = iter([0.0, 5.0, 11.0])
    monkeypatch.setattr("fund.reports.exports.streams.time", SimpleNamespace(monotonic=lambda: next(clock)))
    with places(1):
        download = Download(FORMATS["csv"], cut, seconds=10)
        taken: list[bytes] = []
        with pytest.raises(SlowReaderError):
            taken.extend(download)
        monkeypatch.undo()
        download.close()

        assert len(taken) == 2
        with connections.reading():
            pass


def test_who_breaks_off_in_the_middle_leaves_a_free_place(
    client: Client, books: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "BLOCK_BYTES", 100)
    with places(1):
        for extension in EXTENSIONS:
            answer = client.get(f"{AT}.{extension}")
            assert next(iter(answer.streaming_content))  # type: ignore[attr-defined]
            answer.close()
            never_begun = client.get(f"{AT}.{extension}")
            never_begun.close()

        assert read(client, "csv")


def test_a_row_that_a_superuser_changed_is_seen_and_does_not_fit_the_root(
    client: Client, books: int, cluster: Cluster, committed: str
) -> None:
    before = read(client, "jsonl").splitlines()
    with cluster.connect(committed) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("UPDATE ledger_operation SET memo = 'Пожертвование' WHERE number = 4")
    after = read(client, "jsonl").splitlines()

    changed = [place for place, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    kept = LogEntry.objects.get(place=changed[0])
    assert (len(changed), kept.operation_id) == (1, 4)
    assert merkle.leaf_hash(before[changed[0]]) == bytes(kept.leaf_hash) != merkle.leaf_hash(after[changed[0]])
    assert next(row["memo"] for row in table(read(client, "csv")) if row["number"] == "4") == "Пожертвование"


def test_the_whole_books_are_read_in_the_logs_order_and_not_sorted_on_the_disk(books: int) -> None:
    cut = cut_books(checkpoint=None, since=None, until=None)
    with connections.reading() as found:
        found.execute("SELECT set_config('enable_seqscan', 'off', true)")  # a small table is read whole by itself
        found.execute(statements.IN_LOG_ORDER)
        for statement in (statements.csv(cut), statements.leaves(cut)):
            query = statement.as_string(found).partition("COPY (")[2].rpartition(") TO STDOUT")[0]
            plan = "\n".join(row[0] for row in found.execute(f"EXPLAIN {query}"))
            assert "Seq Scan" not in plan
            assert re.search(r"(?<!Incremental )Sort  \(", plan) is None
            assert "Index Scan using ledger_logentry_pkey" in plan


def test_the_command_writes_what_the_address_gives(
    client: Client, books: int, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    for extension in EXTENSIONS:
        path = tmp_path / f"books.{extension}"
        call_command("export_ledger", format=extension, output=str(path), since="2026-05-02")
        assert path.read_bytes() == read(client, extension, since="2026-05-02")
    assert sorted(found.suffix for found in tmp_path.iterdir()) == sorted(f".{name}" for name in EXTENSIONS)
    capfdbinary.readouterr()

    call_command("export_ledger", format="jsonl", checkpoint=str(books))

    written, told = capfdbinary.readouterr()
    assert written == read(client, "jsonl")
    assert f"{books} entries in the log" in told.decode()


def test_the_command_refuses_in_a_sentence(committed: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Nothing has been sealed yet"):
        call_command("export_ledger", format="csv")
    post("x")
    seal()
    for wrong, sentence in (
        ({"checkpoint": "7"}, "no signed checkpoint of 7 entries"),
        ({"since": "2026-05-02", "until": "2026-05-01"}, "until: "),
        ({"since": "вчера"}, "since: "),
        ({"output": str(tmp_path / "nowhere" / "books.csv")}, "can't be written: No such file"),
    ):
        with pytest.raises(CommandError, match=sentence):
            call_command("export_ledger", format="csv", **wrong)
    with pytest.raises(CommandError, match="invalid choice: 'xlsx'"):
        call_command("export_ledger", "--format", "xlsx")
    assert list(tmp_path.iterdir()) == []


def test_the_page_leads_to_the_file_of_the_chosen_period(client: Client, books: int) -> None:
    plain = client.get("/ledger/export/")
    chosen = client.get("/ledger/export/?since=2026-05-01&until=&format=journal")
    whole = client.get("/en/ledger/export/?since=&until=&format=csv")
    upside_down = client.get("/ledger/export/?since=2026-05-02&until=2026-05-01&format=csv")
    unknown = client.get("/ledger/export/?format=xlsx")

    assert f"{books} запис" in plain.content.decode()
    for column in COLUMNS:
        assert column in plain.content.decode()
    assert (chosen.status_code, chosen["Location"]) == (302, f"{AT}.journal?since=2026-05-01")
    assert whole["Location"] == f"{AT}.csv"
    assert (upside_down.status_code, unknown.status_code) == (422, 422)
    assert "Период кончается раньше, чем начинается." in upside_down.content.decode()
    assert "Такого формата нет." in unknown.content.decode()
    assert '<a href="/ledger/export/">' in client.get("/ledger/").content.decode()


def test_the_page_says_that_nothing_is_sealed_yet(client: Client, committed: str) -> None:
    page = client.get("/ledger/export/").content.decode()

    assert "Сверок ещё не было" in page
    assert 'name="format"' not in page
