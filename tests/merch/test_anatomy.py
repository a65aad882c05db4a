"""Where prices go: the estimate adds up to the price, what the books say adds up to the books, a loss is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from fund.ledger.selectors import balances_kopecks
from fund.ledger.services import open_account
from fund.money import Kopecks
from fund.sales import gifts, services
from fund.sales.anatomy import Sold, averages, sold
from fund.sales.models import Sale, SaleReturn, StockItem
from merch.catalogue import anatomy
from merch.catalogue.anatomy import prices_of
from merch.models import Variant
from tests.fund.sales.goods import buy, item
from tests.fund.sales.orders import go, order, paid
from tests.merch import shelf

if TYPE_CHECKING:
    from emulator.control import EmulatorControl

DELIVERY = Kopecks(287_13)
TO_DOOR = (Sale.State.ASSEMBLING, Sale.State.READY, Sale.State.HANDED_OVER)


def books(*codes: str) -> list[int]:
    """Return what accounts hold, in kopecks."""
    found = balances_kopecks(codes=codes)
    return [found[code] for code in codes]


def add_up(rows: list[Sold]) -> tuple[int, int, int, int, int]:
    """Return revenue, cost of what stayed sold, cost of what was spoiled, fee, what remains, of several items."""
    return (
        sum(row.revenue_kopecks for row in rows),
        sum(row.maker_kopecks + row.other_kopecks for row in rows),
        sum(row.spoiled_kopecks for row in rows),
        sum(row.fee_kopecks for row in rows),
        sum(row.rest_kopecks for row in rows),
    )


def give_back(sale: Sale, of: StockItem, pieces: int, reason: str, *, is_in_stock: bool = True) -> None:
    back = services.Back(sale.lines.get(item=of).pk, pieces, is_in_stock)
    services.return_pieces(
        sale_id=sale.pk, backs=[back], reason=SaleReturn.Reason(reason), key=f"b-{SaleReturn.objects.count()}", by=None,
        today=timezone.localdate(), now=timezone.now(),
    )  # fmt: skip


@given(
    price=st.integers(1, 10_000_000), cost=st.integers(0, 10_000_000), part=st.integers(0, 100),
)  # fmt: skip
def test_an_estimate_adds_up_to_the_price(price: int, cost: int, part: int) -> None:
    variant = Variant(pk=1, item_id=1, price_kopecks=price, cost_kopecks=cost, maker_kopecks=cost * part // 100)
    found = anatomy._price(variant, None, None).thought
    assert sum(one.amount_kopecks for one in found.parts) == price
    assert (found.rest_kopecks < 0) == (price < cost + anatomy.fee_kopecks(price))


@pytest.mark.django_db
def test_the_estimate_is_the_makers_word_until_pieces_lie_there() -> None:
    variant = shelf.variant(shelf.product(), price=500_00, cost=200_00)
    (found,) = prices_of(variants=[variant]).values()
    assert [part.amount_kopecks for part in found.thought.parts] == [100_00, 100_00, 21_35, 278_65]
    assert (found.is_from_books, found.sold, found.actual) == (False, None, None)

    buy(variant.item, pieces=2, price=150_00, maker=90_00)
    buy(variant.item, pieces=1, price=250_01, maker=90_00)  # 550,01 for three
    (found,) = prices_of(variants=[variant]).values()
    assert [part.amount_kopecks for part in found.thought.parts] == [90_00, 93_34, 21_35, 295_31]
    assert found.is_from_books
    assert averages(item_ids=[variant.item_id]) == {variant.item_id: (183_34, 90_00)}


@pytest.mark.django_db
def test_a_loss_is_said_and_drawn() -> None:
    variant = shelf.variant(shelf.product(), price=100_00, cost=150_00)
    (found,) = prices_of(variants=[variant]).values()

    assert found.thought.rest_kopecks == -54_27
    assert "price-bar__edge" in found.thought.bar
    assert "price-bar__rest" not in found.thought.bar


@pytest.fixture
def traded(control: EmulatorControl, committed: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, StockItem]:
    """Sell with discounts, a delivery and gifts, to three whom goods feed; cancel, take back and spoil some."""
    monkeypatch.setattr(gifts, "_registry", [lambda subject, _paid_at: subject])
    open_account(code="86.jazz", name="Джаз")
    mug, plate, badge = item("MUG", subject="jazz"), item("PLATE", subject="jazz"), item("BADGE")
    kino = item("KINO", subject="kino")
    buy(mug, plate, badge, kino, pieces=40, price=111_11, maker=70_07)
    buy(mug, badge, pieces=7, price=133_33, maker=90_01)
    delivery = services.Extra("Доставка", "fund", DELIVERY)
    gift = services.Extra("На джаз", "jazz", Kopecks(99_99))
    goods = ((mug, 2, 333_33), (plate, 1, 77_01), (badge, 1, 50_05), (kino, 3, 91_07))

    first = paid(control, order((mug, 4, 333_33), (badge, 3, 201_01), discount_kopecks=Kopecks(77_77), gift=gift))
    second = paid(control, order(*goods, delivery=delivery))
    third = paid(control, order((badge, 5, 13_01), gift=services.Extra("Фонду", "fund", Kopecks(10_01))))
    give_back(first, mug, 1, "cancelled")
    give_back(second, plate, 1, "cancelled")
    for sale in (first, second, third):
        go(sale, *TO_DOOR)
    give_back(first, mug, 1, "returned")
    give_back(first, mug, 1, "faulty", is_in_stock=False)
    give_back(second, badge, 1, "faulty", is_in_stock=False)
    give_back(third, badge, 2, "returned")
    return {"mug": mug, "plate": plate, "badge": badge, "kino": kino}


def test_what_became_of_prices_is_what_the_books_say(traded: dict[str, StockItem]) -> None:
    """To the kopeck; the fund's accounts hold its delivery, too, and the fee of that and of what was cancelled."""
    found = sold(item_ids=[one.pk for one in traded.values()])
    mug, badge, kino = (found.pop(traded[name].pk) for name in ("mug", "badge", "kino"))
    assert ([mug.pieces, badge.pieces, kino.pieces], found) == ([2 + 4 - 3, 3 + 1 + 5 - 3, 3], {})

    for subject, row in (("jazz", mug), ("kino", kino)):
        revenue, cost, other = books(f"90.01.{subject}", f"90.02.{subject}", f"91.02.{subject}")
        assert add_up([row]) == (
            revenue,
            cost,
            row.spoiled_kopecks,
            other - row.spoiled_kopecks,
            revenue - cost - other,
        )
    revenue, cost, other = books("90.01.fund", "90.02.fund", "91.02.fund")
    assert add_up([badge])[:2] == (revenue - DELIVERY, cost)
    apart = other - badge.fee_kopecks - badge.spoiled_kopecks
    fees = sum(sale.payment.commission_kopecks or 0 for sale in Sale.objects.select_related("payment"))
    of_gifts = sum(books("26.acquiring"))
    assert mug.fee_kopecks + badge.fee_kopecks + kino.fee_kopecks + apart + of_gifts == fees
    # 287,13 of delivery, 77,01 of the plate, 320,00 or so of the mug, at 4,27 %.
    assert 29_00 < apart < 29_60


