"""From an intent to a payment at ЮKassa: one key, whatever comes back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from fund.money import Kopecks
from fund.payments import services
from fund.payments.models import Alarm, Payment
from tests import make

if TYPE_CHECKING:
    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")
CREATE: dict[str, Any] = {"method": "POST", "path": "/v3/payments"}
LIST: dict[str, Any] = {"method": "GET", "path": "/v3/payments"}
DAY_LATER = timedelta(hours=23, minutes=1)


def unopened(control: EmulatorControl, fault: str = "500_before") -> Payment:
    """Return a payment whose first attempt had an unknown outcome."""
    control.fault(fault, **CREATE)
    payment = make.donation(make.campaign()).payment
    assert (payment.state, payment.attempts) == (Payment.State.CREATING, 1)
    return payment


def alarms() -> list[tuple[str, str]]:
    return list(Alarm.objects.filter(closed_at=None).values_list("kind", "subject"))


def test_the_second_attempt_uses_the_same_key(control: EmulatorControl) -> None:
    payment = unopened(control, "500_after")
    services.open_payment(payment_id=payment.pk, now=timezone.now())
    services.open_payment(payment_id=payment.pk, now=timezone.now())  # it is open: nothing to do

    payment.refresh_from_db()
    assert (payment.state, payment.attempts) == (Payment.State.PENDING, 2)
    assert [one["id"] for one in control.everything()["payments"]] == [payment.yookassa_id]


def test_a_lost_key_is_not_sent_and_the_payment_is_found_in_the_list(control: EmulatorControl) -> None:
    payment = unopened(control, "500_after")
    other = make.donation(make.campaign("les")).payment
    services.open_payment(payment_id=payment.pk, now=timezone.now() + DAY_LATER)

    payment.refresh_from_db()
    assert payment.state == Payment.State.PENDING
    assert {one["id"] for one in control.everything()["payments"]} == {payment.yookassa_id, other.yookassa_id}
    assert alarms() == []


def test_a_lost_key_without_a_payment_closes_it_with_an_alarm(control: EmulatorControl) -> None:
    payment = unopened(control)
    services.open_payment(payment_id=payment.pk, now=timezone.now() + DAY_LATER)

    payment.refresh_from_db()
    assert (payment.state, payment.cancel_reason) == (Payment.State.CANCELED, "key_expired")
    assert control.everything()["payments"] == []
    assert alarms() == [(Alarm.Kind.KEY_EXPIRED, f"payment:{payment.pk}")]


def test_a_lost_key_decides_nothing_while_the_list_cannot_be_read(control: EmulatorControl) -> None:
    payment = unopened(control)
    control.fault("502_html", **LIST)
    services.open_payment(payment_id=payment.pk, now=timezone.now() + DAY_LATER)

    payment.refresh_from_db()
    assert payment.state == Payment.State.CREATING
    assert alarms() == []


def test_a_canceled_payment_that_turns_up_after_all_is_booked(control: EmulatorControl) -> None:
    payment = unopened(control, "500_after")
    control.fault("502_html", **LIST)  # the list is read once and fails, then closed by hand as a person might
    Payment.objects.filter(pk=payment.pk).update(state=Payment.State.CANCELED, cancel_reason="key_expired")
    (remote,) = control.everything()["payments"]
    control.pay(remote["id"])
    control.run("clear")
    services.compare_day(date=timezone.localdate(), now=timezone.now() + timedelta(minutes=5))

    payment.refresh_from_db()
    assert (payment.state, payment.cancel_reason) == (Payment.State.SUCCEEDED, "")


def test_a_wrong_shop_key_raises_one_alarm_that_ends_with_the_next_success(control: EmulatorControl) -> None:
    payment = unopened(control, "401")
    assert alarms() == [(Alarm.Kind.CREDENTIALS, "yookassa")]
    services.open_payment(payment_id=payment.pk, now=timezone.now())

    payment.refresh_from_db()
    assert payment.state == Payment.State.PENDING
    assert alarms() == []


def test_what_yookassa_refuses_is_canceled(control: EmulatorControl) -> None:
    payment = make.donation(make.campaign(), kopecks=700_001_00).payment

    assert (payment.state, payment.cancel_reason) == (Payment.State.CANCELED, "invalid_request")
    assert control.everything()["payments"] == []


def test_a_refusal_after_an_unknown_outcome_looks_into_the_list_first(control: EmulatorControl) -> None:
    payment = unopened(control, "500_after")
    Payment.objects.filter(pk=payment.pk).update(description="x")  # another body: ЮKassa refuses the key
    services.open_payment(payment_id=payment.pk, now=timezone.now())

    payment.refresh_from_db()
    assert payment.state == Payment.State.PENDING
    assert payment.yookassa_id == control.everything()["payments"][0]["id"]


def test_a_description_is_cut_to_what_yookassa_takes(control: EmulatorControl) -> None:
    payment = services.register_payment(
        purpose="donation",
        amount_kopecks=Kopecks(100_00),
        description="я" * 200,
        return_url="http://x.example/",
        now=timezone.now(),
    )
    services.open_payment(payment_id=payment.pk, now=timezone.now())

    assert control.everything()["payments"][0]["description"] == "я" * 128
