"""A new release while people give: web servers and worker end what they do, and nothing is lost or done twice."""

from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import requests

from config.embedded import ports
from tests.stack import BODY, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack import Stack

pytestmark = pytest.mark.stack
DONORS = 3


class Balancer:
    """What deploy/nginx/nginx.conf does with two web servers: it asks the other where one can't be reached.

    «Can't be reached» is nginx's ``error``: refused, or closed before it answered. An answer, whatever it says, counts.
    """

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """Ask one, then the other."""
        first, second = self.addresses
        self.addresses = [second, first]
        try:
            return requests.request(method, first + path, timeout=60, **options)
        except requests.ConnectionError:
            return requests.request(method, second + path, timeout=60, **options)


class Donors:
    """People who give, pay and look around until they are told to stop."""

    def __init__(self, stack: Stack, site: Balancer) -> None:
        self.stack, self.site = stack, site
        self.gifts: list[dict[str, Any]] = []
        self.refusals: list[str] = []
        self.is_over = threading.Event()

    def give(self) -> None:
        """Give again and again."""
        while not self.is_over.is_set():
            body = BODY | {"email": f"{uuid4().hex}@example.org"}
            answer = self.site.ask("POST", "/api/v1/donations", json=body, headers={"Idempotency-Key": str(uuid4())})
            page = self.site.ask("GET", "/projects/")
            for found in (answer, page):
                if not found.ok:
                    self.refusals.append(f"{found.status_code} {found.text[:200]}")
            if answer.ok:
                self.gifts.append(answer.json())
                self._pay(answer.json())
            time.sleep(1)

    def _pay(self, gift: dict[str, Any]) -> None:
        if gift["confirmation_url"]:
            self.stack.control.pay(str(gift["confirmation_url"]).split("orderId=")[1])


@pytest.fixture
def second_port(stack: Stack) -> Iterator[int]:
    """Run a second web server of the same fund."""
    port = ports.free_pair()
    command = [part.replace(f":{stack.port}", f":{port}") for part in stack.commands["web"]]
    stack.commands["web2"] = ["env", f"METRICS_DIR={stack.var}/run/metrics-second", *command]
    stack.start("web2")
    wait_until(lambda: _answers(port))
    yield port
    if "web2" in stack.running:
        stack.kill("web2")
    del stack.commands["web2"]


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/projects/", timeout=5).ok
    except requests.RequestException:
        return False


def restart(stack: Stack, name: str) -> None:
    """Ask a process to end, as Docker does, and start the next one."""
    process = stack.running.pop(name)
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)
    stack.start(name)


def test_web_and_worker_are_restarted_while_people_give_and_nothing_is_lost(stack: Stack, second_port: int) -> None:
    donors = Donors(stack, Balancer(stack.url, f"http://127.0.0.1:{second_port}"))
    with ThreadPoolExecutor(DONORS) as pool:
        giving = [pool.submit(donors.give) for _ in range(DONORS)]
        try:
            for name, port in 2 * (("web", stack.port), ("web2", second_port)):
                restart(stack, name)
                restart(stack, "worker")
                wait_until(lambda port=port: _answers(port))  # type: ignore[misc]
        finally:
            donors.is_over.set()
        assert [one.result() for one in giving] == [None] * DONORS

    assert donors.refusals == []
    assert len(donors.gifts) > 2 * DONORS
    for gift in donors.gifts:
        if not gift["confirmation_url"]:  # the request ended before ЮKassa answered; the sweep asked once more
            stack.control.pay(stack.payment_id(gift))
    for gift in donors.gifts:
        stack.wait_for(gift["token"], status="succeeded")
        assert stack.booked(gift) == [("gift", 500_00)]
    tokens = [gift["token"] for gift in donors.gifts]
    wait_until(lambda: letters(stack, tokens) == [(1, 1)] * len(tokens))


def letters(stack: Stack, tokens: list[str]) -> list[tuple[int, int]]:
    """Return how many letters each gift has, and how many of them were sent."""
    with stack.connect() as connection:
        rows = connection.execute(
            "SELECT count(l.id), count(l.sent_at) FROM campaigns_donation d LEFT JOIN people_letter l"
            " ON l.donor_id = d.donor_id WHERE d.token = ANY(%s) GROUP BY d.id",
            [tokens],
        ).fetchall()
    return [(int(queued), int(sent)) for queued, sent in rows]
