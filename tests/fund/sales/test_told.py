"""What ЮKassa's notifications, real and forged, do to an order: it moves by what ЮKassa answers, and once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from fund.ledger.audit import audit
from fund.ledger.models import Operation
from fund.payments import services as payments
from fund.payments.models import Alarm, Payment, Refund
from fund.payments.services.notifying import Told
from fund.sales.models import FiscalReceipt, Sale, StockItem
from people.models import Letter
from tests.fund.sales.goods import buy, counts, item
from tests.fund.sales.orders import order, paid, place
from tests.together import together

if TYPE_CHECKING:
    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def mug() -> StockItem:
    """Give five pieces of one thing."""
    found = item()
    buy(found, pieces=5, price=300_00)
    return found


def tell(event: str, object_id: object, body: bytes = b"") -> None:
    """Let a notification come, whoever sent it, and be handled."""
    now = timezone.now()
    told = Told(event, str(object_id))
    found = payments.receive_notification(body=body or f"{event} {object_id}".encode(), told=told, now=now)
    payments.handle_notification(notification_id=found.pk, now=now)


def written(sale: Sale) -> tuple[str, int, int, int]:
    """Return the order's state, and how many entries, letters and receipts there are of it."""
    sale.refresh_from_db()
    return (
        sale.state,
        Operation.objects.filter(kind="order_paid").count(),
        Letter.objects.count(),
        FiscalReceipt.objects.filter(sale=sale).count(),
    )


@pytest.mark.parametrize("event", ["payment.succeeded", "payment.canceled", "refund.succeeded"])
def test_a_forged_word_moves_no_order(control: EmulatorControl, mug: StockItem, event: str) -> None:
    sale = place(order((mug, 2, 500_00)))
    before = written(sale)
    tell(event, sale.payment.yookassa_id)

    assert written(sale) == before
    assert (sale.state, counts(mug)) == (Sale.State.UNPAID, (5, 2))
    assert Payment.objects.get().state == Payment.State.PENDING


def test_a_forged_refund_takes_no_paid_order_back(control: EmulatorControl, mug: StockItem) -> None:
    sale = paid(control, order((mug, 2, 500_00)))
    before = written(sale)
    for event in ("payment.canceled", "refund.succeeded", "payment.waiting_for_capture"):
        tell(event, sale.payment.yookassa_id)

    assert written(sale) == before
    assert (Refund.objects.count(), counts(mug), Alarm.objects.count()) == (0, (5, 2), 0)


def test_a_word_told_again_and_by_many_at_once_is_booked_once(control: EmulatorControl, mug: StockItem) -> None:
    sale = place(order((mug, 2, 500_00)))
    control.pay(str(sale.payment.yookassa_id))
    bodies = [f"body {number % 3}".encode() for number in range(8)]
    together(*[partial(tell, "payment.succeeded", sale.payment.yookassa_id, body) for body in bodies])
    once = written(sale)
    tell("payment.succeeded", sale.payment.yookassa_id)

    assert once[:2] == (Sale.State.PAID, 1)
    assert written(sale) == once
    assert counts(mug) == (5, 2)
    assert audit().fault == ""


def test_another_orders_payment_pays_only_its_own(control: EmulatorControl, mug: StockItem) -> None:
    mine, theirs = place(order((mug, 2, 500_00))), place(order((mug, 1, 500_00)))
    control.pay(str(theirs.payment.yookassa_id))
    for sale in (mine, theirs):
        tell("payment.succeeded", sale.payment.yookassa_id)

    assert (written(mine)[0], written(theirs)[0]) == (Sale.State.UNPAID, Sale.State.PAID)
