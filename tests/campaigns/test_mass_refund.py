"""Gifts of a missed campaign go back, and whoever does it dies ten times on the way.

Two hundred here, five thousand with `make mass-refund`: as many deaths, as many rules.

The emulator runs in this process, behind the SDK's own HTTP session; the database is real. A death is thrown at a
random statement, whatever came before it: a commit, a call to ЮKassa, half a transaction.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from django.conf import settings
from django.db import connection, connections, transaction
from requests.adapters import BaseAdapter
from yookassa.client import ApiClient

from campaigns.funding import deciding, returning
from campaigns.models import Campaign, Donation
from emulator import api
from emulator.app import Emulator
from emulator.errors import ApiError
from emulator.money import amount_of
from emulator.settings import Settings
from emulator.store import stamp
from fund.ledger.audit import audit
from fund.ledger.selectors import balances_kopecks
from fund.ledger.services import post_event
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.models import Payment, Refund
from people.models import Donor, Letter
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("committed")
GIFTS, DEATHS, SEED = int(os.environ.get("MASS_REFUND_GIFTS", "200")), 10, 582
EACH, ROUND = 100_00, 250
KEPT, REFUSED = 10, 50  # each tenth donor chose the fund; each fiftieth payment can't be refunded by ЮKassa
END = make.NOW + timedelta(hours=2)
AFTER = END + timedelta(minutes=1)


class Died(BaseException):
    """The worker is gone: nothing catches this."""


class InProcess(BaseAdapter):
    """ЮKassa without a wire: what the SDK sends is answered by the emulator's own code."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__()
        self.emulator = emulator

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:  # type: ignore[override]
        address = urlsplit(str(request.url))
        headers = {name.lower(): str(value) for name, value in request.headers.items()}
        body = request.body or b""
        answer = requests.Response()
        try:
            found = api.answer(
                self.emulator, str(request.method), address.path, dict(parse_qsl(address.query)), headers,
                body if isinstance(body, bytes) else body.encode(),
            )  # fmt: skip
            answer.status_code = 200
        except ApiError as error:
            found, answer.status_code = error.body(), error.status
        answer._content = json.dumps(found).encode()
        return answer

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def yookassa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    shop = settings.YOOKASSA
    emulator = Emulator(
        Settings("", 0, tmp_path / "yookassa.sqlite", "http://x", "http://x", shop.shop_id, shop.secret_key, "x" * 24)
    )

    def session(_client: ApiClient) -> requests.Session:
        made = requests.Session()
        made.mount(shop.api_url, InProcess(emulator))
        return made

    monkeypatch.setattr(ApiClient, "get_session", session)
    return emulator


@transaction.atomic
def paid_gifts(campaign: Campaign, emulator: Emulator) -> None:
    """Write gifts down as they stand when they are paid and booked."""
    rows, donors = [], []
    for number in range(GIFTS):
        operation = post_event(
            event="gift_until_goal", subject=campaign.slug, amounts={"gross": Kopecks(EACH)}, key=f"paid:{number}",
            business_date=make.NOW.date(), reference=f"{number:06}",
        )  # fmt: skip
        rows.append(
            Payment(
                purpose="donation",
                amount_kopecks=EACH,
                description="x",
                return_url="x",
                created_at=make.NOW,
                state=Payment.State.SUCCEEDED,
                yookassa_id=f"paid{number:032}",
                operation=operation,
                settled_at=make.NOW,
                booked_event="gift_until_goal",
                booked_subject=campaign.slug,
                booked_reference=f"{number:06}",
                income_kopecks=EACH,
            )
        )
        donors.append(Donor(email=f"paid{number}@example.org", created_at=make.NOW))
    Payment.objects.bulk_create(rows)
    Donor.objects.bulk_create(donors)
    Donation.objects.bulk_create(
        Donation(
            campaign=campaign, payment=rows[number], donor=donors[number], amount_kopecks=EACH,
            token=f"paid{number:039}", request_key=f"paid:{number}", request_sha256="0" * 64, created_at=make.NOW,
            is_kept_if_late=number % KEPT == 0,
        )
        for number in range(GIFTS)
    )  # fmt: skip
    with emulator.store.transaction():
        for number in range(GIFTS):
            if number % REFUSED != 1:
                emulator.store.add("payment", at_yookassa(number, emulator))


