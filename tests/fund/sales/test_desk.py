"""Orders at the payments' desk: found by their numbers beside gifts, and money goes back by lines alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from fund.money import Kopecks
from fund.payments import desk_views, selectors
from fund.payments import services as payments
from fund.payments.models import Alarm, RefundProposal
from fund.payments.services.alarms import raise_alarm
from tests import make
from tests.fund.sales.goods import buy, item
from tests.fund.sales.orders import order, paid, place

if TYPE_CHECKING:
    from django.test import Client

    from emulator.control import EmulatorControl
    from people.models import User

pytestmark = pytest.mark.usefixtures("committed")


def test_money_of_an_order_goes_back_by_its_lines_alone(
    control: EmulatorControl, client: Client, treasurer: User
) -> None:
    mug = item()
    buy(mug, pieces=1, price=100_00)
    payment = paid(control, order((mug, 1, 500_00))).payment
    asked: dict[str, Any] = {
        "payment_id": payment.pk, "amount_kopecks": Kopecks(500_00), "reason": "mistake", "note": "Два раза",
        "request_key": "once", "user": treasurer, "now": timezone.now(),
    }  # fmt: skip

    with pytest.raises(payments.RefundDividedError) as refused:
        payments.propose_refund(**asked)
    assert (RefundProposal.objects.count(), payment.refunds.count()) == (0, 0)
    assert "по его строкам" in desk_views.refusal(refused.value)
    page = make.sign_in(client, treasurer).get(f"/desk/money/payments/{payment.pk}/")
    assert (page.status_code, page.context["refundable_kopecks"]) == (200, 0)


@pytest.mark.usefixtures("running_emulator")
def test_an_order_and_a_gift_of_one_number_are_both_found() -> None:
    mug = item()
    buy(mug, pieces=9, price=100_00)
    gift = make.donation(make.campaign())
    sale = place(order((mug, 1, 500_00)))
    while sale.pk < gift.pk:
        sale = place(order((mug, 1, 500_00)))
    while gift.pk < sale.pk:
        gift = make.donation(gift.campaign)
    found = selectors.payments_found(wanted=selectors.PaymentFilter(text=str(sale.pk)))

    assert {sale.payment, gift.payment} <= set(found)
    raise_alarm(kind=Alarm.Kind.NOT_DELIVERED, subject=f"gift:{gift.pk}", now=timezone.now())
    (alarm,) = Alarm.objects.all()
    assert selectors.alarm_links(alarms=[alarm]) == {alarm.pk: gift.payment_id}


@pytest.mark.usefixtures("control")
def test_orders_are_found_by_whom_any_of_their_lines_feeds() -> None:
    mug, badge, cap = item("MUG", subject="jazz"), item("BADGE", subject="jazz"), item("CAP")
    buy(mug, badge, cap, pieces=2, price=100_00)
    both = place(order((mug, 1, 500_00), (badge, 1, 500_00), (cap, 1, 500_00)))
    place(order((cap, 1, 500_00)))

    assert list(selectors.payments_found(wanted=selectors.PaymentFilter(subject="jazz"))) == [both.payment]


def test_the_treasurer_finds_an_order_among_payments_by_its_number(
    client: Client, control: EmulatorControl, treasurer: User
) -> None:
    mug = item()
    buy(mug, pieces=1, price=100_00)
    sale = paid(control, order((mug, 1, 500_00)))
    make.sign_in(client, treasurer)
    for address in (f"/desk/money/payments/?text={sale.number}", f"/desk/money/payments/{sale.payment_id}/"):
        shown = client.get(address).content.decode()
        for words in ("Заказ: Самовывоз", sale.number, "За что"):
            assert words in shown
        assert ">Пожертвование<" not in shown
