"""What worker and beat do: each task is safe to run twice, and what was lost is found by a sweep."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from queue import Empty
from typing import TYPE_CHECKING

import pytest
from celery import current_app
from django.core.management import CommandError, call_command
from django.utils import timezone

from config.embedded.copy import wait_until
from fund.money import Kopecks
from fund.payments import gateway, selectors, services, tasks
from fund.payments.models import Alarm, DayComparison, Notification, Payment, Refund
from fund.payments.services import pace
from fund.payments.services.notifying import Told
from tests import make

if TYPE_CHECKING:
    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")


def paid(control: EmulatorControl) -> Payment:
    """Return a payment that is paid at ЮKassa and pending here."""
    payment = make.donation(make.campaign(f"sad-{Payment.objects.count()}")).payment
    control.pay(str(payment.yookassa_id))
    return payment


def tell(event: str, object_id: str, **more: object) -> Notification:
    body = json.dumps({"event": event, "object": {"id": object_id}} | more).encode()
    return services.receive_notification(body=body, told=Told(event, object_id), now=timezone.now())


def is_handled(notification: Notification) -> bool:
    notification.refresh_from_db()
    return notification.handled_at is not None


def queued() -> list[str]:
    """Return the names of the tasks that wait in Redis, and empty the queue."""
    found = []
    with current_app.connection_for_read() as connection, connection.SimpleQueue("celery") as queue, suppress(Empty):
        while True:
            message = queue.get(block=False)
            found.append(message.headers["task"])
            message.ack()
    return found


@pytest.fixture(autouse=True)
def empty_queue(committed: str) -> None:
    queued()


def test_a_notification_lets_the_payment_be_read(control: EmulatorControl) -> None:
    payment = paid(control)
    notification = tell("payment.succeeded", str(payment.yookassa_id))
    for _ in range(2):
        tasks.handle_notification(notification_id=notification.pk)

    payment.refresh_from_db()
    assert payment.state == Payment.State.SUCCEEDED
    assert is_handled(notification)


def test_a_notification_that_came_before_our_own_call_returned_is_taken_by_its_reference(
    control: EmulatorControl,
) -> None:
    control.fault("drop_after", method="POST")
    payment = make.donation(make.campaign()).payment
    (remote,) = control.everything()["payments"]
    control.pay(remote["id"])
    tasks.handle_notification(notification_id=tell("payment.succeeded", remote["id"]).pk)

    payment.refresh_from_db()
    assert (payment.state, payment.yookassa_id) == (Payment.State.SUCCEEDED, remote["id"])


def test_notifications_of_refunds_are_read_too(control: EmulatorControl) -> None:
    payment = paid(control)
    services.reread_payment(payment_id=payment.pk, now=timezone.now())
    control.fault("drop_after", method="POST", path="/v3/refunds")
    refund = services.request_refund(
        payment_id=payment.pk, amount_kopecks=Kopecks(100), reason="mistake", request_key="k", now=timezone.now()
    )
    tasks.settle_refund(refund_id=refund.pk)
    (remote,) = control.everything()["refunds"]
    notification = tell("refund.succeeded", remote["id"])
    for _ in range(2):
        tasks.handle_notification(notification_id=notification.pk)

    refund.refresh_from_db()
    assert refund.state == Refund.State.SUCCEEDED


@pytest.mark.parametrize("event", ["payment.succeeded", "refund.succeeded", "deal.closed"])
def test_a_notification_of_something_unknown_is_handled_and_changes_nothing(
    control: EmulatorControl, event: str
) -> None:
    notification = tell(event, "nobody")
    tasks.handle_notification(notification_id=notification.pk)

    assert is_handled(notification)
    assert Alarm.objects.count() == 0


def test_a_notification_waits_while_yookassa_cannot_be_read(control: EmulatorControl) -> None:
    payment = paid(control)
    notification = tell("payment.succeeded", str(payment.yookassa_id))
    control.fault("502_html", method="GET")
    tasks.handle_notification(notification_id=notification.pk)
    assert not is_handled(notification)

    assert selectors.open_notifications(now=timezone.now()) == []
    assert selectors.open_notifications(now=timezone.now() + timedelta(seconds=6)) == [notification.pk]


def test_a_delivery_during_the_reading_opens_the_notification_again(control: EmulatorControl) -> None:
    payment = paid(control)
    notification = tell("payment.succeeded", str(payment.yookassa_id))
    tasks.handle_notification(notification_id=notification.pk)
    tell("payment.succeeded", str(payment.yookassa_id))

    assert not is_handled(notification)
    assert notification.deliveries == 2


def test_the_sweep_hands_out_what_is_due_and_then_puts_it_off(control: EmulatorControl) -> None:
    payment = paid(control)
    Payment.objects.filter(pk=payment.pk).update(next_check_at=timezone.now() - timedelta(seconds=1))
    notification = tell("payment.succeeded", str(payment.yookassa_id))
    Notification.objects.filter(pk=notification.pk).update(last_received_at=timezone.now() - timedelta(seconds=6))
    tasks.settle_unfinished()
    assert sorted(queued()) == ["payments.handle_notification", "payments.settle_payment"]

    tasks.settle_unfinished()
    assert queued() == ["payments.handle_notification"]
    payment.refresh_from_db()
    assert payment.next_check_at is not None
    assert payment.next_check_at > timezone.now() + pace.claim() / 2


def test_a_payment_is_taken_a_step_further_each_time(control: EmulatorControl) -> None:
    control.fault("500_before", method="POST")
    payment = make.donation(make.campaign()).payment
    tasks.settle_payment(payment_id=payment.pk)
    payment.refresh_from_db()
    assert payment.state == Payment.State.PENDING
    control.pay(str(payment.yookassa_id))
    control.fault("502_html", method="GET")
    tasks.settle_payment(payment_id=payment.pk)
    payment.refresh_from_db()
    assert payment.state == Payment.State.PENDING
    tasks.settle_payment(payment_id=payment.pk)

    payment.refresh_from_db()
    assert payment.state == Payment.State.SUCCEEDED


def test_refunds_that_are_due_are_handed_out_and_carried_out(control: EmulatorControl) -> None:
    payment = paid(control)
    services.reread_payment(payment_id=payment.pk, now=timezone.now())
    queued()
    refund = services.request_refund(
        payment_id=payment.pk, amount_kopecks=Kopecks(100), reason="mistake", request_key="k", now=timezone.now()
    )
    tasks.settle_refunds()
    assert queued() == ["payments.settle_refund"]
    control.set(refund_mode="held")
    tasks.settle_refund(refund_id=refund.pk)
    control.fault("502_html", method="GET")
    tasks.settle_refund(refund_id=refund.pk)
    control.set(refund_mode="")

    def is_done() -> bool:
        tasks.settle_refund(refund_id=refund.pk)
        refund.refresh_from_db()
        return refund.state == Refund.State.SUCCEEDED

    wait_until(is_done)


def test_days_that_agreed_are_not_compared_again(control: EmulatorControl) -> None:
    tasks.compare_days()
    assert DayComparison.objects.count() == selectors.COMPARED_DAYS + 1
    assert set(DayComparison.objects.values_list("differences", flat=True)) == {0}
    now = timezone.now()
    today = timezone.localdate(now)

    assert selectors.days_to_compare(now=now)[0] == today
    assert set(selectors.days_to_compare(now=now)) <= {today, today - timedelta(days=1)}
    DayComparison.objects.filter(date=today - timedelta(days=3)).update(differences=1)
    assert today - timedelta(days=3) in selectors.days_to_compare(now=now)


def test_days_are_compared_later_where_the_list_cannot_be_read(control: EmulatorControl) -> None:
    control.fault("502_html", method="GET")
    tasks.compare_days()

    assert DayComparison.objects.count() == 0


def test_a_key_that_yookassa_no_longer_takes_raises_an_alarm_wherever_it_is_seen(control: EmulatorControl) -> None:
    control.fault("401", method="GET")
    tasks.compare_days()

    assert list(Alarm.objects.values_list("kind", "subject")) == [(Alarm.Kind.CREDENTIALS, "yookassa")]


def test_alarms_are_listed_and_closed_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    services.raise_alarm(kind=Alarm.Kind.MISMATCH, subject="payment:7", now=timezone.now())
    number = Alarm.objects.get().pk
    call_command("alarms")
    call_command("alarms", "--close", str(number))
    with pytest.raises(CommandError, match=f"no open alarm {number}"):
        call_command("alarms", "--close", str(number))
    call_command("alarms")

    listed, closed = capsys.readouterr().out.split("1 open alarms\n")
    assert "payment:7  ЮKassa называет другую сумму" in listed
    assert closed == f"Alarm {number} is closed.\n0 open alarms\n"


def test_an_unknown_payment_keeps_its_place_in_the_gateway(control: EmulatorControl) -> None:
    with pytest.raises(gateway.MissingError):
        gateway.find_payment(yookassa_id="nobody")
    with pytest.raises(gateway.MissingError):
        gateway.find_refund(yookassa_id="nobody")


def test_a_pending_payment_is_looked_at_ever_less_often() -> None:
    now = timezone.now()
    pauses = [pace.while_pending(since=now - timedelta(minutes=age), now=now) - now for age in (0, 4, 30, 300)]

    assert pauses == [pace.after_attempt(attempts=1, now=now) - now, timedelta(minutes=1), timedelta(minutes=7.5),
                      pace.LATEST_PENDING]  # fmt: skip
