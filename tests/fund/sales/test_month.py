"""A month of trade and the year's end, retold in kopecks: whoever reads it can check each sum by hand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from fund.ledger.models import Posting
from fund.ledger.selectors import balances_kopecks
from fund.ledger.services import open_account
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.models import Refund
from fund.sales import gifts, services
from fund.sales.models import Sale, SaleReturn
from tests.fund.sales.goods import buy, item, papers
from tests.fund.sales.orders import go, order, paid

if TYPE_CHECKING:
    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")
TO_DOOR = (Sale.State.ASSEMBLING, Sale.State.READY, Sale.State.HANDED_OVER)
SHOP = ("41", "57.yookassa", "60", "62.01", "62.02", "84", "86.fund", "86.jazz", "90.01.fund", "90.01.jazz",
        "90.02.fund", "90.02.jazz", "90.09", "91.01.fund", "91.02.fund", "91.02.jazz", "91.09", "99",
        "26.acquiring")  # fmt: skip


def held() -> dict[str, int]:
    return {code: kopecks for code, kopecks in balances_kopecks(codes=SHOP).items() if kopecks}


def test_a_month_of_trade_and_the_years_end(control: EmulatorControl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gifts, "_registry", [lambda subject, _paid_at: subject])  # the festival still takes gifts
    open_account(code="86.jazz", name="Джаз в мае")
    mug, badge = item("MUG", subject="jazz"), item("BADGE")

    # Bought: 10 mugs at 300,00 and 5 more at 330,00; 20 badges at 50,00. 3 000 + 1 650 + 1 000 = 5 650 roubles owed.
    buy(mug, pieces=10, price=300_00, maker=300_00)
    buy(mug, pieces=5, price=330_00, maker=330_00)
    buy(badge, pieces=20, price=50_00)
    assert held() == {"41": 5_650_00, "60": 5_650_00}

    # Sold: 4 mugs at 600,00 and 5 badges at 100,00, with a gift of 100,00 to the festival. 2 900 + 100 paid by card.
    # ЮKassa keeps 3,5 % of 3 000,00 = 105,00 and 22 % VAT of that = 23,10: together 128,10;
    # of it 2 900 ⁄ 3 000 for the goods = 123,83 and 100 ⁄ 3 000 for the gift = 4,27.
    gift = services.Extra("На джаз", "jazz", Kopecks(100_00))
    sale = paid(control, order((mug, 4, 600_00), (badge, 5, 100_00), gift=gift))
    assert held() == {
        "41": 5_650_00, "60": 5_650_00, "57.yookassa": 2_871_90, "62.02": 2_900_00, "86.jazz": 100_00,
        "91.02.fund": 123_83, "26.acquiring": 4_27}  # fmt: skip

    # Handed over: a mug cost (3 000 + 1 650) ⁄ 15 = 310,00 on average, so four 1 240,00; five badges 250,00.
    # Of ЮKassa's fee for the order, 2 400 ⁄ 3 000 go along with the mugs = 102,48.
    go(sale, *TO_DOOR)
    assert held() == {
        "41": 4_160_00, "60": 5_650_00, "57.yookassa": 2_871_90, "86.jazz": 100_00, "26.acquiring": 4_27,
        "90.01.jazz": 2_400_00, "90.02.jazz": 1_240_00, "91.02.jazz": 102_48,
        "90.01.fund": 500_00, "90.02.fund": 250_00, "91.02.fund": 21_35}  # fmt: skip

    # One mug comes back whole, one broken: 600,00 each are owed again, then returned; the broken one is a cost.
    line = sale.lines.get(item=mug)
    for number, (reason, is_in_stock) in enumerate([("returned", True), ("faulty", False)]):
        services.return_pieces(
            sale_id=sale.pk, backs=[services.Back(line.pk, 1, is_in_stock)], reason=SaleReturn.Reason(reason),
            key=f"back-{number}", by=None, today=timezone.localdate(), now=timezone.now(),
        )  # fmt: skip
    assert held()["62.02"] == 1_200_00
    for refund in Refund.objects.all():
        payments.open_refund(refund_id=refund.pk, now=timezone.now())
    assert held() == {
        "41": 4_470_00, "60": 5_650_00, "57.yookassa": 1_671_90, "86.jazz": 100_00, "26.acquiring": 4_27,
        "90.01.jazz": 1_200_00, "90.02.jazz": 620_00, "91.02.jazz": 412_48,
        "90.01.fund": 500_00, "90.02.fund": 250_00, "91.02.fund": 21_35}  # fmt: skip

    # Counted: two badges are missing (100,00).
    services.take_stock(counted={badge.pk: 13}, papers=papers("И-1"), business_date=timezone.localdate())
    assert (held()["41"], held()["91.02.fund"]) == (4_370_00, 121_35)

    # The year's end: mugs earned 1 200,00 − 620,00 − 412,48 = 167,52 for the festival,
    # badges 500,00 − 250,00 − 121,35 = 128,65 for the fund.
    year = timezone.localdate().year
    closed = services.close_year(year=year, today=date(year + 1, 1, 9))
    assert [(row.subject, row.memo) for row in closed] == [
        ("fund", f"Итог магазина за год: {year}"), ("jazz", f"Итог магазина за год: {year}")]  # fmt: skip
    assert held() == {
        "41": 4_370_00, "60": 5_650_00, "57.yookassa": 1_671_90, "26.acquiring": 4_27,
        "86.jazz": 267_52, "86.fund": 128_65}  # fmt: skip
    assert services.close_year(year=year, today=date(year + 1, 1, 9)) == []


def test_a_loss_stays_where_everybody_sees_it() -> None:
    mug = item()
    buy(mug, pieces=2, price=100_00)
    year = timezone.localdate().year
    services.write_off_goods(lost={mug.pk: 2}, papers=papers(), business_date=date(year, 3, 1))

    with pytest.raises(services.YearNotOverError):
        services.close_year(year=year, today=date(year, 12, 31))
    assert Posting.objects.count() == 2
    services.close_year(year=year, today=date(year + 1, 1, 1))
    assert held() == {"60": 200_00, "84": -200_00}


def test_last_year_is_closed_once_its_papers_had_time_to_come() -> None:
    mug = item()
    buy(mug, pieces=2, price=100_00)
    year = timezone.localdate().year
    services.write_off_goods(lost={mug.pk: 2}, papers=papers(), business_date=date(year, 3, 1))

    assert services.close_last_year(today=date(year + 1, 1, 31)) == []
    (closed,) = services.close_last_year(today=date(year + 1, 2, 1))
    assert closed.business_date == date(year, 12, 31)
    assert services.close_last_year(today=date(year + 1, 2, 2)) == []
