"""What the logs say of a request and its tasks, and what they may not say."""

from __future__ import annotations

import json
import logging
import re
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, OperationalError
from django.test import RequestFactory

from config import request_ids
from config.logs import HideSecretLinks, JsonLines
from config.middleware import route_name
from people.models import User
from tests.stack import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django.fixtures import Settings

    from tests.stack import Stack

TOKEN = "3TRsW8hd3u5Q1PCNn9sD32jlwPm_9DfaQ0Lr6l03ZWI"
SIGNED = "eyJlIjoiYUBleGFtcGxlLm9yZyJ9:1tNbCd:abcdefghijklmnopqrstuv"


@pytest.mark.parametrize("path", ["/gifts/{}/", "/gifts/{}/receipt.pdf", "/api/v1/donations/{}", "/my/{}/"])
@pytest.mark.parametrize("secret", [TOKEN, SIGNED])
def test_a_secret_link_does_not_reach_the_logs(path: str, secret: str) -> None:
    record = logging.LogRecord(
        "django.request", 40, "", 0, "%s: %s", ("Service Unavailable", path.format(secret)), None
    )

    assert HideSecretLinks().filter(record)
    assert record.getMessage() == f"Service Unavailable: {path.format('…')}"


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """Give what production would write."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    handler.addFilter(HideSecretLinks())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def read(stream: StringIO, logger: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in stream.getvalue().splitlines()]
    return [line for line in found if line["logger"] == logger]


@pytest.mark.django_db
def test_an_exception_is_told_without_the_values_of_a_row(lines: StringIO) -> None:
    User.objects.create(email="donor@example.org")
    try:
        User.objects.bulk_create([User(email="donor@example.org")])
    except IntegrityError:
        logging.getLogger("x").exception("It failed for %s", "donor@example.org")

    (line,) = read(lines, "x")
    assert line["message"] == "It failed for …@…"
    assert "duplicate key value" in line["exception"]
    assert "DETAIL: …" in line["exception"]
    assert "donor@" not in lines.getvalue()
    assert len(lines.getvalue().splitlines()) == 1


@pytest.mark.django_db
def test_a_request_is_one_line_that_names_the_route_and_not_the_path(client: Client, lines: StringIO) -> None:
    response = client.get(f"/gifts/{TOKEN}/?secret=1")

    (line,) = read(lines, "fund.access")
    assert {name: line[name] for name in ("method", "route", "status", "queries", "request_id")} == {
        "method": "GET",
        "route": "gifts:gift",
        "status": 404,
        "queries": 1,
        "request_id": response.headers["X-Request-ID"],
    }
    assert isinstance(line["ms"], int)
    assert TOKEN not in lines.getvalue()
    assert "secret" not in lines.getvalue()


@pytest.mark.parametrize("told", ["", "short", "a" * 65, "x" * 8 + "\n", "ключ-ключ", "<script>alert", "a b c d e f g"])
@pytest.mark.django_db
def test_a_name_of_another_shape_is_replaced(client: Client, settings: Settings, told: str) -> None:
    settings.TRUSTED_PROXIES = 1
    response = client.get("/healthz", headers={"x-request-id": told})

    assert re.fullmatch("[0-9a-f]{32}", response.headers["X-Request-ID"])


@pytest.mark.django_db
def test_the_name_that_our_proxy_gave_is_kept_and_a_strangers_is_not(client: Client, settings: Settings) -> None:
    told = {"x-request-id": "proxy-named-it-1"}
    settings.TRUSTED_PROXIES = 1
    kept = client.get("/legal/none/", headers=told).headers["X-Request-ID"]
    settings.TRUSTED_PROXIES = 0
    replaced = client.get("/legal/none/", headers=told).headers["X-Request-ID"]

    assert kept == "proxy-named-it-1"
    assert re.fullmatch("[0-9a-f]{32}", replaced)
    assert request_ids.current.get() == ""


@pytest.mark.django_db
@pytest.mark.parametrize(("error", "status"), [(ZeroDivisionError, 500), (OperationalError, 503)])
def test_an_error_page_shows_the_name_of_the_request(
    client: Client, monkeypatch: pytest.MonkeyPatch, lines: StringIO, error: type[Exception], status: int
) -> None:
    def fail(**_anything: object) -> None:
        raise error

    monkeypatch.setattr("pages.views.text_versions", fail)
    client.raise_request_exception = False
    page = client.get("/legal/offer/")

    name = page.headers["X-Request-ID"]
    assert page.status_code == status
    assert f'<code class="code code--whole">{name}</code>' in page.content.decode()
    assert "назовите код" in page.content.decode()
    assert [(line["status"], line["request_id"]) for line in read(lines, "fund.access")] == [(status, name)]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/campaigns/nothing"])
def test_a_problem_of_the_api_carries_the_name_of_the_request(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]


def test_what_no_route_fits_has_one_name_whatever_is_asked(client: Client) -> None:
    request = RequestFactory().get("/wp-login.php")
    request.resolver_match = None
    static = RequestFactory().get("/static/css/base.css")
    static.resolver_match = None

    assert (route_name(request), route_name(static)) == ("none", "static")


def test_browsers_are_told_what_they_may_not_do_here(client: Client) -> None:
    assert "camera=()" in client.get("/nothing").headers["Permissions-Policy"]


LINE = re.compile(r" fund\.(access|tasks) \[([^\]]+)\] (.*)")


@pytest.mark.stack
def test_a_gifts_whole_way_is_logged_under_one_name_and_without_the_person(stack: Stack) -> None:
    gift = stack.give(email="maria.logged@example.org", public_name="Мария Невидимая").json()
    stack.control.pay(stack.payment_id(gift))
    wait_until(lambda: bool(stack.gift(gift["token"])["receipt_url"]))
    log = (stack.var / "processes.log").read_text(encoding="utf-8")
    told = LINE.findall(log)
    notified = {name for kind, name, line in told if kind == "access" and line.startswith("POST payments:")}
    finished = {name for kind, name, line in told if line.startswith("campaigns.finish_receipt done")}

    assert notified & finished
    assert [word for word in ("maria.logged", "Невидимая", gift["token"]) if word in log] == []
