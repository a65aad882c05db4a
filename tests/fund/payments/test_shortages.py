"""Refunds that ЮKassa has no money for wait for a top-up, and no old word of them sends money twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.utils import timezone

from fund.ledger.audit import audit
from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.payments import gateway, selectors, services
from fund.payments.models import Alarm, Payment, Refund, Shortage
from fund.payments.services.shortages import wake_short_refunds

if TYPE_CHECKING:
    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")
SHORT = "insufficient_funds"


def ask(payment: Payment, kopecks: int = 500_00) -> Refund:
    return services.request_refund(
        payment_id=payment.pk, amount_kopecks=Kopecks(kopecks), reason="mistake", request_key=uuid4().hex,
        now=timezone.now(),
    )  # fmt: skip


def send(refund: Refund) -> Refund:
    services.open_refund(refund_id=refund.pk, now=timezone.now())
    refund.refresh_from_db()
    return refund


def sent(control: EmulatorControl) -> list[str]:
    return [found["status"] for found in control.everything()["refunds"]]


def open_alarms() -> list[tuple[str, str]]:
    return list(Alarm.objects.filter(closed_at=None).values_list("kind", "subject"))


def test_a_refund_without_money_waits_and_goes_with_another_key_after_the_top_up(
    control: EmulatorControl, payment: Payment
) -> None:
    refund = ask(payment)
    first = refund.idempotence_key
    control.set(refund_mode=SHORT)
    send(refund)

    assert (refund.state, refund.yookassa_id, refund.attempts, refund.first_attempt_at) == ("creating", None, 0, None)
    assert refund.idempotence_key != first
    assert refund.short_since is not None
    assert refund.next_check_at is not None
    assert open_alarms() == [("short", "balance:yookassa")]
    assert balances_kopecks(codes=["76.debts"])["76.debts"] == 0
    again = send(refund).short_since
    assert again == refund.short_since
    assert {str(one) for one in Shortage.objects.all()} == {f"shortage {one.pk}" for one in refund.shortages.all()}
    assert Shortage.objects.count() == 2
    assert [row.kind for row in selectors.stuck(now=timezone.now() + timedelta(hours=3))] == ["short"]
    control.set(refund_mode="")
    assert wake_short_refunds(now=timezone.now()) == 1
    send(refund)

    assert (refund.state, refund.short_since is None, open_alarms()) == ("succeeded", True, [])
    assert sorted(sent(control)) == ["canceled", "canceled", "succeeded"]
    assert audit().fault == ""


def test_the_alarm_stays_while_another_refund_waits(control: EmulatorControl, payment: Payment) -> None:
    first, second = ask(payment, 200_00), ask(payment, 300_00)
    control.set(refund_mode=SHORT)
    send(first)
    send(second)
    control.set(refund_mode="")
    send(first)
    assert open_alarms() == [("short", "balance:yookassa")]
    send(second)

    assert open_alarms() == []


def test_an_old_word_of_a_given_up_object_changes_neither_key_nor_state(
    control: EmulatorControl, payment: Payment
) -> None:
    refund = ask(payment)
    control.set(refund_mode=SHORT)
    services.open_refund(refund_id=refund.pk, now=timezone.now())
    old = gateway.find_refund(yookassa_id=Shortage.objects.get().yookassa_id)
    refund.refresh_from_db()
    key = refund.idempotence_key
    services.settle_refund(refund_id=refund.pk, remote=old, now=timezone.now())
    refund.refresh_from_db()
    assert refund.idempotence_key == key, "a request with this key may be under way"
    control.set(refund_mode="")
    send(refund)
    services.settle_refund(refund_id=refund.pk, remote=old, now=timezone.now())

    assert Shortage.objects.count() == 1
    assert open_alarms() == []


def test_one_that_waited_at_yookassa_first_begins_anew_too(control: EmulatorControl, payment: Payment) -> None:
    refund = ask(payment)
    control.set(refund_mode="held")
    assert send(refund).state == "pending"
    remote = gateway.find_refund(yookassa_id=str(refund.yookassa_id))
    canceled = gateway.RemoteRefund(
        remote.yookassa_id, remote.payment_id, "canceled", remote.amount_kopecks, "RUB", remote.reference, SHORT
    )
    services.settle_refund(refund_id=refund.pk, remote=canceled, now=timezone.now())
    refund.refresh_from_db()

    assert (refund.state, refund.yookassa_id) == ("creating", None)
    assert [moved.to_state for moved in refund.transitions.order_by("pk")] == ["creating", "pending", "creating"]


def test_a_lost_answer_after_a_shortage_is_found_in_the_list_and_the_old_object_is_not_taken_for_it(
    control: EmulatorControl, payment: Payment
) -> None:
    refund = ask(payment)
    control.set(refund_mode=SHORT)
    send(refund)
    control.set(refund_mode="")
    control.fault("500_before", method="POST", path="/v3/refunds")
    assert send(refund).state == "creating"
    later = timezone.now() + timedelta(hours=23, minutes=1)
    services.open_refund(refund_id=refund.pk, now=later)

    assert ("key_expired", f"refund:{refund.pk}") in open_alarms()
    assert sent(control) == ["canceled"]


def test_another_refusal_after_a_shortage_is_a_debt_as_ever(control: EmulatorControl, payment: Payment) -> None:
    refund = ask(payment)
    control.set(refund_mode=SHORT)
    send(refund)
    control.set(refund_mode="general_decline")
    send(refund)

    assert (refund.state, refund.short_since) == ("refused", None)
    assert open_alarms() == [("refund_refused", f"refund:{refund.pk}")]
    assert balances_kopecks(codes=["76.debts"])["76.debts"] == 500_00