def at_yookassa(number: int, emulator: Emulator) -> dict[str, Any]:
    return {
        "id": f"paid{number:032}", "status": "succeeded", "paid": True, "amount": amount_of(EACH),
        "created_at": stamp(emulator.store.now()), "metadata": {}, "refundable": True, "test": True,
        "recipient": {"account_id": settings.YOOKASSA.shop_id}, "payment_method": {"type": "bank_card"},
    }  # fmt: skip


def work(campaign: Campaign) -> None:
    """Do what beat and worker do, until nothing is left to do."""
    for _round in range(3 * GIFTS // ROUND):
        begun = returning.return_gifts(campaign_id=campaign.pk, limit=ROUND, now=AFTER)
        waiting = Refund.objects.unfinished().order_by("pk").values_list("pk", flat=True)
        for refund_id in list(waiting):
            payments.open_refund(refund_id=refund_id, now=AFTER)
        if not begun and not Refund.objects.unfinished().exists():
            return
    pytest.fail("it does not come to its end")


def until_it_dies(do: Callable[[], None], statements: int) -> bool:
    """Do something as a process that dies at a statement; return whether it came to its end before."""
    left = statements

    def die(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise Died
        return execute(*arguments)

    try:
        with connection.execute_wrapper(die):
            do()
    except Died:
        connections.close_all()  # as the end of a process does: what was not committed is gone
        return False
    return True


def check(campaign: Campaign, emulator: Emulator) -> None:
    """Hold the books, the gifts and ЮKassa's list against each other, at any moment."""
    assert audit().fault == ""
    states = Counter(Refund.objects.values_list("state", flat=True))
    kept = Payment.objects.filter(booked_subject="fund").count()
    settled = states["succeeded"] + states["refused"] + kept
    held = balances_kopecks(codes=["76.sad", "86.fund", "76.debts", "57.yookassa"])
    assert held["76.sad"] == (GIFTS - settled) * EACH
    assert held["86.fund"] == kept * EACH
    assert held["76.debts"] == states["refused"] * EACH
    assert held["57.yookassa"] == (GIFTS - states["succeeded"]) * EACH
    sent = Counter(doc["payment_id"] for _place, doc in emulator.store.select("refund"))
    assert set(sent.values()) <= {1}, "ЮKassa paid a gift twice"
    assert states["succeeded"] <= len(sent) <= states["succeeded"] + 1, "the last answer may be lost"
    found = returning.progress(campaign=campaign)
    assert (found.gifts, found.returned, found.kept_by_fund, found.owed) == (
        GIFTS, states["succeeded"], kept, states["refused"],
    )  # fmt: skip


def test_gifts_go_back_exactly_though_the_worker_dies_ten_times(yookassa: Emulator) -> None:
    sad = make.campaign(
        closes_at=END, funding="all_or_nothing", minimum_kopecks=GIFTS * EACH + 1, goal_kopecks=GIFTS * EACH + 1
    )
    paid_gifts(sad, yookassa)
    assert deciding.decide_campaign(campaign_id=sad.pk, now=AFTER)
    make.seal()
    chance, deaths = random.Random(SEED), 0
    while deaths < DEATHS:
        assert not until_it_dies(lambda: work(sad), chance.randrange(50, 20 * GIFTS // DEATHS))
        deaths += 1
        check(sad, yookassa)
    work(sad)
    check(sad, yookassa)

    kept, refused = GIFTS // KEPT, GIFTS // REFUSED
    assert Counter(Refund.objects.values_list("state", flat=True)) == {
        "succeeded": GIFTS - kept - refused, "refused": refused,
    }  # fmt: skip
    assert len(set(Refund.objects.values_list("payment", flat=True))) == GIFTS - kept
    assert balances_kopecks(codes=["76.sad"])["76.sad"] == 0
    letters = Counter(Letter.objects.values_list("kind", flat=True))
    assert (letters["gift_kept"], letters["refund"]) == (kept, GIFTS - kept)
