"""The pages and API of the trial balance, account cards and corrections, and of the search by sum."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

from fund.ledger import services
from fund.ledger.models import Checkpoint, Operation
from fund.money import Kopecks

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

MARCH = date(2026, 3, 1)
ALL = "since=&until="


def gift(kopecks: int, *, day: date = MARCH) -> Operation:
    key = f"gift:{Operation.objects.count()}"
    return services.post_event(
        event="gift", subject="fund", amounts={"gross": Kopecks(kopecks)}, key=key, business_date=day, reference="1"
    )


def reverse(operation: Operation) -> Operation:
    return services.reverse_operation(
        operation=operation, reason="duplicate", approved_by_role="treasurer", key=f"r{operation.number}",
        business_date=MARCH,
    )  # fmt: skip


def bare(text: str) -> str:
    return text.replace("\xa0", " ")


@pytest.mark.usefixtures("committed")
def test_the_trial_balance_shows_every_head_its_totals_and_the_checkpoint(client: Client) -> None:
    assert "There is nothing" not in client.get("/ledger/trial-balance/").content.decode()
    gift(1_234_50)
    services.seal_checkpoint()
    gift(5)

    page = client.get(f"/ledger/trial-balance/?{ALL}")
    text = bare(page.content.decode())

    assert [row.code for row in page.context["rows"]] == ["57", "86"]
    assert text.count("1 234,50") == 8  # in a turnover and at the end, of both heads and both totals
    assert "Дебет равен кредиту" in text
    assert f"по сверке № {Checkpoint.objects.get().pk} от" in text
    assert 'href="?since=&amp;until=&amp;head=86"' in text
    of_head = client.get(f"/ledger/trial-balance/?{ALL}&head=86")
    assert 'href="/ledger/accounts/86.fund/?since=&amp;until="' in of_head.content.decode()
    assert "Дебет равен" not in of_head.content.decode()
    assert client.get("/ledger/trial-balance/").context["period"].since.day == 1  # this month, if none is asked for


@pytest.mark.usefixtures("committed")
def test_books_out_of_balance_would_be_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    gift(100)
    services.seal_checkpoint()
    monkeypatch.setattr("fund.ledger.statements.HEADS", HALF)

    assert "Дебет не равен кредиту" in client.get(f"/ledger/trial-balance/?{ALL}").content.decode()


HALF = """
    SELECT '57', '', '', 0, 0, 100, 0 FROM (VALUES (%s::bigint, %s::date, %s::bigint, %s::date, %s)) AS asked
