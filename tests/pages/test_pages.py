"""Lists ask the same number of questions, however long they are; bad addresses are answered clearly."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, cast

import pytest
from django.core.cache import cache

from communities.models import Community, CommunityLink
from communities.seed import CommunitySeed
from communities.services import load_communities
from config.wsgi import PlainCharset
from fund.ledger import services as ledger
from fund.ledger.models import Operation
from fund.money import Kopecks
from tests import make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def gifts(count: int) -> None:
    for number in range(count):
        ledger.post_event(
            event="gift",
            subject="fund",
            amounts={"gross": Kopecks(100)},
            key=f"k{number}",
            business_date=date(2026, 5, 1 + number),
            reference=f"{number}",
        )


def communities(count: int) -> None:
    load_communities(
        seeds=[
            CommunitySeed(f"c-{number}", f"Ёлка {number}", 1, 5, ("https://vk.com/c",), "", is_uncertain=False)
            for number in range(count)
        ]
    )


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/projects/", 4),
        ("/api/v1/campaigns", 4),
        ("/communities/", 3),
        ("/ledger/", 7),
        ("/ledger/?subject=fund&since=2026-05-01&until=2026-06-01", 7),
        ("/ledger/?amount=1&subject=fund", 10),
        ("/ledger/accounts/", 2),
        ("/api/v1/ledger/operations", 5),
        ("/api/v1/ledger/accounts", 1),
    ],
)
def test_a_list_costs_the_same_however_long(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str, queries: int, count: int
) -> None:
    gifts(count)
    communities(count)
    for number in range(count):
        make.campaign(f"sad-{number}")
    cache.clear()

    with django_assert_num_queries(queries):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/projects/sad/", 19),
        ("/api/v1/campaigns/sad", 7),
        ("/projects/sad/give/", 1),
        ("/communities/c-0/", 2),
        ("/ledger/operations/{number}/", 6),
        ("/api/v1/ledger/operations/{number}", 4),
        ("/legal/offer/", 1),
        ("/gifts/{token}/", 6),
        ("/gifts/{token}/state/", 6),
        ("/api/v1/donations/{token}", 2),
        ("/gifts/back/{reference}/", 2),
    ],
)
def test_a_page_costs_the_same_however_much_it_shows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str, queries: int, count: int
) -> None:
    communities(count)
    CommunityLink.objects.bulk_create(
        CommunityLink(community=Community.objects.get(slug="c-0"), position=place, url="https://vk.com/c")
        for place in range(10, 10 + count)
    )
    campaign = make.campaign()
    gift = [make.paid_donation(campaign, number=number) for number in range(count)][-1]
    assert gift.payment.operation is not None
    found = {"number": gift.payment.operation.number, "token": gift.token, "reference": gift.payment.reference}
    cache.clear()

    with django_assert_num_queries(queries):
        assert client.get(path.format(**found)).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ledger/?subject=%00", 422),
        ("/ledger/?since=2026-02-30", 422),
        ("/ledger/?since=2026-02-02&until=2026-01-01", 422),
        ("/ledger/?number=99999999999999999999", 422),
        ("/ledger/?before=x", 422),
        ("/ledger/?number=5", 200),
        ("/ledger/accounts/?after=%00", 200),
        ("/ledger/operations/99999999999999999999999/", 404),
        ("/ledger/operations/77/", 404),
        ("/projects/?page=999", 200),
        ("/projects/nowhere/", 404),
        ("/communities/?q=%00&page=-1", 200),
        ("/communities/?q=" + "x" * 3000, 200),
        ("/communities/nowhere/", 404),
        ("/legal/nothing/", 404),
        ("/gifts/%00/", 404),
        ("/gifts/%00/state/", 404),
        ("/gifts/%00/receipt.pdf", 404),
        ("/api/v1/donations/%00", 404),
        ("/api/v1/campaigns?cursor=x", 400),
        ("/api/v1/campaigns?cursor=99999999999999999999", 400),
        ("/api/v1/ledger/operations?since=x", 400),
        ("/api/v1/ledger/operations/77", 404),
        ("/api/v1/donations/none", 404),
        ("/api/v1/nowhere", 404),
    ],
)
def test_a_bad_address_is_answered_clearly(client: Client, path: str, status: int) -> None:
    answer = client.get(path)

    assert answer.status_code == status
    if path.startswith("/api/"):
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_books_are_paged_both_ways(client: Client) -> None:
    for number in range(60):
        ledger.post_event(
            event="gift",
            subject="fund",
            amounts={"gross": Kopecks(1)},
            key=f"p{number}",
            business_date=date(2026, 1, 1),
        )

    def numbers(query: str) -> list[int]:
        return [row.number for row in client.get(f"/ledger/{query}").context["rows"]]

    first = numbers("")
    second = numbers(f"?before={first[-1]}")
    third = numbers(f"?before={second[-1]}")
    assert first + second + third == sorted(first + second + third, reverse=True)
    assert (len(first), len(second), len(third)) == (25, 25, 10)
    assert numbers(f"?after={second[0]}") == first
    assert client.get(f"/ledger/?before={third[-1]}").context["rows"] == []


@pytest.mark.parametrize(("query", "count"), [("ЕЛКА", 3), ("ёлка 1", 1), ("vk.com", 3), ("берёза", 0), ("", 3)])
def test_the_directory_is_searched_as_people_write(client: Client, query: str, count: int) -> None:
    communities(3)
    page = client.get("/communities/", {"q": query})

    assert page.context["count"] == count
    assert ("Ничего не нашлось" in page.content.decode()) == (count == 0)


def test_an_empty_site_says_so(client: Client) -> None:
    assert "Проектов пока нет" in client.get("/projects/").content.decode()
    assert Community.objects.count() == 0


def test_every_answer_carries_the_policy(client: Client) -> None:
    policy = client.get("/projects/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_an_operation_is_shown_in_plain_words_and_as_an_accountant_writes_it(client: Client) -> None:
    gifts(1)
    number = Operation.objects.get().number
    page = client.get(f"/ledger/operations/{number}/").content.decode()

    assert "Даритель заплатил через ЮKassa" in page
    assert "57.yookassa" in page
    assert "86.fund" in page


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("put", "/projects/", 405, "Здесь так сделать нельзя"),
        ("get", "/payments/yookassa/notifications/", 405, "Здесь так"),
    ],
)
def test_a_wrong_method_is_answered_in_words(client: Client, method: str, path: str, status: int, words: str) -> None:
    answer = getattr(client, method)(path)

    assert (answer.status_code, words in answer.content.decode()) == (status, True)
    assert answer.headers["Allow"]


@pytest.mark.parametrize(
    ("charset", "kept"), [("zlib", ""), ("rot13", ""), ("\x00", ""), ("cp1251", "; charset=cp1251")]
)
def test_a_charset_that_is_none_reaches_no_page(charset: str, kept: str) -> None:
    seen = []

    def inner(environ: dict[str, Any], _start: Any) -> list[bytes]:
        seen.append(environ["CONTENT_TYPE"])
        return []

    PlainCharset(inner)({"CONTENT_TYPE": f"text/plain; charset={charset}"}, cast("Any", None))
    assert seen == [f"text/plain{kept}"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("[" * 100_000, 400),
        ("{", 400),
        (b"\xff", 400),
        ("[]", 400),
        ('{"a":' * 5000, 400),
        ('"' + "x" * 300_000 + '"', 413),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem_in_words(client: Client, body: str, status: int) -> None:
    headers = {"idempotency-key": "k"}
    answer = client.post("/api/v1/donations", body, content_type="application/json", headers=headers)

    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_form_too_large_is_answered_in_words(client: Client) -> None:
    make.campaign()
    answer = client.post("/projects/sad/give/", "message=" + "x" * 300_000, "application/x-www-form-urlencoded")

    assert (answer.status_code, "Запрос не читается" in answer.content.decode()) == (413, True)


def test_a_strange_host_is_answered_in_words(client: Client) -> None:
    page = client.get("/projects/", headers={"host": "evil.example"})

    assert (page.status_code, "Запрос не читается" in page.content.decode()) == (400, True)
