"""Money back: asked for once, sent once, booked when it is final, owed where ЮKassa refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.embedded.copy import wait_until
from fund.ledger.models import Operation
from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.payments import gateway, services
from fund.payments.models import Alarm, Payment, Refund
from fund.payments.selectors import refundable_kopecks
from fund.payments.services.refunding import RefundKeyReusedError, adopt_refund, refuse_refund
from tests import make

if TYPE_CHECKING:
    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")
CREATE: dict[str, Any] = {"method": "POST", "path": "/v3/refunds"}
LIST: dict[str, Any] = {"method": "GET", "path": "/v3/refunds"}
DAY_LATER = timedelta(hours=23, minutes=1)


def ask(payment: Payment, kopecks: int = 500_00, key: str = "") -> Refund:
    return services.request_refund(
        payment_id=payment.pk,
        amount_kopecks=Kopecks(kopecks),
        reason=Refund.Reason.DONOR_REQUEST,
        request_key=key or str(uuid4()),
        now=timezone.now(),
    )


def send(refund: Refund, *, after: timedelta = timedelta()) -> Refund:
    services.open_refund(refund_id=refund.pk, now=timezone.now() + after)
    refund.refresh_from_db()
    return refund


def booked() -> list[str]:
    return list(Operation.objects.exclude(kind__in=["gift", "commission"]).values_list("kind", flat=True))


def alarms() -> list[str]:
    return list(Alarm.objects.values_list("kind", flat=True))


def test_one_key_asks_once(payment: Payment) -> None:
    first = ask(payment, 100_00, "k")

    assert ask(payment, 100_00, "k") == first
    with pytest.raises(RefundKeyReusedError):
        ask(payment, 200_00, "k")
    assert Refund.objects.count() == 1


def test_what_is_known_to_be_spent_does_not_go_back_and_what_is_left_may_be_any_kopecks(payment: Payment) -> None:
    Payment.objects.filter(pk=payment.pk).update(spent_kopecks=50)
    with pytest.raises(services.RefundTooLargeError):
        ask(payment, 499_51)
    payment.refresh_from_db()
    assert refundable_kopecks(payment=payment) == 499_50

    assert ask(payment, 499_50).state == "creating"
    with pytest.raises(IntegrityError, match="payment_spent_within_amount"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(spent_kopecks=500_01)


@pytest.mark.parametrize(
    ("kopecks", "error"),
    [(99, services.RefundTooSmallError), (0, services.RefundTooSmallError), (-500_00, services.RefundTooSmallError),
     (499_01, services.RefundTooSmallError), (500_01, services.RefundTooLargeError)],
)  # fmt: skip
def test_a_sum_that_makes_no_sense_is_refused(payment: Payment, kopecks: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        ask(payment, kopecks)
    assert Refund.objects.count() == 0


def test_all_parts_together_stay_within_the_payment(payment: Payment) -> None:
    ask(payment, 300_00)

    with pytest.raises(services.RefundTooLargeError):
        ask(payment, 200_01)
    ask(payment, 200_00)


def test_what_is_not_paid_is_not_refunded(control: EmulatorControl) -> None:
    unpaid = make.donation(make.campaign()).payment

    with pytest.raises(services.NotPaidError):
        ask(unpaid)
    assert control.everything()["refunds"] == []


def test_a_refund_is_sent_and_booked_once(payment: Payment, control: EmulatorControl) -> None:
    refund = send(ask(payment))
    send(refund)
    services.reread_refund(refund_id=refund.pk, now=timezone.now())

    assert refund.state == Refund.State.SUCCEEDED
    assert booked() == ["refund"]
    assert len(control.everything()["refunds"]) == 1
    assert balances_kopecks(codes=["86.sad"]) == {"86.sad": 0}


def test_a_fee_that_is_kept_is_booked_beside_what_goes_back(payment: Payment, control: EmulatorControl) -> None:
    refund = services.request_refund(
        payment_id=payment.pk, amount_kopecks=Kopecks(480_00), fee_kopecks=Kopecks(20_00),
        reason=Refund.Reason.DONOR_REQUEST, request_key="k", now=timezone.now(),
    )  # fmt: skip
    send(refund)

    assert booked() == ["refund", "fee_kept"]
    assert refundable_kopecks(payment=payment) == 0
    assert control.everything()["refunds"][0]["amount"]["value"] == "480.00"


@pytest.mark.parametrize("fault", ["500_before", "500_after", "429", "drop_after"])
def test_an_unknown_outcome_is_asked_again_with_the_same_key(
    payment: Payment, control: EmulatorControl, fault: str
) -> None:
    control.fault(fault, **CREATE)
    refund = send(ask(payment))
    assert (refund.state, booked()) == (Refund.State.CREATING, [])
    services.reread_refund(refund_id=refund.pk, now=timezone.now())  # not known there by an id of ours yet
    send(refund)

    assert refund.state == Refund.State.SUCCEEDED
    assert booked() == ["refund"]
    assert len(control.everything()["refunds"]) == 1


def test_a_wrong_shop_key_raises_an_alarm_and_owes_nothing(payment: Payment, control: EmulatorControl) -> None:
    control.fault("401", **CREATE)

    assert send(ask(payment)).state == Refund.State.CREATING
    assert (booked(), alarms()) == ([], [Alarm.Kind.CREDENTIALS])


def test_a_pending_refund_is_read_until_it_is_final(payment: Payment, control: EmulatorControl) -> None:
    control.set(refund_mode="held")
    refund = send(ask(payment))
    assert (refund.state, booked()) == (Refund.State.PENDING, [])
    control.set(refund_mode="")

    def is_final() -> bool:
        services.reread_refund(refund_id=refund.pk, now=timezone.now())
        refund.refresh_from_db()
        return refund.state == Refund.State.SUCCEEDED

    wait_until(is_final)
    assert booked() == ["refund"]


def test_a_refused_refund_is_owed_to_the_donor(payment: Payment, control: EmulatorControl) -> None:
    control.set(refund_mode="general_decline")
    refund = send(ask(payment, 400_00))

    assert (refund.state, refund.cancel_reason) == (Refund.State.REFUSED, "general_decline")
    assert (booked(), alarms()) == (["refund_refused"], [Alarm.Kind.REFUND_REFUSED])
    assert balances_kopecks(codes=["86.sad", "76.debts"]) == {"86.sad": 100_00, "76.debts": 400_00}


def test_a_refund_that_yookassa_does_not_even_take_is_owed_once(payment: Payment, control: EmulatorControl) -> None:
    foreign = gateway.create_refund(
        key="k", payment_id=str(payment.yookassa_id), amount_kopecks=Kopecks(450_00), reference="by hand"
    )
    assert foreign.status == "succeeded"
    refund = send(ask(payment))
    refuse_refund(refund_id=refund.pk, reason="again", now=timezone.now())

    refund.refresh_from_db()
    assert (refund.state, refund.cancel_reason) == (Refund.State.REFUSED, "invalid_request")
    assert booked() == ["refund_refused"]


def test_a_refusal_after_an_unknown_outcome_looks_into_the_list_first(
    payment: Payment, control: EmulatorControl
) -> None:
    control.fault("500_after", **CREATE)
    refund = send(ask(payment))
    Refund.objects.filter(pk=refund.pk).update(idempotence_key=uuid4())  # the sum is spent: ЮKassa refuses
    send(refund)

    assert refund.state == Refund.State.SUCCEEDED
    assert booked() == ["refund"]


def test_a_lost_key_is_found_in_the_list_or_shown_to_a_person(payment: Payment, control: EmulatorControl) -> None:
    control.fault("500_after", **CREATE)
    found = send(ask(payment, 100_00))
    control.fault("500_before", **CREATE)
    lost = send(ask(payment, 200_00))
    control.fault("502_html", **LIST)
    assert send(found, after=DAY_LATER).state == Refund.State.CREATING
    send(found, after=DAY_LATER)
    send(lost, after=DAY_LATER)

    assert (found.state, lost.state) == (Refund.State.SUCCEEDED, Refund.State.CREATING)
    assert alarms() == [Alarm.Kind.KEY_EXPIRED]
    assert len(control.everything()["refunds"]) == 1


def test_another_sum_than_asked_for_books_nothing(payment: Payment, control: EmulatorControl) -> None:
    control.set(refund_mode="held")
    refund = send(ask(payment))
    Refund.objects.filter(pk=refund.pk).update(amount_kopecks=1_00)
    services.reread_refund(refund_id=refund.pk, now=timezone.now())

    refund.refresh_from_db()
    assert refund.state == Refund.State.PENDING
    assert (booked(), alarms()) == ([], [Alarm.Kind.MISMATCH])


@pytest.mark.parametrize("reference", ["by hand", "7f0c3b57-2d6c-4b0a-9a43-0a1b2c3d4e5f"])
def test_a_refund_with_a_foreign_reference_is_not_ours(payment: Payment, reference: str) -> None:
    foreign = gateway.create_refund(
        key=reference[:8], payment_id=str(payment.yookassa_id), amount_kopecks=Kopecks(1_00), reference=reference
    )

    assert not adopt_refund(remote=foreign, now=timezone.now())
    assert booked() == []


def test_a_refund_that_yookassa_pays_after_it_had_refused_is_for_a_person_to_look_at(
    payment: Payment, control: EmulatorControl
) -> None:
    control.fault("500_after", **CREATE)
    refund = send(ask(payment))
    refuse_refund(refund_id=refund.pk, reason="invalid_request", now=timezone.now())
    (remote,) = gateway.refunds_between(filters={})
    for _ in range(2):
        services.settle_refund(refund_id=refund.pk, remote=remote, now=timezone.now())

    refund.refresh_from_db()
    assert refund.state == Refund.State.REFUSED
    assert booked() == ["refund_refused"]
    assert alarms() == [Alarm.Kind.REFUND_REFUSED, Alarm.Kind.MISMATCH]


def test_a_refund_that_yookassa_lost_raises_an_alarm_that_ends_when_it_is_found(
    payment: Payment, control: EmulatorControl
) -> None:
    control.set(refund_mode="held")
    refund = send(ask(payment))
    known = refund.yookassa_id
    Refund.objects.filter(pk=refund.pk).update(yookassa_id="gone")
    services.reread_refund(refund_id=refund.pk, now=timezone.now())
    assert list(Alarm.objects.filter(closed_at=None).values_list("kind", flat=True)) == [Alarm.Kind.MISSING_REFUND]
    Refund.objects.filter(pk=refund.pk).update(yookassa_id=known)
    services.reread_refund(refund_id=refund.pk, now=timezone.now())

    assert Alarm.objects.filter(closed_at=None).count() == 0


@pytest.mark.parametrize(("mode", "contrary"), [("", "canceled"), ("general_decline", "succeeded")])
def test_an_old_word_about_a_final_refund_alarms_nobody_and_a_contrary_one_does(
    payment: Payment, control: EmulatorControl, mode: str, contrary: str
) -> None:
    control.set(refund_mode=mode)
    refund = send(ask(payment))
    Alarm.objects.all().delete()
    remote = gateway.find_refund(yookassa_id=str(refund.yookassa_id))
    for status in ("pending", remote.status):
        services.settle_refund(refund_id=refund.pk, remote=replace(remote, status=status), now=timezone.now())
    assert alarms() == []
    services.settle_refund(refund_id=refund.pk, remote=replace(remote, status=contrary), now=timezone.now())

    assert alarms() == [Alarm.Kind.MISMATCH]
    assert len(booked()) == 1
