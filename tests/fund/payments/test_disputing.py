"""A payment that the donor's bank takes back is booked once, from where its money lies, and goes back once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from campaigns.models import Donation
from campaigns.selectors import figures, gift_state
from fund.ledger.audit import audit
from fund.ledger.models import Operation
from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.payments import gateway, selectors, services
from fund.payments.days import moscow_date
from fund.payments.models import Alarm, Chargeback, Payment, Refund
from fund.payments.services.disputing import book_chargeback
from tests import make
from tests.fund.payments.test_comparing import LATER

if TYPE_CHECKING:
    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def payment(control: EmulatorControl) -> Payment:
    found = make.donation(make.campaign()).payment
    control.pay(str(found.yookassa_id))
    services.reread_payment(payment_id=found.pk, now=timezone.now())
    found.refresh_from_db()
    return found


def ask(payment: Payment, kopecks: int = 500_00) -> Refund:
    return services.request_refund(
        payment_id=payment.pk, amount_kopecks=Kopecks(kopecks), reason="mistake", request_key=uuid4().hex,
        now=timezone.now(),
    )  # fmt: skip


def send(refund: Refund) -> Refund:
    services.open_refund(refund_id=refund.pk, now=timezone.now())
    refund.refresh_from_db()
    return refund


def dispute(control: EmulatorControl, payment: Payment, kopecks: int | None = None) -> gateway.RemoteRefund:
    return gateway.find_refund(yookassa_id=control.dispute(str(payment.yookassa_id), kopecks)["id"])


def book(remote: gateway.RemoteRefund) -> bool:
    return book_chargeback(remote=remote, now=timezone.now())


def parts() -> list[tuple[int, int, int]]:
    return list(Chargeback.objects.order_by("pk").values_list("gift_kopecks", "debt_kopecks", "loss_kopecks"))


def held(*codes: str) -> list[int]:
    found = balances_kopecks(codes=list(codes))
    return [found[code] for code in codes]


def test_the_comparison_of_days_finds_a_dispute_and_books_it_once(control: EmulatorControl, payment: Payment) -> None:
    dispute(control, payment)
    day, now = moscow_date(timezone.now()), timezone.now() + LATER

    assert [services.compare_day(date=day, now=now).differences for _ in range(2)] == [1, 0]
    assert parts() == [(500_00, 0, 0)]
    assert held("86.sad") == [0]
    assert [one.kind for one in Operation.objects.filter(kind__startswith="chargeback")] == ["chargeback"]
    assert list(Alarm.objects.values_list("kind", "subject")) == [("chargeback", f"payment:{payment.pk}")]
    gift = Donation.objects.select_related("payment", "campaign", "letter").get(payment=payment)
    assert figures(campaigns=[gift.campaign])["sad"].raised_kopecks == 0
    state = gift_state(donation=gift)
    assert (state.status, state.refunds.disputed_kopecks) == ("refunded", 500_00)
    assert selectors.refundable_kopecks(payment=payment) == 0
    assert audit().fault == ""


def test_part_of_a_payment_may_be_disputed_and_the_rest_can_go_back(control: EmulatorControl, payment: Payment) -> None:
    assert book(dispute(control, payment, 100_00))

    with pytest.raises(services.RefundTooLargeError):
        ask(payment, 400_01)
    assert send(ask(payment, 400_00)).state == "succeeded"
    assert (parts(), held("86.sad")) == ([(100_00, 0, 0)], [0])
    assert selectors.payment_history(payment=payment)


def test_a_notification_of_it_books_it_at_once(control: EmulatorControl, payment: Payment) -> None:
    remote = dispute(control, payment)
    told = services.notifying.Told("refund.succeeded", remote.yookassa_id)
    notification = services.receive_notification(body=b"{}", told=told, now=timezone.now())
    services.handle_notification(notification_id=notification.pk, now=timezone.now())
    services.handle_notification(notification_id=notification.pk, now=timezone.now())

    assert parts() == [(500_00, 0, 0)]


def test_eight_at_once_book_it_once(control: EmulatorControl, payment: Payment) -> None:
    remote = dispute(control, payment)

    def one(_number: int) -> None:
        try:
            book(remote)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))

    assert parts() == [(500_00, 0, 0)]
    assert held("86.sad") == [0]


def test_what_is_no_chargeback_of_ours_books_nothing(control: EmulatorControl, payment: Payment) -> None:
    remote = dispute(control, payment)

    assert not book(replace(remote, payment_id="another"))
    assert not book(replace(remote, status="pending"))
    assert not book(replace(remote, currency="USD"))
    assert parts() == []


def test_a_refund_that_was_not_sent_yet_is_dropped(control: EmulatorControl, payment: Payment) -> None:
    small, large = ask(payment, 100_00), ask(payment, 300_00)
    book(dispute(control, payment, 200_00))
    small.refresh_from_db()
    large.refresh_from_db()

    assert (small.state, large.state) == ("creating", "dropped")
    assert send(large).state == "dropped"
    assert send(small).state == "succeeded"
    assert (held("86.sad", "76.debts"), selectors.count_stuck(now=timezone.now())) == ([200_00, 0], 0)


def test_a_refund_under_way_that_yookassa_then_refuses_is_no_debt(control: EmulatorControl, payment: Payment) -> None:
    refund = ask(payment)
    control.fault("500_before", method="POST", path="/v3/refunds")
    assert send(refund).state == "creating"
    book(dispute(control, payment))

    assert send(refund).state == "dropped"
    assert held("86.sad", "76.debts") == [0, 0]
    assert audit().fault == ""


def test_one_that_waits_for_a_top_up_is_dropped_too(control: EmulatorControl, payment: Payment) -> None:
    refund = ask(payment)
    control.set(refund_mode="insufficient_funds")
    send(refund)
    control.set(refund_mode="")
    book(dispute(control, payment))
    refund.refresh_from_db()

    assert (refund.state, refund.short_since) == ("dropped", None)
    assert not Alarm.objects.filter(kind="short", closed_at=None).exists()


def test_a_debt_is_discharged_by_the_bank_that_took_the_money(control: EmulatorControl, payment: Payment) -> None:
    control.set(refund_mode="general_decline")
    debts = [send(ask(payment, kopecks)) for kopecks in (200_00, 300_00)]
    control.set(refund_mode="")
    book(dispute(control, payment, 200_00))
    book(dispute(control, payment, 100_00))
    for debt in debts:
        debt.refresh_from_db()

    assert [debt.owed_kopecks for debt in debts] == [0, 200_00]
    assert (parts(), held("76.debts", "86.sad")) == ([(0, 200_00, 0), (0, 100_00, 0)], [200_00, 0])
    found = selectors.refund_sums(payment_ids=[payment.pk])[payment.pk]
    assert (found.owed_kopecks, found.repaid_kopecks, found.disputed_kopecks) == (200_00, 0, 300_00)
    assert [row.amount_kopecks for row in selectors.stuck(now=timezone.now())] == [200_00]


def test_what_had_gone_back_before_is_the_funds_loss(control: EmulatorControl, payment: Payment) -> None:
    send(ask(payment))
    book(dispute(control, payment))

    assert parts() == [(0, 0, 500_00)]
    assert held("86.sad", "86.fund", "76.debts") == [0, -500_00, 0]


def test_a_chargeback_is_never_rewritten(control: EmulatorControl, payment: Payment) -> None:
    book(dispute(control, payment))
    with pytest.raises(DatabaseError), transaction.atomic():
        Chargeback.objects.update(amount_kopecks=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Chargeback.objects.all().delete()

    assert str(Chargeback.objects.get()).startswith("chargeback ")
    assert parts() == [(500_00, 0, 0)]