"""


def walk(client: Client, path: str) -> list[int]:
    """Return how many rows each page shows, following the links."""
    sizes, query = [], f"?{ALL}"
    while query:
        page = client.get(path + query)
        sizes.append(len(page.context.get("entries") or page.context["rows"]))
        query = page.context["next_url"]
    return sizes


def walk_api(client: Client, path: str) -> list[int]:
    sizes: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = client.get(f"/api/v1/ledger/{path}", {"cursor": cursor, "head": "86"}).json()
        sizes.append(len(answer["items"]))
        cursor = answer["next_cursor"]
    return sizes


@pytest.mark.usefixtures("committed")
def test_accounts_and_entries_are_paged(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACCOUNTS", "ENTRIES", "ERRATA"):
        monkeypatch.setattr(f"fund.ledger.statement_views.{name}_PAGE_SIZE", 2)
    monkeypatch.setattr("api.v1.statements.PAGE_SIZE", 2)
    for subject in ("a", "b"):
        services.open_account(code=f"86.{subject}", name=subject)
    wrong = [gift(100 + number) for number in range(3)]
    for operation in wrong:
        reverse(operation)
    services.seal_checkpoint()

    first = client.get(f"/ledger/trial-balance/?{ALL}&head=86")
    assert first.context["next_url"] == f"?{ALL}&head=86&after=86.b"
    assert len(client.get("/ledger/trial-balance/" + first.context["next_url"]).context["rows"]) == 1
    assert walk(client, "/ledger/accounts/86.fund/") == [2, 2, 2]
    assert walk(client, "/ledger/errata/") == [2, 1]
    assert (
        walk_api(client, "trial-balance"),
        walk_api(client, "accounts/86.fund/card"),
        walk_api(client, "errata"),
    ) == (
        [2, 1],
        [2, 2, 2],
        [2, 1],
    )
    second = client.get(f"/ledger/accounts/86.fund/?{ALL}&after=2-1").content.decode()
    assert "Перенос с прошлой страницы" in second
    assert "К началу карточки" in second


@pytest.mark.usefixtures("committed")
def test_an_operation_has_a_page_and_accounts_a_list_that_goes_on(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = gift(100_00)
    gone = operation.number + 1

    assert "100 ₽" in bare(client.get(f"/ledger/operations/{operation.number}/").content.decode())
    assert client.get(f"/ledger/operations/{gone}/").status_code == 404
    assert client.get(f"/ledger/operations/{2**63}/").status_code == 404

    monkeypatch.setattr("fund.ledger.views.ACCOUNTS_PAGE_SIZE", 1)
    first = client.get("/ledger/accounts/")
    (row,) = first.context["rows"]
    assert first.context["next_url"] == f"?after={row.code}"
    rest, code = [], row.code
    while code:
        page = client.get("/ledger/accounts/", {"after": code})
        rest += [row.code for row in page.context["rows"]]
        code = rest[-1] if page.context["next_url"] else ""
    assert row.code not in rest
    assert {"57.yookassa", "86.fund"} <= {row.code, *rest}


@pytest.mark.usefixtures("committed")
def test_the_api_says_the_same_as_the_pages(client: Client) -> None:
    assert client.get("/api/v1/ledger/trial-balance").json()["checkpoint"] is None
    operation = gift(500)
    correction = reverse(operation)
    gift(300)
    checkpoint = services.seal_checkpoint()

    balance = client.get("/api/v1/ledger/trial-balance").json()
    card = client.get("/api/v1/ledger/accounts/57.yookassa/card?since=2026-03-01").json()
    errata = client.get("/api/v1/ledger/errata").json()

    sums = ("opening_debit", "opening_credit", "turnover_debit", "turnover_credit", "closing_debit", "closing_credit")
    assert [balance["totals"][f"{name}_kopecks"] for name in sums] == [0, 0, 1300, 1300, 300, 300]
    assert (balance["checkpoint"], balance["since"], balance["until"]) == (checkpoint, None, None)
    assert (card["checkpoint"], card["since"], card["account"]["closing_debit_kopecks"]) == (
        checkpoint,
        "2026-03-01",
        300,
    )
    names = ("number", "debit_kopecks", "credit_kopecks", "balance_kopecks")
    assert [[one[name] for name in names] for one in card["items"]] == [
        [1, 500, 0, 500],
        [2, 0, 500, 0],
        [3, 300, 0, 300],
    ]
    (erratum,) = errata["items"]
    assert (erratum["wrong_number"], erratum["correction"]["number"], erratum["approver"], erratum["reason"]) == (
        operation.number, correction.number, "казначей", "запись повторяет другую",
    )  # fmt: skip


@pytest.mark.usefixtures("committed")
def test_corrections_are_told_with_reason_and_role(client: Client) -> None:
    assert "Исправлений нет" in client.get("/ledger/errata/").content.decode()
    wrong = gift(1_250_50)
    reverse(wrong)

    text = bare(client.get("/ledger/errata/").content.decode())

    for words in ("запись повторяет другую", "казначей", "1 250,50 ₽", f'href="/ledger/operations/{wrong.number}/"'):
        assert words in text


@pytest.mark.django_db
def test_entries_are_found_by_the_sum_as_people_type_it(client: Client) -> None:
    found = gift(1_250_50)
    gift(1_250_00)

    for typed in ("1 250,50", "1250.5", "1250,50 ₽"):
        assert [row.number for row in client.get("/ledger/", {"amount": typed}).context["rows"]] == [found.number]
        answer = client.get("/api/v1/ledger/operations", {"amount": typed}).json()
        assert [row["number"] for row in answer["items"]] == [found.number]
    refused = client.get("/ledger/", {"amount": "много"})
    assert refused.status_code == 422
    assert "Напишите сумму в рублях" in refused.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/ledger/trial-balance/?since=2026-02-02&until=2026-01-01", 422, "Период кончается раньше, чем начинается."),
        ("/ledger/trial-balance/?since=x", 422, ""),
        ("/ledger/trial-balance/?head=x", 422, ""),
        ("/ledger/trial-balance/?head=02", 404, "В плане счетов нет счёта с этими двумя цифрами."),
        ("/ledger/trial-balance/?since=0001-01-01&until=9999-12-31&head=86&after=%00", 422, ""),
        ("/ledger/trial-balance/?since=0001-01-01&until=9999-12-31", 200, ""),
        ("/ledger/accounts/86.nobody/", 404, "В книгах нет счёта с таким кодом."),
        ("/ledger/accounts/%00/", 404, "В книгах нет счёта с таким кодом."),
        ("/ledger/accounts/" + "8" * 90 + "/", 404, "В книгах нет счёта с таким кодом."),
        ("/ledger/accounts/86.fund/?since=2026-02-02&until=2026-01-01", 422, "Период кончается раньше"),
        ("/ledger/accounts/86.fund/?after=1", 422, ""),
        ("/ledger/accounts/86.fund/?after=999-1", 404, "После этой записи карточка не продолжается"),
        ("/ledger/accounts/86.fund/?since=0001-01-01&until=9999-12-31", 200, ""),
        ("/ledger/accounts/51/", 200, "В этом периоде по счёту не было движений."),
        ("/ledger/errata/?before=x", 422, ""),
        ("/api/v1/ledger/trial-balance?since=2026-02-02&until=2026-01-01", 400, "Период кончается раньше"),
        ("/api/v1/ledger/trial-balance?head=02", 404, "В плане счетов нет"),
        ("/api/v1/ledger/accounts/86.nobody/card", 404, "В книгах нет счёта"),
        ("/api/v1/ledger/accounts/86.fund/card?cursor=999-1", 400, ""),
        ("/api/v1/ledger/accounts/86.fund/card?cursor=x", 400, ""),
        ("/api/v1/ledger/errata?cursor=x", 400, ""),
    ],
)
def test_a_bad_question_is_answered_with_a_sentence(client: Client, path: str, status: int, sentence: str) -> None:
    answer = client.get(path)

    assert answer.status_code == status
    assert sentence in bare(answer.content.decode())
    if path.startswith("/api/"):
        assert answer.headers["Content-Type"] == ("application/problem+json" if status > 200 else "application/json")


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [  # of a page one tells whether a kept one is still right
        (f"/ledger/trial-balance/?{ALL}", 3),
        (f"/ledger/trial-balance/?{ALL}&head=86", 4),
        (f"/ledger/accounts/86.fund/?{ALL}", 6),
        (f"/ledger/accounts/86.fund/?{ALL}&after=1-1", 9),
        ("/ledger/errata/", 5),
        ("/api/v1/ledger/accounts/86.fund/card", 5),
        ("/api/v1/ledger/errata", 4),
    ],
)
def test_a_statement_costs_the_same_however_long(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str, queries: int, count: int
) -> None:
    for number in range(count):
        services.open_account(code=f"86.c{number}", name="x")
        reverse(gift(100 + number, day=date(2026, 3, 1 + number)))
    services.seal_checkpoint()
    cache.clear()

    with django_assert_num_queries(queries):
        assert client.get(path).status_code == 200
