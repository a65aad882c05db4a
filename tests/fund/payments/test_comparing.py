"""ЮKassa's list against the books, day by day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from yookassa.domain.response import PaymentResponse

from fund.money import Kopecks
from fund.payments import gateway, services
from fund.payments.days import moscow_date
from fund.payments.models import Alarm, DayComparison, Payment, Refund
from fund.payments.services import comparing
from tests import make

if TYPE_CHECKING:
    from config.embedded.postgres import Cluster
    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")
LATER = timedelta(minutes=5)


def paid(control: EmulatorControl) -> Payment:
    payment = make.donation(make.campaign(f"sad-{Payment.objects.count()}")).payment
    assert payment.yookassa_id
    control.pay(payment.yookassa_id)
    return payment


def compare() -> DayComparison:
    now = timezone.now() + LATER
    return services.compare_day(date=moscow_date(timezone.now()), now=now)


def test_a_day_that_agrees_has_no_difference(control: EmulatorControl) -> None:
    payment = paid(control)
    services.reread_payment(payment_id=payment.pk, now=timezone.now())

    day = compare()

    assert (day.differences, day.yookassa_payments, day.booked_payments) == (0, 1, 1)
    assert day.yookassa_kopecks == day.booked_kopecks == 500_00
    assert Alarm.objects.count() == 0


def test_a_payment_that_we_missed_is_taken_over(control: EmulatorControl) -> None:
    payment = paid(control)

    assert compare().differences == 1
    payment.refresh_from_db()
    assert payment.state == Payment.State.SUCCEEDED
    assert compare().differences == 0


def test_a_payment_that_is_not_ours_raises_one_alarm(control: EmulatorControl) -> None:
    foreign = gateway.create_payment(
        key="k",
        amount_kopecks=Kopecks(100_00),
        description="x",
        return_url="http://x.example/",
        reference="nobody",
    )
    control.pay(foreign.yookassa_id)

    compare()
    compare()

    assert list(Alarm.objects.values_list("kind", flat=True)) == [Alarm.Kind.UNKNOWN_PAYMENT]


def test_a_booked_payment_that_yookassa_does_not_list_raises_an_alarm(control: EmulatorControl) -> None:
    payment = paid(control)
    services.reread_payment(payment_id=payment.pk, now=timezone.now())
    control.run("reset")

    assert compare().differences == 1
    assert Alarm.objects.get().kind == Alarm.Kind.MISSING_PAYMENT


def test_an_alarm_ends_when_the_list_holds_the_payment_again(control: EmulatorControl) -> None:
    payment = paid(control)
    services.reread_payment(payment_id=payment.pk, now=timezone.now())
    services.raise_alarm(kind=Alarm.Kind.MISSING_PAYMENT, subject=f"payment:{payment.pk}", now=timezone.now())
    services.raise_alarm(kind=Alarm.Kind.NOT_COMPARED, subject=f"day:{moscow_date(timezone.now())}", now=timezone.now())

    assert compare().differences == 0
    assert Alarm.objects.filter(closed_at=None).count() == 0


def test_a_day_that_could_not_be_compared_for_half_a_day_raises_an_alarm(control: EmulatorControl) -> None:
    noon = timezone.now().replace(hour=9, minute=1)  # Moscow's is three hours later
    yesterday = moscow_date(noon) - timedelta(days=1)
    services.note_uncompared(now=noon)
    assert Alarm.objects.count() == 0  # there was no payment yet
    make.payment(created_at=noon - timedelta(days=3))
    services.note_uncompared(now=noon - timedelta(minutes=2))
    services.note_uncompared(now=noon)

    days = [yesterday - timedelta(days=1), yesterday]
    assert sorted(Alarm.objects.values_list("subject", flat=True)) == [f"day:{day}" for day in days]


def test_another_sum_at_yookassa_books_nothing(control: EmulatorControl, committed: str, cluster: Cluster) -> None:
    payment = paid(control)
    with cluster.connect(committed) as superuser:
        superuser.execute("UPDATE payments_payment SET amount_kopecks = 1")

    services.reread_payment(payment_id=payment.pk, now=timezone.now())

    payment.refresh_from_db()
    assert payment.state == Payment.State.PENDING
    assert payment.operation_id is None
    assert Alarm.objects.get().kind == Alarm.Kind.MISMATCH


def refunded(control: EmulatorControl) -> Refund:
    """Return a refund that ЮKassa made and whose answer was lost."""
    payment = paid(control)
    services.reread_payment(payment_id=payment.pk, now=timezone.now())
    refund = services.request_refund(
        payment_id=payment.pk, amount_kopecks=Kopecks(100), reason="mistake", request_key="k", now=timezone.now()
    )
    control.fault("500_after", method="POST", path="/v3/refunds")
    services.open_refund(refund_id=refund.pk, now=timezone.now())
    return refund


def test_a_refund_that_we_missed_is_taken_over(control: EmulatorControl) -> None:
    refund = refunded(control)

    assert compare().differences == 1
    refund.refresh_from_db()
    assert refund.state == Refund.State.SUCCEEDED
    assert compare().differences == 0


def test_a_refund_of_no_payment_of_ours_raises_one_alarm(control: EmulatorControl) -> None:
    foreign = gateway.create_payment(
        key="p", amount_kopecks=Kopecks(100_00), description="x", return_url="http://x.example/", reference="nobody"
    )
    control.pay(foreign.yookassa_id)
    gateway.create_refund(key="k", payment_id=foreign.yookassa_id, amount_kopecks=Kopecks(100), reference="by hand")

    assert [compare().differences, compare().differences] == [2, 2]
    assert set(Alarm.objects.values_list("kind", flat=True)) == {Alarm.Kind.UNKNOWN_PAYMENT, Alarm.Kind.UNKNOWN_REFUND}


def test_a_booked_refund_that_yookassa_does_not_know_raises_an_alarm(control: EmulatorControl) -> None:
    refund = refunded(control)
    services.open_refund(refund_id=refund.pk, now=timezone.now())
    assert compare().differences == 0
    Refund.objects.update(yookassa_id="gone")

    assert compare().differences == 2  # theirs is not ours, ours is not theirs
    assert set(Alarm.objects.values_list("kind", flat=True)) == {Alarm.Kind.MISMATCH, Alarm.Kind.MISSING_REFUND}


def test_a_refund_that_their_list_holds_for_another_day_is_no_difference(control: EmulatorControl) -> None:
    refund = refunded(control)
    services.open_refund(refund_id=refund.pk, now=timezone.now())
    today = moscow_date(timezone.now())
    control.run("advance", seconds=0)
    theirs = comparing._Tally()
    comparing._read_our_refunds(today, timezone.now() + LATER, theirs, timezone.now())

    assert theirs.differences == 0


def test_what_was_booked_a_moment_ago_may_be_missing_in_their_list(control: EmulatorControl) -> None:
    payment = paid(control)
    services.reread_payment(payment_id=payment.pk, now=timezone.now())
    control.run("reset")

    day = services.compare_day(date=moscow_date(timezone.now()), now=timezone.now())
    assert (day.differences, day.booked_payments, Alarm.objects.count()) == (0, 0, 0)


def test_a_long_list_is_read_page_by_page(control: EmulatorControl) -> None:
    for number in range(gateway.PAGE_SIZE + 1):
        gateway.create_payment(
            key=str(number),
            amount_kopecks=Kopecks(100_00),
            description="x",
            return_url="http://x.example/",
            reference=str(number),
        )

    found = [remote.reference for remote in gateway.payments_between(filters={})]
    assert found == [str(number) for number in range(gateway.PAGE_SIZE, -1, -1)]


def test_an_object_without_an_id_is_an_unknown_outcome() -> None:
    with pytest.raises(TypeError):
        gateway._id(PaymentResponse({"status": "pending"}).id)
