"""Pieces and kopecks of stock: each comes and goes once, at the moving average, with the books beside it."""

from __future__ import annotations

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from fund.ledger.errors import KeyReusedError
from fund.ledger.models import Operation
from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.sales import services
from fund.sales.models import StockItem, StockMovement
from fund.sales.services.movements import Held, weigh
from tests.fund.sales.goods import DAY, NOW, buy, item, lies, papers


def books(*codes: str) -> list[int]:
    found = balances_kopecks(codes=codes)
    return [found.get(code, 0) for code in codes]


@pytest.mark.django_db
def test_what_is_bought_lies_in_stock_at_its_cost_and_is_owed() -> None:
    mug, badge = item("MUG"), item("BADGE", subject="jazz")
    buy(mug, badge, pieces=10, price=300_00, maker=250_00, document="УПД-7")

    assert (lies(mug), lies(badge)) == ((10, 3_000_00, 2_500_00), (10, 3_000_00, 2_500_00))
    assert books("41", "60") == [6_000_00, 6_000_00]
    (operation,) = Operation.objects.all()
    assert operation.memo == "Сувениры приняты на склад по документу № УПД-7"
    assert {row.operation for row in StockMovement.objects.all()} == {operation}


@pytest.mark.django_db
def test_a_price_that_changed_is_averaged_and_the_last_piece_takes_the_rest() -> None:
    mug = item()
    buy(mug, pieces=2, price=100_00, maker=100_00)
    buy(mug, pieces=1, price=100_01, maker=50_00)
    costs = []
    for _ in range(3):
        before = lies(mug)[1]
        services.write_off_goods(lost={mug.pk: 1}, papers=papers("A-1"), business_date=DAY)
        costs.append(before - lies(mug)[1])

    assert costs == [100_00, 100_01, 100_00]  # 300,01 by three; then 200,01 by two, half a kopeck up; then what is left
    assert lies(mug) == (0, 0, 0)
    assert books("41", "91.02.fund", "60") == [0, 300_01, 300_01]


@pytest.mark.django_db
def test_more_than_there_is_can_not_be_written_off() -> None:
    mug = item()
    buy(mug, pieces=2, price=100_00)

    with pytest.raises(services.NotInStockError) as refused:
        services.write_off_goods(lost={mug.pk: 3}, papers=papers(), business_date=DAY)

    assert (refused.value.item_id, refused.value.held) == (mug.pk, 2)
    assert lies(mug) == (2, 200_00, 0)


@pytest.mark.django_db
def test_one_paper_moves_nothing_twice() -> None:
    mug = item()
    for _ in range(2):
        buy(mug, pieces=2, price=100_00, key="receipt-1")
        services.write_off_goods(lost={mug.pk: 1}, papers=papers(key="loss-1"), business_date=DAY)
        services.take_stock(counted={mug.pk: 3}, papers=papers(key="count-1"), business_date=DAY)

    assert lies(mug) == (3, 300_00, 0)
    assert StockMovement.objects.count() == 3


@pytest.mark.django_db
def test_a_key_of_another_paper_is_refused() -> None:
    buy(item(), pieces=2, price=100_00, key="receipt-1")

    with pytest.raises(KeyReusedError):
        buy(item("BADGE"), pieces=3, price=100_00, key="receipt-1")

    assert StockMovement.objects.count() == 1


@pytest.mark.django_db
def test_a_count_puts_the_books_right_both_ways_for_whom_the_goods_feed() -> None:
    mug, badge, cap = item("MUG", subject="jazz"), item("BADGE"), item("CAP")
    buy(mug, badge, cap, pieces=3, price=100_00, maker=60_00)
    counted = {mug.pk: 1, badge.pk: 5, cap.pk: 3}

    assert services.take_stock(counted=counted, papers=papers("И-1"), business_date=DAY) == {mug.pk: -2, badge.pk: 2}
    assert (lies(mug), lies(badge), lies(cap)) == ((1, 100_00, 60_00), (5, 500_00, 300_00), (3, 300_00, 180_00))
    assert books("41", "91.02.jazz", "91.01.fund", "91.02.fund") == [900_00, 200_00, 200_00, 0]


