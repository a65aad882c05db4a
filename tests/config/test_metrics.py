"""What Prometheus may ask, and that asking is cheap and right across processes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import requests
from django.core.management import call_command
from django.db import connection

from config import gauges
from fund.ledger import services
from fund.money import Kopecks
from fund.payments.models import Alarm, Payment
from fund.payments.services import raise_alarm
from tests import make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import Settings

    from config.embedded.postgres import Cluster
    from tests.stack import Stack

TOKEN = "a-token-that-nobody-guesses"


@pytest.fixture(autouse=True)
def _token(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN


def ask(client: Client, token: str = TOKEN) -> dict[str, float]:
    """Return each line of the answer."""
    answer = client.get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    return parsed(answer.content.decode())


def parsed(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _gap, value in (line.rpartition(" ") for line in lines)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "told", ["", "Bearer", "Bearer ", "Bearer wrong", TOKEN, f"bearer {TOKEN}", f"Bearer {TOKEN}x"]
)
def test_who_does_not_know_the_token_finds_no_such_page(client: Client, told: str) -> None:
    answer = client.get("/metrics", headers={"authorization": told})

    assert answer.status_code == 404
    assert b"fund_" not in answer.content


@pytest.mark.django_db
def test_without_a_token_nobody_finds_it(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
def test_an_empty_fund_tells_noughts(client: Client) -> None:
    told = ask(client)

    assert told["fund_database_up"] == told["fund_redis_up"] == 1
    assert told['fund_payments{state="creating"}'] == 0
    assert told['fund_open_alarms{kind="mismatch"}'] == 0
    assert told["fund_reconciler_lag_seconds"] == told["fund_sealing_lag_seconds"] == told["fund_letters_waiting"] == 0
    assert told['fund_queue_tasks{state="waiting"}'] == 0


@pytest.mark.usefixtures("committed")
def test_it_tells_what_waits_and_for_how_long(client: Client) -> None:
    now = datetime.now(UTC)  # the database's own clock tells the ages
    operation = services.post_event(
        event="gift", subject="fund", amounts={"gross": Kopecks(100)}, key="k", business_date=now.date()
    )
    make.payment(next_check_at=now - timedelta(seconds=90))
    make.payment(state=Payment.State.PENDING, yookassa_id="p", next_check_at=now + timedelta(hours=1))
    make.payment(state=Payment.State.SUCCEEDED, yookassa_id="s", operation=operation)
    raise_alarm(kind=Alarm.Kind.MISMATCH, subject="payment:1", now=now)
    told = ask(client)

    assert [told[f'fund_payments{{state="{state}"}}'] for state in ("creating", "pending")] == [1, 1]
    assert told['fund_payments_newest{state="succeeded"}'] == 1
    assert told['fund_open_alarms{kind="mismatch"}'] == 1
    assert 90 <= told["fund_reconciler_lag_seconds"] < 120
    assert told["fund_unsealed_operations"] == 1
    assert 0 < told["fund_sealing_lag_seconds"] < 30
    call_command("seal_books")
    assert ask(client)["fund_unsealed_operations"] == 0


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_its_queries_are_as_many_however_much_there_is(
    client: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        make.payment()

    with django_assert_num_queries(len(gauges.GAUGES) + 1):
        ask(client)


MANY = (
    "INSERT INTO payments_payment (reference, idempotence_key, amount_kopecks, cancel_reason, created_at, attempts,"
    " purpose, description, return_url, state, confirmation_url, method, booked_event, booked_subject,"
    " booked_reference) SELECT gen_random_uuid(), gen_random_uuid(), 100, 'x', now(), 1, 'donation', 'x', 'x',"
    " 'canceled', '', '', '', '', '' FROM generate_series(1, 100000)"
)


def test_no_query_reads_the_payments_from_end_to_end(committed: str, cluster: Cluster) -> None:
    with cluster.connect(committed) as superuser:
        superuser.execute(MANY)
        superuser.execute("ANALYZE payments_payment")
        plans = [
            row[0]
            for gauge in gauges.GAUGES
            for row in superuser.execute(f"EXPLAIN {gauge.query}".encode()).fetchall()  # as it is
        ]

    assert [line for line in plans if "Seq Scan on payments_payment" in line] == []
    assert len([line for line in plans if "Index" in line and " on payments_payment " in line]) == 4


@pytest.mark.usefixtures("committed")
def test_a_database_or_redis_that_is_away_is_told_as_such(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    connection.close()
    connection.settings_dict["NAME"] = "nowhere"
    told = ask(client)

    assert (told["fund_database_up"], told["fund_redis_up"]) == (0, 0)
    assert "fund_unsealed_operations" not in told


@pytest.mark.stack
def test_every_process_of_the_web_server_tells_the_sum_of_all(stack: Stack) -> None:
    token = (stack.var / "secrets" / "metrics").read_text(encoding="ascii").strip()
    series = 'fund_http_request_seconds_count{method="GET",route="pages:legal",status="404"}'

    def count() -> float:
        answer = requests.get(f"{stack.url}/metrics", headers={"Authorization": f"Bearer {token}"}, timeout=10)
        return parsed(answer.text).get(series, 0)

    before = count()
    for _ in range(30):
        requests.get(f"{stack.url}/legal/nothing/", timeout=10)
    told = {count() - before for _ in range(20)}

    assert told == {30}
    files = (stack.var / "run" / f"metrics-{stack.port}").glob("histogram_*.db")
    assert len({re.split(r"[_.]", path.name)[1] for path in files}) >= 2  # both processes of this web server took part
