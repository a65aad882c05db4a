"""The books as files: whole or a period, cut at a signed checkpoint, in bounded memory and time."""

from __future__ import annotations

import csv
import json
from base64 import b64decode
from codecs import BOM_UTF8
from contextlib import contextmanager
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from api.throttles import ExportThrottle
from fund.ledger import log, merkle, notes, sealing, services
from fund.ledger.chart import events
from fund.ledger.models import LogEntry, Operation, Posting
from fund.money import Kopecks
from fund.reports.exports import connections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

AT = "/api/v1/ledger/export"
EXTENSIONS = ["csv", "jsonl", "journal", "beancount"]
FORMULAS = ("=1+1", "+7", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1")
AWKWARD = (
    '«Ёлка»; "в кавычках" \\ и | ещё',
    'a;b,c"d\ne\\n',
    " (начало) ! * ",
    "type:X, дата:2026",
    "\x01\x02\x1f",
    "'",
)
COLUMNS = [
    "place", "number", "business_date", "posted_at_moscow", "kind", "subject", "memo", "line", "debit", "debit_name",
    "credit", "credit_name", "amount_kopecks", "amount_roubles", "reverses",
]  # fmt: skip


def seal() -> int:
    return sealing.seal_books(key=notes.read_signing_key(settings.LOG_SIGNING_KEY))


def post(memo: str, *, kind: str = "gift", subject: str = "fund", day: str = "2026-05-20", kopecks: int = 1_05) -> int:
    """Write as the site's role may, past the services that know their words."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT post_operation(%s, %s, %s, %s, %s, NULL, '{}', '{57.yookassa}', '{86.fund}',"
            " ARRAY[%s]::bigint[], '{}')",
            [kind, subject, day, memo, f"{kind}:{memo}:{day}", kopecks],
        )
        return int(cursor.fetchone()[0])


def open_accounts() -> None:
    for head in ("20", "76", "86"):
        services.open_account(code=f"{head}.sad-2027", name='Сад «У Суры»: "type:X", 2027; №1')
        services.open_account(code=f"{head}.2027", name="двор")


def fill() -> None:
    """Write every kind of event on several days, reversals, and words that each format must bear."""
    open_accounts()
    write_events()
    for memo in AWKWARD:
        post(memo)
    for operation in list(Operation.objects.order_by("number")[3:6]):
        services.reverse_operation(
            operation=operation, reason="duplicate", approved_by_role="treasurer", key=f"r:{operation}",
            business_date=date(2026, 6, 1),
        )  # fmt: skip
    for kind in ("project_costs_covered", "general_costs_covered"):
        event(kind, "sad-2027", "2026-06-02", {"gross": 11})
    assert {*Operation.objects.values_list("kind", flat=True)} == {*events(), services.REVERSAL}


def write_events() -> None:
    for subject in ("sad-2027", "2027", "fund"):
        event("bank_gift", subject, "2026-04-30", {"gross": 90_000_00}, reference="Я-1/2")
    plain = [(kind, found) for kind, found in sorted(events().items()) if not found.guards]
    for place, (kind, found) in enumerate(plain):
        amounts = {line.amount: 1_000_00 + 7 * place + at for at, line in enumerate(found.lines)}
        for subject in ("sad-2027", "2027"):
            event(kind, subject, f"2026-05-0{1 + place % 3}", amounts, reference=f"{place:06}")


def event(kind: str, subject: str, day: str, amounts: dict[str, int], *, reference: str = "") -> None:
    kopecks = {name: Kopecks(amount) for name, amount in amounts.items()}
    services.post_event(
        event=kind, subject=subject, amounts=kopecks, key=f"{kind}:{subject}:{day}",
        business_date=date.fromisoformat(day), reference=reference,
    )  # fmt: skip


@pytest.fixture
def books(committed: str) -> int:
    """Give books with all kinds of entries, sealed; their number."""
    fill()
    seal()
    return Operation.objects.count()


def read(client: Client, extension: str, **asked: Any) -> bytes:
    answer = client.get(f"{AT}.{extension}", asked)
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


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

    answers = [client.get(f"{AT}.csv").status_code for _time in range(3)]

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