@pytest.mark.django_db
def test_found_pieces_of_an_empty_shelf_are_worth_what_the_last_cost() -> None:
    mug, gift = item(), item("GIFT")
    buy(mug, pieces=1, price=80_00, maker=80_00)
    services.write_off_goods(lost={mug.pk: 1}, papers=papers(), business_date=DAY)
    services.take_stock(counted={mug.pk: 2, gift.pk: 4}, papers=papers(), business_date=DAY)

    assert (lies(mug), lies(gift)) == ((2, 160_00, 160_00), (4, 0, 0))
    assert books("41", "91.01.fund") == [160_00, 160_00]


@pytest.mark.django_db
def test_a_makers_present_moves_pieces_and_no_money() -> None:
    mug = item()
    buy(mug, pieces=5, price=0)
    services.write_off_goods(lost={mug.pk: 1}, papers=papers(), business_date=DAY)

    assert lies(mug) == (4, 0, 0)
    assert Operation.objects.count() == 0


WRONG_ROWS = {
    "a number left out": "number = 3",
    "pieces from nowhere": "held_after = 9",
    "a value from nowhere": "value_after_kopecks = 9",
    "a maker's part from nowhere": "maker_after_kopecks = 9",
}


@pytest.mark.django_db
@pytest.mark.parametrize("change", WRONG_ROWS.values(), ids=WRONG_ROWS)
def test_the_database_refuses_a_movement_that_does_not_go_on(change: str) -> None:
    mug = item()
    buy(mug, pieces=2, price=0)
    row = {"number": 2, "held_after": 1, "value_after_kopecks": 0, "maker_after_kopecks": 0}
    name, value = change.split(" = ")

    with pytest.raises(IntegrityError, match="does not go on"), transaction.atomic():
        StockMovement.objects.create(
            item=mug, kind="sale", quantity=-1, value_kopecks=0, maker_kopecks=0, document="1", key="x", at=NOW,
            **row | {name: int(value)},
        )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "quantity"), [("receipt", -1), ("taken_back", -1), ("sale", 1), ("write_off", 1), ("stocktake", 0)]
)
def test_the_database_refuses_a_movement_the_wrong_way(kind: str, quantity: int) -> None:
    mug = item()
    buy(mug, pieces=2, price=0)

    with pytest.raises(IntegrityError, match="stock_movement_"), transaction.atomic():
        StockMovement.objects.create(
            item=mug, number=2, kind=kind, quantity=quantity, held_after=2 + quantity, value_kopecks=0,
            maker_kopecks=0, value_after_kopecks=0, maker_after_kopecks=0, document="1", key="x", at=NOW,
        )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE sales_stockmovement SET document = 'x'", "DELETE FROM sales_stockmovement"]
)
def test_the_database_refuses_to_change_what_moved(statement: str) -> None:
    buy(item(), pieces=2, price=0)

    with pytest.raises(ProgrammingError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format("sales_stockmovement"))

    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


class TestAverage(TestCase):
    """Whatever comes and goes, no kopeck is lost and stock equals the books."""

    @hypothesis_settings(max_examples=40, deadline=None)
    @given(
        st.lists(st.tuples(st.integers(1, 9), st.integers(0, 99_999), st.integers(1, 9)), min_size=1, max_size=8),
    )
    def test_stock_and_account_41_are_one(self, steps: list[tuple[int, int, int]]) -> None:
        mug = item()
        for pieces, price, lost in steps:
            buy(mug, pieces=pieces, price=price, maker=price // 2)
            services.write_off_goods(lost={mug.pk: min(lost, lies(mug)[0])}, papers=papers(), business_date=DAY)

        assert books("41") == [lies(mug)[1]]

    @given(st.integers(1, 10**6), st.integers(0, 10**12), st.data())
    def test_two_portions_of_all_cost_all(self, quantity: int, value: int, data: st.DataObject) -> None:
        part = data.draw(st.integers(0, quantity))
        held = Held(1, "fund", quantity=quantity, value_kopecks=Kopecks(value))
        first = weigh(held, part).value_kopecks
        left = Held(1, "fund", quantity=quantity - part, value_kopecks=Kopecks(value - first))
        rest = weigh(left, quantity - part).value_kopecks if part < quantity else 0

        assert (first + rest, abs(2 * (first * quantity - value * part)) <= quantity) == (value, True)


def test_goods_say_what_they_are() -> None:
    mug = StockItem(pk=1, sku="MUG", title="Кружка")

    assert (str(mug), str(StockMovement(item=mug, number=2, quantity=-1))) == ("MUG Кружка", "1/2: -1")
