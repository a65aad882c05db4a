"""ЮKassa's word becomes ours: forward only, whatever order it comes in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from campaigns.models import Campaign, Donation
from fund.ledger import services as ledger
from fund.ledger.models import Operation
from fund.money import Kopecks
from fund.payments import gateway, purposes, services
from fund.payments.models import Alarm, DayComparison, Notification, Payment, Refund
from fund.payments.services.settling import adopt_payment, cancel_unopened
from tests import make

if TYPE_CHECKING:
    from emulator.control import EmulatorControl
    from fund.payments.gateway import RemotePayment

pytestmark = pytest.mark.usefixtures("committed")


def pending() -> Payment:
    payment = make.donation(make.campaign()).payment
    assert payment.state == Payment.State.PENDING
    return payment


def remote_of(payment: Payment) -> RemotePayment:
    return gateway.find_payment(yookassa_id=str(payment.yookassa_id))


def settle(payment: Payment, remote: RemotePayment, *, after: timedelta = timedelta()) -> None:
    services.settle_payment(payment_id=payment.pk, remote=remote, now=timezone.now() + after)
    payment.refresh_from_db()


def kinds() -> list[str]:
    return list(Operation.objects.order_by("number").values_list("kind", flat=True))


def test_a_stale_word_never_takes_a_payment_back(control: EmulatorControl) -> None:
    payment = pending()
    before = remote_of(payment)
    control.pay(str(payment.yookassa_id))
    settle(payment, remote_of(payment))
    settle(payment, before)
    settle(payment, replace(before, status="canceled"))

    assert payment.state == Payment.State.SUCCEEDED
    assert kinds() == ["gift", "commission"]


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_kopecks": 1}, {"currency": "USD"}, {"account_id": "1"}, {"is_test": False}, {"reference": "x"},
        {"yookassa_id": "another"},
    ],
)  # fmt: skip
def test_anything_else_than_what_was_asked_for_changes_nothing(
    control: EmulatorControl, changes: dict[str, Any]
) -> None:
    payment = pending()
    control.pay(str(payment.yookassa_id))
    settle(payment, replace(remote_of(payment), **changes))

    assert payment.state == Payment.State.PENDING
    assert kinds() == []
    assert list(Alarm.objects.values_list("kind", flat=True)) == [Alarm.Kind.MISMATCH]


def test_a_success_after_yookassas_own_cancel_is_for_a_person_to_look_at(control: EmulatorControl) -> None:
    payment = pending()
    control.decline(str(payment.yookassa_id))
    settle(payment, remote_of(payment))
    settle(payment, remote_of(payment))
    settle(payment, replace(remote_of(payment), status="pending"))  # read before, told after
    assert (payment.state, Alarm.objects.count()) == (Payment.State.CANCELED, 0)
    settle(payment, replace(remote_of(payment), status="succeeded"))

    assert payment.state == Payment.State.CANCELED
    assert kinds() == []
    assert list(Alarm.objects.values_list("kind", flat=True)) == [Alarm.Kind.MISMATCH]


def test_a_payment_that_yookassa_lost_raises_an_alarm(control: EmulatorControl) -> None:
    payment = pending()
    control.run("reset")
    services.reread_payment(payment_id=payment.pk, now=timezone.now())

    payment.refresh_from_db()
    assert payment.state == Payment.State.PENDING
    assert list(Alarm.objects.values_list("kind", flat=True)) == [Alarm.Kind.MISSING_PAYMENT]


def test_a_payment_that_was_never_opened_is_not_read(control: EmulatorControl) -> None:
    control.fault("500_before", method="POST")
    payment = make.donation(make.campaign()).payment
    services.reread_payment(payment_id=payment.pk, now=timezone.now())

    payment.refresh_from_db()
    assert payment.state == Payment.State.CREATING


def test_the_commission_may_come_later(control: EmulatorControl) -> None:
    payment = pending()
    control.pay(str(payment.yookassa_id))
    remote = remote_of(payment)
    settle(payment, replace(remote, income_kopecks=None))
    assert kinds() == ["gift"]
    assert Payment.objects.filter(next_check_at__isnull=False).count() == 1
    settle(payment, remote)

    assert kinds() == ["gift", "commission"]
    assert Payment.objects.filter(next_check_at__isnull=False).count() == 0
    assert payment.income_kopecks == remote.income_kopecks


def test_what_comes_after_its_campaign_closed_is_booked_and_goes_back(control: EmulatorControl) -> None:
    payment = make.donation(make.campaign(closes_at=timezone.now() + timedelta(days=30))).payment
    make.end(Campaign.objects.get(), at=timezone.now() - timedelta(minutes=1))
    control.pay(str(payment.yookassa_id))
    services.reread_payment(payment_id=payment.pk, now=timezone.now())

    refund = Refund.objects.get()
    assert (refund.payment_id, refund.amount_kopecks) == (payment.pk, payment.amount_kopecks)
    assert refund.reason == Refund.Reason.CAMPAIGN_CLOSED
    assert kinds()[0] == "gift"


def test_a_payment_without_commission_books_none(control: EmulatorControl) -> None:
    payment = pending()
    control.pay(str(payment.yookassa_id))
    settle(payment, replace(remote_of(payment), income_kopecks=Kopecks(payment.amount_kopecks)))

    assert kinds() == ["gift"]
    assert payment.next_check_at is None


def test_a_commission_that_never_comes_raises_an_alarm_after_days(control: EmulatorControl) -> None:
    payment = pending()
    control.pay(str(payment.yookassa_id))
    remote = replace(remote_of(payment), income_kopecks=None)
    settle(payment, remote)
    settle(payment, remote, after=timedelta(days=2))
    assert Alarm.objects.count() == 0
    settle(payment, remote, after=timedelta(days=4))

    assert payment.next_check_at is None
    assert list(Alarm.objects.values_list("kind", flat=True)) == [Alarm.Kind.NO_COMMISSION]


def test_what_the_books_refuse_is_an_alarm_and_booked_when_they_take_it(control: EmulatorControl) -> None:
    payment = pending()
    control.pay(str(payment.yookassa_id))
    les = make.draft("les")  # no account of that name is open
    Donation.objects.update(campaign=les)
    settle(payment, remote_of(payment))
    assert payment.state == Payment.State.PENDING
    assert kinds() == []
    assert list(Alarm.objects.values_list("kind", "closed_at")) == [(Alarm.Kind.NOT_BOOKED, None)]
    ledger.open_account(code="86.les", name="Лес")
    settle(payment, remote_of(payment))

    assert payment.state == Payment.State.SUCCEEDED
    assert kinds() == ["gift", "commission"]
    assert Alarm.objects.filter(closed_at=None).count() == 0


@pytest.mark.parametrize("reference", ["", "nobody", "7f0c3b57-2d6c-4b0a-9a43-0a1b2c3d4e5f"])
def test_a_payment_with_a_foreign_reference_is_not_ours(control: EmulatorControl, reference: str) -> None:
    payment = pending()

    assert not adopt_payment(remote=replace(remote_of(payment), reference=reference), now=timezone.now())
    assert kinds() == []


def test_a_purpose_that_nobody_registered_is_named() -> None:
    with pytest.raises(purposes.UnknownPurposeError, match="lottery"):
        purposes.find("lottery")


def test_only_what_was_never_opened_is_closed_by_us(control: EmulatorControl) -> None:
    payment = pending()
    cancel_unopened(payment_id=payment.pk, reason="key_expired", now=timezone.now())

    payment.refresh_from_db()
    assert payment.state == Payment.State.PENDING


def test_rows_say_what_they_are() -> None:
    day = date(2026, 5, 1)
    rows = [
        Payment(pk=1, state="pending"), Refund(pk=2, state="creating"), Notification(event="payment.x", object_id="y"),
        Alarm(kind="mismatch", subject="payment:1"), DayComparison(date=day, differences=3),
    ]  # fmt: skip

    assert [str(row) for row in rows] == [
        "payment 1 (pending)",
        "refund 2 (creating)",
        "payment.x y",
        "mismatch payment:1",
        "2026-05-01: 3 differences",
    ]
