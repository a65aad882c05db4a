"""Buyers are forgotten: not while they wait for something, whole when they ask, and by themselves in time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from fund.payments import services as payments
from fund.sales import services
from fund.sales.models import FiscalReceipt, PromoUse, Sale, SaleContact
from people.models import Donor
from tests.fund.sales.goods import buy, item
from tests.fund.sales.orders import go, order, paid, place
from tests.fund.sales.test_promo import code

if TYPE_CHECKING:
    from emulator.control import EmulatorControl

pytestmark = pytest.mark.django_db
State = Sale.State


def buyer(sale: Sale) -> int:
    assert sale.buyer_id is not None
    return sale.buyer_id


def register_all() -> None:
    waiting = FiscalReceipt.objects.filter(state="waiting")
    waiting.update(state="registered", registered_at=timezone.now(), next_check_at=None)


def end(sale: Sale) -> Sale:
    register_all()
    return go(sale, State.ASSEMBLING, State.READY, State.HANDED_OVER)


def test_who_waits_for_an_order_or_a_receipt_is_not_forgotten_yet(control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=9, price=300_00)
    sale = paid(control, order((mug, 1, 500_00)))
    assert services.has_orders_under_way(donor_ids=[buyer(sale)])
    end(sale)
    assert services.has_orders_under_way(donor_ids=[buyer(sale)])  # the receipt of the handover
    register_all()
    assert not services.has_orders_under_way(donor_ids=[buyer(sale)])


def test_a_buyer_who_is_forgotten_leaves_numbers_alone(control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=9, price=300_00)
    code()
    sale = end(paid(control, order((mug, 1, 500_00), promo_code="JAZZ", discount_kopecks=10_000)))
    before = sale.token
    assert [services.forget_buyers(donor_ids=[buyer(sale)], now=timezone.now()) for _time in range(2)] == [1, 0]
    sale.refresh_from_db()
    assert (sale.request_sha256, sale.user, sale.token != before) == ("", None, True)
    assert not SaleContact.objects.exists()
    assert PromoUse.objects.get().person == ""
    assert Donor.objects.get(pk=buyer(sale)).email is None
    assert sale.total_kopecks == 400_00


def test_contacts_and_buyers_go_when_their_time_is_over(control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=9, price=300_00)
    closed = go(end(paid(control, order((mug, 1, 500_00)))), State.CLOSED)
    waits = paid(control, order((mug, 1, 500_00)))
    lost = place(order((mug, 1, 500_00)))
    control.decline(str(lost.payment.yookassa_id))
    payments.reread_payment(payment_id=lost.payment_id, now=timezone.now())
    services.let_go(sale_id=lost.pk, now=timezone.now())

    now = timezone.now()
    assert services.forget_old(now=now + timedelta(days=29)) == {"contacts": 0, "buyers": 0, "misses": 0}
    assert services.forget_old(now=now + timedelta(days=31)) == {"contacts": 0, "buyers": 1, "misses": 0}
    assert Donor.objects.get(pk=buyer(lost)).email is None
    assert services.forget_old(now=now + timedelta(days=91))["contacts"] == 1
    assert list(SaleContact.objects.values_list("sale", flat=True)) == [waits.pk]
    assert services.forget_old(now=now + timedelta(days=1827))["buyers"] == 1
    assert Donor.objects.get(pk=buyer(closed)).email is None
    assert Donor.objects.get(pk=buyer(waits)).email is not None
