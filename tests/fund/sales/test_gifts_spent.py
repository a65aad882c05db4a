"""A gift that came with an order: what its project has spent does not go back, and what goes back is not spent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from campaigns.repurposing.pool import pool_of
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.models import Refund
from fund.sales import services
from fund.sales.models import Sale, SaleReturn
from tests import make
from tests.fund.payments.papers import spent
from tests.fund.sales.goods import books, buy, item
from tests.fund.sales.orders import bring_back, order, paid, send_refunds

if TYPE_CHECKING:
    from campaigns.models import Campaign
    from emulator.control import EmulatorControl
    from people.models import User

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def sad() -> Campaign:
    return make.campaign("sad", funding="open_ended")


@pytest.fixture
def sale(control: EmulatorControl, sad: Campaign) -> Sale:
    """Return a paid order of a mug for 500 roubles and a gift of 500."""
    mug = item()
    buy(mug, pieces=2, price=100_00)
    return paid(control, order((mug, 1, 500_00), gift=services.Extra("Сад", sad.slug, Kopecks(500_00))))


def cancel(sale: Sale) -> SaleReturn:
    return services.cancel_order(sale=sale, today=timezone.localdate(), now=timezone.now())


def test_what_is_spent_stays_and_the_goods_can_go_back_alone(sale: Sale, treasurer: User, signer: User) -> None:
    assert books("86.sad") == {"86.sad": 500_00}
    spent(treasurer, signer, 300_00)
    with pytest.raises(payments.RefundSpentError) as refused:
        cancel(sale)
    sale.refresh_from_db()
    assert (refused.value.left_kopecks, sale.state, Refund.objects.count()) == (200_00, Sale.State.PAID, 0)

    bring_back(sale, services.Back(sale.lines.get(kind="goods").pk, 1), reason=SaleReturn.Reason.CANCELLED)
    sale.refresh_from_db()
    assert (sale.state, Refund.objects.get().amount_kopecks) == (Sale.State.CANCELLED, 500_00)


def test_what_is_on_its_way_back_is_not_there_to_be_spent(
    sale: Sale, sad: Campaign, treasurer: User, signer: User
) -> None:
    assert pool_of(campaign=sad).pool_kopecks == 500_00
    cancel(sale)
    assert pool_of(campaign=sad).pool_kopecks == 0
    with pytest.raises(payments.BankEntryError):
        spent(treasurer, signer, 1_00)
    send_refunds()
    assert (books("86.sad", "62.02"), pool_of(campaign=sad).pool_kopecks) == ({}, 0)
