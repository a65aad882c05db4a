"""Whatever happens in whatever order, stock is what account 41 holds, and orders that wait what 62.02 holds."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from fund.ledger.audit import _fault_of, audit
from fund.money import Kopecks
from fund.payments import services as payments
from fund.sales import services
from fund.sales.audit_queries import CHECKS
from fund.sales.models import Sale, SaleReturn, StockItem
from tests.fund.sales.goods import DAY, books, buy, item, lies, papers
from tests.fund.sales.orders import TO_DOOR, bring_back, dispute, go, order, paid, send_refunds

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.embedded.postgres import Cluster
    from emulator.control import EmulatorControl

REFUSALS = (
    services.DisputedError, services.NotInStockError, services.NotReturnableError, services.SoldOutError,
    services.TooManyPiecesError, payments.RefundError,
)  # fmt: skip
State, Reason = Sale.State, SaleReturn.Reason
GIFT = services.Extra("На сквер", "fund", Kopecks(77_77))
DELIVERY = services.Extra("Почта", "fund", Kopecks(333_33))


class Shop:
    """Somebody who does anything at all, in whatever order."""

    def __init__(self, control: EmulatorControl, seed: int) -> None:
        self.control = control
        self.random = random.Random(seed)
        self.items = [item("MUG", subject="jazz"), item("BADGE"), item("CAP")]
        self.deeds: list[Callable[[], object]] = [
            self.buy, self.buy, self.sell, self.sell, self.sell, *[self.move] * 9,
            self.give_back, self.give_back, self.give_back, self.lose, self.count, self.dispute, self.refuse,
            send_refunds, send_refunds,
        ]  # fmt: skip

    def do(self) -> None:
        with suppress(*REFUSALS):
            self.random.choice(self.deeds)()

    def buy(self) -> None:
        price = self.random.randint(0, 999_99)
        some = self.random.sample(self.items, self.random.randint(1, 3))
        buy(*some, pieces=self.random.randint(1, 7), price=price, maker=self.random.randint(0, price))

    def lose(self) -> None:
        lost = {row.pk: self.random.randint(1, 3) for row in self.random.sample(self.items, 2)}
        services.write_off_goods(lost=lost, papers=papers(), business_date=DAY)

    def count(self) -> None:
        counted = {row.pk: max(lies(row)[0] + self.random.randint(-2, 2), 0) for row in self.items}
        services.take_stock(counted=counted, papers=papers(), business_date=DAY)

    def sell(self) -> None:
        some = self.random.sample(self.items, self.random.randint(1, 3))
        goods = [(row, self.random.randint(1, 3), self.random.randint(10_00, 999_99)) for row in some]
        carrier = self.random.choice(["pickup", "cdek"])
        extras = {"delivery": DELIVERY if carrier == "cdek" else None, "gift": self.random.choice([None, GIFT])}
        cut = Kopecks(self.random.choice([0, 0, 7_77]))
        paid(self.control, order(*goods, carrier=carrier, discount_kopecks=cut, **extras))

    def any_sale(self) -> Sale | None:
        sales = list(Sale.objects.exclude(state=State.UNPAID).select_related("payment").order_by("pk"))
        return self.random.choice(sales) if sales else None

    def move(self) -> None:
        sale = self.any_sale()
        ways = services.handing.WAYS.get(sale.state, set()) if sale else set()
        is_pickup = sale is not None and sale.carrier == "pickup"
        fit = sorted(to for to in ways if to not in {State.READY, State.SENT} or is_pickup == (to == State.READY))
        if sale and fit:
            go(sale, State(fit[0]), track_number="10112345678")

    def give_back(self) -> None:
        sale = self.any_sale()
        if sale:
            lines = list(sale.lines.order_by("pk"))
            backs = [
                services.Back(line.pk, self.random.randint(1, line.quantity), self.random.random() < 0.7)
                for line in self.random.sample(lines, self.random.randint(1, len(lines)))
            ]
            bring_back(sale, *backs, reason=self.random.choice(list(Reason)))

    def dispute(self) -> None:
        sale = self.any_sale()
        if sale:
            left = self.control_left(sale)
            part = self.random.choice([left, left, left // 3])
            if part >= 1_00:
                dispute(self.control, sale, part)

    def control_left(self, sale: Sale) -> int:
        """Return what a bank can still take of a payment, as ЮKassa has it."""
        (found,) = (row for row in self.control.everything()["payments"] if row["id"] == sale.payment.yookassa_id)
        gone = found.get("refunded_amount", {"value": "0.00"})["value"]
        return sale.total_kopecks - int(gone.replace(".", ""))

    def refuse(self) -> None:
        sale = self.any_sale()
        if sale:
            mode = self.random.choice(["general_decline", "insufficient_funds", ""])
            self.control.refuse_refunds(str(sale.payment.yookassa_id), mode)


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("seed", range(6))
def test_books_and_shop_agree_after_each_of_a_hundred_and_fifty_deeds(control: EmulatorControl, seed: int) -> None:
    shop = Shop(control, seed)
    for _ in range(150):
        shop.do()
        assert _fault_of(CHECKS) == ""

    assert (audit().fault, books("62.01")) == ("", {})


BIT = st.integers(0, 1)
BOUGHT = st.tuples(st.just("buy"), BIT, st.integers(1, 9), st.integers(0, 10**7), st.integers(0, 10))
LOST = st.tuples(st.just("lose"), BIT, st.integers(1, 9))
COUNTED = st.tuples(st.just("count"), BIT, st.integers(0, 30))


class TestStock(TestCase):
    """Stock alone, as many ways as can be thought of."""

    @hypothesis_settings(max_examples=60, deadline=None)
    @given(st.lists(st.one_of(BOUGHT, LOST, COUNTED), max_size=12))
    def test_stock_is_account_41_and_what_is_gone_is_cost(self, steps: list[tuple[Any, ...]]) -> None:
        items = [item("MUG", subject="jazz"), item("BADGE")]
        for verb, which, number, *price in steps:
            getattr(self, verb)(items[which], number, *price)

        assert books("41").get("41", 0) == sum(lies(row)[1] for row in items)
        found = books("41", "60", "91.01.fund", "91.01.jazz", "91.02.fund", "91.02.jazz")
        came = sum(found.get(code, 0) for code in ("60", "91.01.fund", "91.01.jazz"))
        assert came == sum(found.get(code, 0) for code in ("41", "91.02.fund", "91.02.jazz"))

    def buy(self, row: StockItem, pieces: int, price: int, tenths: int) -> None:
        buy(row, pieces=pieces, price=price, maker=price * tenths // 10)

    def lose(self, row: StockItem, pieces: int) -> None:
        some = min(pieces, lies(row)[0])
        if some:
            services.write_off_goods(lost={row.pk: some}, papers=papers(), business_date=DAY)

    def count(self, row: StockItem, counted: int) -> None:
        services.take_stock(counted={row.pk: counted}, papers=papers(), business_date=DAY)


CORRUPTIONS = {
    "item 1 has a movement that does not go on": "UPDATE sales_stockmovement SET number = 7 WHERE kind = 'sale'",
    "item 1 counts other pieces": "UPDATE sales_stockitem SET pieces = 9",
    "item 1 counts other pieces than came and went, or than are held": "UPDATE sales_reservation SET state = 'held'",
    "order 1 is not the sum of its lines": "UPDATE sales_sale SET total_kopecks = 1",
    "return 1 is not the sum of its lines": "UPDATE sales_salereturnline SET amount_kopecks = 1",
    "goods cost 5 kopecks more": "UPDATE sales_stockmovement SET value_kopecks = value_kopecks + 5 * (number = 1)::int,"
    " value_after_kopecks = value_after_kopecks + 5",
    "orders that wait are worth 7 kopecks more": "UPDATE sales_fiscalreceipt SET amount_kopecks = amount_kopecks - 7",
}


@pytest.mark.parametrize("fault", CORRUPTIONS)
def test_what_does_not_agree_is_named(committed: str, cluster: Cluster, control: EmulatorControl, fault: str) -> None:
    mug = item()
    buy(mug, pieces=3, price=100_00)
    sale = go(paid(control, order((mug, 2, 500_00))), *TO_DOOR)
    bring_back(sale, services.Back(sale.lines.get().pk, 1))
    call_command("check_books")
    with cluster.connect(committed) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(CORRUPTIONS[fault])

    with pytest.raises(CommandError, match=fault):
        call_command("check_books")
