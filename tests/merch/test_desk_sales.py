"""What sells, at the desk: to the kopeck as the books have it, by week and by product; and what lies still."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.payments.models import Payment
from fund.sales import services
from fund.sales.models import Sale, SaleReturn
from merch.desk import trade_reads
from merch.desk.trade_reads import Sums
from tests import make
from tests.fund.sales.orders import go, order, paid
from tests.merch import shelf
from tests.merch.desk import SHOP, cost, text

if TYPE_CHECKING:
    from django.test import Client

    from emulator.control import EmulatorControl
    from people.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("manager")]
TRADE = f"{SHOP}sales/"
State = Sale.State
TO_DOOR = (State.ASSEMBLING, State.READY, State.HANDED_OVER)


def back(sale: Sale, line: int, pieces: int, *, reason: str, is_in_stock: bool = True) -> None:
    services.return_pieces(
        sale_id=sale.pk, backs=[services.Back(line, pieces, is_in_stock)], reason=SaleReturn.Reason(reason),
        key=f"{sale.pk}-{line}-{pieces}-{reason}", by=None, today=timezone.localdate(), now=timezone.now(),
    )  # fmt: skip


def traded(**wanted: object) -> dict[str, Sums]:
    known: dict[str, object] = {
        "since": timezone.localdate(),
        "until": timezone.localdate(),
        "product_id": None,
        "order": "pieces",
    }
    return {one.title: one.sums for one in trade_reads.traded(**known | wanted)}  # type: ignore[arg-type]


def fee(*sales: Sale) -> int:
    return sum(Payment.objects.get(pk=sale.payment_id).commission_kopecks or 0 for sale in sales)


def test_what_sold_is_what_the_books_say_also_where_pieces_were_cancelled_or_came_back(
    control: EmulatorControl,
) -> None:
    mug = shelf.variant(shelf.product("Кружка"), pieces=10, cost=210_33)
    sale = paid(control, order((mug.item, 5, 500_00), discount_kopecks=Kopecks(3)))
    line = sale.lines.get().pk
    back(sale, line, 2, reason="cancelled")
    go(sale, *TO_DOOR)
    back(sale, line, 1, reason="returned")
    back(sale, line, 1, reason="faulty", is_in_stock=False)
    sums = traded()["Кружка"]
    books = balances_kopecks(codes=["90.01.fund", "90.02.fund"])

    assert sums.pieces == 1
    assert sums.revenue_kopecks == books["90.01.fund"] == 499_99, "two dearer ones were cancelled first"
    spoiled = balances_kopecks(codes=["91.02.fund"])["91.02.fund"] - fee(sale)
    assert sums.cost_kopecks == books["90.02.fund"] + spoiled == 2 * 210_33
    assert 0 < sums.fee_kopecks < fee(sale), "the fee of what was cancelled is nobody's"
    assert sums.margin_kopecks == sums.revenue_kopecks - sums.cost_kopecks - sums.fee_kopecks


def test_a_sale_counts_on_the_day_of_its_handover_alone(control: EmulatorControl) -> None:
    mug = shelf.variant(shelf.product("Кружка"), pieces=10)
    go(paid(control, order((mug.item, 1, 500_00))), *TO_DOOR)
    paid(control, order((mug.item, 3, 500_00)))

    assert traded()["Кружка"].pieces == 1
    yesterday = timezone.localdate() - timedelta(days=1)
    assert traded(since=yesterday, until=yesterday) == {}


def test_products_stand_in_the_order_that_was_asked_for_and_one_of_them_by_variant(control: EmulatorControl) -> None:
    cheap, dear = shelf.product("Магнит"), shelf.product("Ваза")
    small, big = (shelf.variant(cheap, pieces=9, cost=10_00, size=size) for size in "SL")
    vase = shelf.variant(dear, pieces=9, cost=900_00)
    go(paid(control, order((small.item, 2, 50_00), (big.item, 1, 60_00), (vase.item, 1, 910_00))), *TO_DOOR)
    asked = {name: list(traded(order=name)) for name in trade_reads.ORDERS}

    assert asked == {
        "pieces": ["Магнит", "Ваза"],
        "revenue_kopecks": ["Ваза", "Магнит"],
        "margin_kopecks": ["Магнит", "Ваза"],
    }
    by_variant = traded(product_id=cheap.pk)
    assert {title: sums.pieces for title, sums in by_variant.items()} == {
        f"{small.item.sku} {small.item.title}": 2, f"{big.item.sku} {big.item.title}": 1}  # fmt: skip


def test_weeks_begin_on_mondays_and_those_without_a_sale_are_there_too(control: EmulatorControl) -> None:
    mug = shelf.variant(shelf.product(), pieces=10)
    go(paid(control, order((mug.item, 2, 500_00))), *TO_DOOR)
    found = trade_reads.weeks(
        since=timezone.localdate() - timedelta(days=14), until=timezone.localdate(), product_id=None
    )
    nothing = trade_reads.weeks(since=date(2026, 1, 1), until=date(2026, 1, 14), product_id=None)

    assert [week.monday.weekday() for week in found] == [0, 0, 0]
    assert [week.sums.pieces for week in found] == [0, 0, 2]
    assert found[-1].sums == sum(traded().values(), Sums())
    assert [week.monday for week in nothing] == [date(2025, 12, 29), date(2026, 1, 5), date(2026, 1, 12)]


def test_what_nobody_bought_for_sixty_days_lies_still(control: EmulatorControl) -> None:
    now = timezone.now()
    sold, still, empty = (shelf.variant(shelf.product(), pieces=number) for number in (5, 3, 0))
    # received in May 2026, as tests/fund/sales/goods.py says; whatever the clock says, that is the past
    later = max(now, shelf.NOW + timedelta(days=100))
    assert trade_reads.lying_still(now=shelf.NOW + trade_reads.LYING).rows == ()
    before = trade_reads.lying_still(now=later)
    go(paid(control, order((sold.item, 1, 500_00))), *TO_DOOR)
    after = trade_reads.lying_still(now=now + trade_reads.LYING - timedelta(days=1))

    assert {row.item_id for row in before.rows} == {sold.item_id, still.item_id}
    assert (before.count, before.value_kopecks) == (2, 8 * 200_00)
    assert sold.item_id not in {row.item_id for row in after.rows}
    assert empty.item_id not in {row.item_id for row in before.rows}


def test_the_page_shows_a_chart_and_the_same_as_a_table(client: Client, control: EmulatorControl) -> None:
    mug = shelf.variant(shelf.product("Кружка"), pieces=10)
    go(paid(control, order((mug.item, 2, 500_00))), *TO_DOOR)
    shown = text(client.get(TRADE))

    assert "<svg viewBox" in shown
    assert 'aria-labelledby="trade-chart-title trade-chart-desc"' in shown
    assert shown.count("1 000 ₽") >= 3, "the figure, the week, the product"
    assert "400 ₽" in shown
    one = text(client.get(f"{TRADE}?product={mug.product_id}"))
    assert f"{mug.item.sku} Кружка" in one


@pytest.mark.parametrize(
    "query", ["since=2026-02-02&until=2026-02-01", "since=2020-01-01", "product=x", "order=x", "since=x"]
)
def test_a_period_that_cannot_be_is_refused(client: Client, query: str) -> None:
    assert client.get(f"{TRADE}?{query}").status_code == 422


def test_the_page_costs_the_same_with_one_product_and_with_three(client: Client, control: EmulatorControl) -> None:
    one = shelf.variant(shelf.product(), pieces=10)
    go(paid(control, order((one.item, 1, 500_00))), *TO_DOOR)
    before = cost(client, TRADE)
    others = [shelf.variant(shelf.product(), pieces=10) for _ in range(2)]
    go(paid(control, order(*[(row.item, 1, 500_00) for row in others])), *TO_DOOR)

    assert cost(client, TRADE) == before


@pytest.mark.parametrize(("role", "status"), [("treasurer", 200), ("auditor", 200), ("moderator", 403)])
def test_who_keeps_the_books_reads_what_sells(client: Client, manager: User, role: str, status: int) -> None:
    make.sign_in(client, make.staff(role))
    assert client.get(TRADE).status_code == status
