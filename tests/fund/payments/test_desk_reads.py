"""What the staff finds: stuck money, payments by whatever is known of them, what an alarm is about."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from fund.ledger import services as ledger
from fund.money import Kopecks
from fund.payments import selectors, services
from fund.payments.days import moscow_date
from fund.payments.models import Alarm, Payment, Refund
from fund.payments.playbooks import PLAYBOOKS
from fund.payments.selectors import PaymentFilter
from people.models import User
from tests import make

if TYPE_CHECKING:
    from fund.ledger.models import Operation

pytestmark = pytest.mark.django_db
HOURS = timedelta(hours=1)


def entry(key: str, event: str = "gift") -> Operation:
    ledger.open_account(code="86.sad", name="Сад")
    return ledger.post_event(
        event=event, subject="sad", amounts={"gross": Kopecks(100)}, key=key, business_date=moscow_date(make.NOW)
    )


def paid(**changes: Any) -> Payment:
    plain = {"state": "succeeded", "yookassa_id": f"y{Payment.objects.count()}", "settled_at": make.NOW}
    return make.payment(**plain | {"operation": entry(f"k{Payment.objects.count()}")} | changes)


def refund(payment: Payment, **changes: Any) -> Refund:
    plain = {"amount_kopecks": 100, "reason": "mistake", "created_at": make.NOW, "request_key": f"{payment.pk}"}
    return Refund.objects.create(payment=payment, **plain | changes)


def found(text: str = "", **wanted: Any) -> list[int]:
    return [payment.pk for payment in selectors.payments_found(wanted=PaymentFilter(text=text, **wanted))]


def test_what_stands_still_is_found_with_what_to_do() -> None:
    old = make.NOW - 30 * HOURS
    waiting = make.payment(created_at=old)
    make.payment(created_at=make.NOW)
    make.payment(created_at=old, state="canceled")
    silent = paid(settled_at=old + HOURS)
    paid(settled_at=old, income_kopecks=90)
    paid()
    whole = {"income_kopecks": 90}
    held = refund(paid(**whole), state="pending", created_at=old)
    fresh = refund(paid(**whole))
    lost = refund(paid(**whole), created_at=old, first_attempt_at=old)
    unsent = refund(paid(**whole), created_at=old)
    owed = refund(paid(**whole), state="refused", operation=entry("owed", "refund_refused"))
    refund(paid(**whole), state="succeeded", operation=entry("done", "refund"), created_at=old)

    rows = selectors.stuck(now=make.NOW)
    assert [(row.kind, row.payment_id, row.refund_id) for row in rows] == [
        ("unfinished_payment", waiting.pk, None),
        ("unfinished_refund", held.payment_id, held.pk),
        ("lost_key", lost.payment_id, lost.pk),
        ("unfinished_refund", unsent.payment_id, unsent.pk),
        ("no_commission", silent.pk, None),
        ("owed", owed.payment_id, owed.pk),
    ]
    assert fresh.pk not in [row.refund_id for row in rows]
    assert selectors.count_stuck(now=make.NOW) == len(rows)
    assert all(row.title and row.advice for row in rows)


def test_nothing_is_stuck_where_all_goes_on() -> None:
    assert selectors.stuck(now=make.NOW) == []
    assert selectors.count_stuck(now=make.NOW) == 0


def test_a_payment_is_found_by_whatever_is_known_of_it() -> None:
    gift = make.donation(make.campaign())
    operation = entry("gift")
    other = paid(yookassa_id="2e1f-theirs", operation=operation, amount_kopecks=700_00)
    back = refund(other, yookassa_id="refund-theirs", state="succeeded", operation=entry("back", "refund"))
    Payment.objects.filter(pk=other.pk).update(commission_operation=entry("fee"))

    assert found() == [other.pk, gift.payment_id]
    assert found(gift.number) == [gift.payment_id] or gift.pk == operation.pk
    assert found("2e1f-theirs") == found("refund-theirs") == [other.pk]
    assert other.pk in found(str(operation.pk))
    assert other.pk in found(str(back.operation_id))
    assert found("nobody") == found("0") == found("9" * 30) == found("²") == []
    assert found(state="succeeded") == found(amount_kopecks=Kopecks(700_00)) == [other.pk]
    assert found(subject="sad") == [gift.payment_id]
    assert found(subject="les") == []


def test_a_payment_is_found_by_its_moscow_day() -> None:
    today = moscow_date(make.NOW)
    payment = make.payment()

    assert found(since=today, until=today) == [payment.pk]
    assert found(since=today + timedelta(days=1)) == found(until=today - timedelta(days=1)) == []


def test_labels_say_number_and_campaign() -> None:
    gift = make.donation(make.campaign())
    labels = selectors.labels(payments=[gift.payment])

    assert {pk: (label.number, label.title) for pk, label in labels.items()} == {gift.payment_id: (gift.number, "Сад")}


def test_what_can_go_back_is_what_was_paid_less_what_went() -> None:
    payment = paid(amount_kopecks=500)
    assert selectors.refundable_kopecks(payment=payment) == 500
    refund(payment)

    assert selectors.refundable_kopecks(payment=payment) == 400
    assert selectors.refundable_kopecks(payment=make.payment()) == 0


def test_the_day_s_sums_hold_what_was_paid_today() -> None:
    assert selectors.day_sums(now=make.NOW) == selectors.DaySums(0, Kopecks(0))
    paid(amount_kopecks=500)
    paid(settled_at=make.NOW - timedelta(days=1))
    make.payment()

    assert selectors.day_sums(now=make.NOW) == selectors.DaySums(1, Kopecks(500))


def test_an_alarm_leads_to_its_payment() -> None:
    gift = make.donation(make.campaign())
    back = refund(paid())
    subjects = {f"payment:{gift.payment_id}": gift.payment_id, f"refund:{back.pk}": back.payment_id,
                f"gift:{gift.pk}": gift.payment_id, "yookassa": None, "day:2026-05-01": None,
                "yookassa:2e1f": None, "refund:999999": None}  # fmt: skip
    for subject in subjects:
        services.raise_alarm(kind=Alarm.Kind.MISMATCH, subject=subject, now=make.NOW)
    alarms = list(Alarm.objects.all())
    links = selectors.alarm_links(alarms=alarms)

    assert {alarm.subject: links.get(alarm.pk) for alarm in alarms} == subjects


def test_every_kind_of_alarm_has_a_plain_word_of_what_to_do() -> None:
    assert set(PLAYBOOKS) == set(Alarm.Kind)
    assert all(len(str(text)) > 60 for text in PLAYBOOKS.values())


def test_who_closes_an_alarm_says_why_and_once() -> None:
    services.raise_alarm(kind=Alarm.Kind.MISMATCH, subject="payment:1", now=make.NOW)
    alarm, user = Alarm.objects.get(), User.objects.create(email="treasurer@example.org")
    with pytest.raises(services.NoReasonError):
        services.dismiss_alarm(alarm_id=alarm.pk, user=user, reason=" ", now=make.NOW)
    assert Alarm.objects.get().closed_at is None
    services.dismiss_alarm(alarm_id=alarm.pk, user=user, reason="Проверено", now=make.NOW)
    with pytest.raises(services.AlarmClosedError):
        services.dismiss_alarm(alarm_id=alarm.pk, user=user, reason="Ещё раз", now=make.NOW)

    found = Alarm.objects.get()
    assert (found.closed_at, found.closed_by, found.close_reason) == (make.NOW, user, "Проверено")


def test_the_database_wants_a_reason_of_who_closes_an_alarm() -> None:
    services.raise_alarm(kind=Alarm.Kind.MISMATCH, subject="payment:1", now=make.NOW)
    user = User.objects.create(email="treasurer@example.org")

    with pytest.raises(IntegrityError, match="alarm_closed_with_a_reason"), transaction.atomic():
        Alarm.objects.update(closed_at=make.NOW, closed_by=user)
    with pytest.raises(IntegrityError, match="alarm_closed_with_a_reason"), transaction.atomic():
        Alarm.objects.update(closed_by=user, close_reason="x")
