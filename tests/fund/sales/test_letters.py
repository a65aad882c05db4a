"""Letters about orders: each kind in its own words, in both languages, with the order's page and nothing personal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from django.utils.translation import override

from fund.payments.models import Alarm
from fund.sales import letters
from fund.sales.models import Sale
from people.letters import find
from people.models import Letter
from tests.fund.sales.goods import buy, item
from tests.fund.sales.orders import go, order, paid

if TYPE_CHECKING:
    from emulator.control import EmulatorControl

pytestmark = pytest.mark.django_db
SAYS = {
    letters.PAID: "оплачен",
    letters.READY: "ждёт вас",
    letters.SENT: "77001",
    letters.RECEIVED: "передача: http",
    letters.SOLD_OUT: "не осталось",
    letters.REFUND: "вернулись туда, откуда были оплачены",
    letters.REPAID: "перевёл на ваш счёт",
}


@pytest.mark.parametrize("kind", SAYS)
def test_each_kind_has_words_in_both_languages(kind: str, control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=9, price=300_00)
    sale = paid(control, order((mug, 2, 500_00), carrier="cdek"))
    go(sale, Sale.State.ASSEMBLING, Sale.State.SENT, track_number="77001")
    go(sale, Sale.State.RECEIVED)
    letter = Letter.objects.get(kind=letters.PAID)
    letter.kind = kind
    if kind in {letters.REFUND, letters.REPAID}:
        from fund.payments.models import Refund

        refund = Refund.objects.create(
            payment=sale.payment,
            amount_kopecks=500_00,
            reason="goods_returned",
            request_key="r",
            created_at=timezone.now(),
        )
        letter.context |= {"refund": refund.pk}
    words = find(kind).write(letter=letter)
    assert sale.number in words.subject
    assert SAYS[kind] in words.body.replace("\xa0", " ")
    assert sale.get_absolute_url() in words.body
    assert "Анна" not in words.body
    with override("en"):
        english = find(kind).write(letter=letter)
    assert "заказ" not in english.subject.lower()


def test_a_letter_that_nobody_takes_alarms_and_a_later_yes_closes_it(control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=9, price=300_00)
    paid(control, order((mug, 2, 500_00)))
    letter, now = Letter.objects.get(), timezone.now()
    find(letter.kind).given_up(letter=letter, now=now)
    assert Alarm.objects.get().closed_at is None
    find(letter.kind).sent(letter=letter, now=now)
    assert Alarm.objects.get().closed_at is not None


def test_nobody_is_written_to_who_was_forgotten(control: EmulatorControl) -> None:
    mug = item()
    buy(mug, pieces=9, price=300_00)
    sale = paid(control, order((mug, 2, 500_00)))
    assert sale.buyer
    sale.buyer.email = None
    letters.tell(sale=sale, kind=letters.READY, now=timezone.now())
    assert list(Letter.objects.values_list("kind", flat=True)) == [letters.PAID]
