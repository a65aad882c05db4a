"""What `make bench-pages` measures with: the filling, and how wrk's words are read."""

from __future__ import annotations

import pytest

from campaigns.models import Campaign
from campaigns.selectors import figures
from config.embedded.bench import filling, finding, load, shop
from fund.ledger.audit import audit
from fund.ledger.models import Operation
from fund.ledger.selectors import balances_kopecks
from merch.models import Product, Variant
from tests import make

TOLD = """
Running 6s test @ http://127.0.0.1:8000/
  Latency Distribution
     50%  {p50}
     75%   30.00ms
     90%   40.00ms
     99%    {p99}
  4200 requests in 6.00s, 22.00MB read
{more}Requests/sec:    700.12
Transfer/sec:      3.66MB
"""


def test_what_wrk_says_is_read() -> None:
    told = TOLD.format(p50="980.00us", p99="1.20s", more="")
    assert load.parse(told) == load.Round(700.12, 0.98, 1200.0, 4200, 0)


def test_what_went_wrong_is_counted() -> None:
    more = "  Socket errors: connect 1, read 2, write 0, timeout 3\n  Non-2xx or 3xx responses: 4\n"
    assert load.parse(TOLD.format(p50="1.00ms", p99="2.00ms", more=more)).errors == 10


def test_what_is_no_answer_of_wrk_is_refused() -> None:
    with pytest.raises(ValueError, match="unable to connect"):
        load.parse("unable to connect to 127.0.0.1:1 Connection refused")


@pytest.mark.django_db
def test_the_filling_goes_through_the_books_door_and_the_books_agree() -> None:
    make.campaign(filling.HOT)
    filling.fill(gifts=30)

    found = figures(campaigns=Campaign.objects.all())
    assert (len(found), Operation.objects.count()) == (filling.CAMPAIGNS, 30)
    assert sum(one.donors for one in found.values()) == 30
    assert all(one.raised_kopecks >= one.donors * 10_00 for one in found.values())
    assert audit().fault == ""


@pytest.mark.django_db
def test_the_search_is_measured_on_campaigns_that_are_in_the_books() -> None:
    finding.fill(campaigns=25, gifts=10)
    asked = finding.ask(rounds=2)["pages"]

    assert (Campaign.objects.published().count(), Operation.objects.count()) == (25, 10)
    assert asked["everything, newest first"]["found"] == 25
    assert {one["queries"] for one in asked.values()} <= set(range(1, 9))
    host = dict.fromkeys(("processor", "cores", "memory_gb", "system", "load_before"))
    wish = dict.fromkeys(("campaigns", "gifts", "rounds"))
    page = finding.told({"at": "x", "machine": host, "wish": wish, "pages": asked})
    assert "| one theme |" in page


@pytest.mark.django_db
def test_the_shop_is_measured_on_goods_that_are_in_the_books() -> None:
    shop.fill(variants=30)
    asked = shop.ask(rounds=2)

    assert (Variant.objects.count(), asked["products"]) == (30, Product.objects.count())
    assert asked["pages"]["everything, newest first"]["found"] == asked["products"]
    assert asked["pages"]["everything, newest first"]["queries"] > 0, "no kept page is measured"
    assert sum(balances_kopecks(codes=["41"]).values()) > 0
    assert audit().fault == ""