@pytest.mark.usefixtures("committed")
def test_the_fund_without_delivery_keeps_no_fee_apart(control: EmulatorControl) -> None:
    badge, flag = item("BADGE"), item("FLAG")
    buy(badge, flag, pieces=9, price=10_01)
    for discount in (0, 33, 71):
        wanted = order((badge, 1, 33_35), (flag, 2, 55_57), discount_kopecks=Kopecks(discount))
        go(paid(control, wanted), *TO_DOOR)

    revenue, cost, other = books("90.01.fund", "90.02.fund", "91.02.fund")
    found = list(sold(item_ids=[badge.pk, flag.pk]).values())
    assert add_up(found) == (revenue, cost, 0, other, revenue - cost - other)


@pytest.mark.usefixtures("committed")
def test_the_average_piece_stands_beside_the_estimate(control: EmulatorControl) -> None:
    variant = shelf.variant(shelf.product(), pieces=3, price=500_00, cost=200_00)
    go(paid(control, order((variant.item, 3, 500_00), discount_kopecks=Kopecks(1_00))), *TO_DOOR)
    (found,) = prices_of(variants=[variant]).values()

    # 1 499,00 for three; ЮKassa keeps 3,5 % = 52,47 and 22 % of that = 11,54.
    assert found.sold == Sold(3, Kopecks(1_499_00), Kopecks(300_00), Kopecks(300_00), Kopecks(0), Kopecks(64_01))
    assert [(row.thought_kopecks, row.actual_kopecks, row.total_kopecks) for row in found.rows] == [
        (500_00, 499_67, 1_499_00), (100_00, 100_00, 300_00), (100_00, 100_00, 300_00), (21_35, 21_34, 64_01),
        (0, 0, 0), (278_65, 278_33, 834_99),
    ]  # fmt: skip
    assert [row.more_kopecks for row in found.rows] == [-33, 0, 0, -1, 0, -32]
    actual = found.actual
    assert actual is not None
    assert sum(part.amount_kopecks for part in actual.parts) == actual.price_kopecks == 499_67
