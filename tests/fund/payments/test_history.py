"""Every call and every move leaves a trace that nobody can change, and one page can tell them in order."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from fund.money import Kopecks
from fund.payments import gateway, selectors, services, tasks
from fund.payments.days import moscow_date
from fund.payments.models import Alarm, Call, Payment, Refund, Transition
from fund.payments.services.notifying import Told
from people.models import Letter, User
from tests import make

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from config.embedded.postgres import Cluster
    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")
CREATE: dict[str, Any] = {"method": "POST", "path": "/v3/payments"}


def moves(**wanted: Any) -> list[tuple[str, str, str]]:
    found = Transition.objects.filter(**wanted).order_by("pk")
    return list(found.values_list("from_state", "to_state", "cause"))


def paid(control: EmulatorControl, slug: str = "sad") -> Payment:
    payment = make.donation(make.campaign(slug)).payment
    control.pay(str(payment.yookassa_id))
    tasks.settle_payment(payment_id=payment.pk)
    payment.refresh_from_db()
    return payment


def refund(payment: Payment, kopecks: int = 100_00) -> Refund:
    found = services.request_refund(
        payment_id=payment.pk,
        amount_kopecks=Kopecks(kopecks),
        reason="mistake",
        request_key=str(uuid4()),
        now=timezone.now(),
    )
    tasks.settle_refund(refund_id=found.pk)
    found.refresh_from_db()
    return found


def test_a_call_tells_what_it_was_about_and_what_came_of_it(control: EmulatorControl) -> None:
    payment = make.donation(make.campaign()).payment

    (call,) = Call.objects.all()
    assert (call.verb, call.outcome, call.http_status, call.code) == ("create_payment", "done", 200, "")
    assert (call.reference, call.idempotence_key) == (payment.reference, payment.idempotence_key)
    assert str(call) == "create_payment done"
    assert call.took_ms >= 0
    services.reread_payment(payment_id=payment.pk, now=timezone.now())
    assert Call.objects.filter(verb="find_payment", object_id=str(payment.yookassa_id)).count() == 1


@pytest.mark.parametrize(
    ("fault", "outcome", "status", "code"),
    [("500_before", "unknown", 500, "InternalServerError"), ("429", "busy", 429, "TooManyRequestsError"),
     ("401", "credentials", 401, "UnauthorizedError"), ("502_html", "unknown", 502, "JSONDecodeError"),
     ("empty", "unknown", 200, "JSONDecodeError"), ("drop_before", "unknown", None, "AttributeError")],
)  # fmt: skip
def test_a_call_that_failed_tells_how(
    control: EmulatorControl, fault: str, outcome: str, status: int | None, code: str
) -> None:
    control.fault(fault, **CREATE)
    make.donation(make.campaign())

    found = [(call.outcome, call.http_status, call.code) for call in Call.objects.all()]
    assert found == [(outcome, status, code)]


def test_a_call_that_yookassa_refused_keeps_its_own_word(control: EmulatorControl) -> None:
    payment = paid(control)
    with pytest.raises(gateway.RefusedError):
        gateway.create_refund(
            key="k", payment_id=str(payment.yookassa_id), amount_kopecks=Kopecks(500_01), reference="by hand"
        )
    with pytest.raises(gateway.MissingError):
        gateway.find_refund(yookassa_id="nobody")

    failed = Call.objects.exclude(outcome="done").order_by("pk")
    found = failed.values_list("outcome", "http_status", "code", "reference", "object_id")
    assert list(found) == [
        ("refused", 400, "invalid_request", None, ""),
        ("missing", 404, "NotFoundError", None, "nobody"),
    ]


def test_a_call_stays_though_all_that_followed_was_undone(control: EmulatorControl) -> None:
    payment = make.donation(make.campaign()).payment
    control.pay(str(payment.yookassa_id))
    remote = gateway.find_payment(yookassa_id=str(payment.yookassa_id))
    with transaction.atomic():
        services.settle_payment(payment_id=payment.pk, remote=remote, now=timezone.now())
        transaction.set_rollback(True)

    assert list(Call.objects.order_by("pk").values_list("verb", flat=True)) == ["create_payment", "find_payment"]
    assert moves(payment=payment) == [("", "creating", "request"), ("creating", "pending", "request")]


def test_a_call_inside_a_transaction_is_a_defect_that_shows(control: EmulatorControl) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        list(gateway.payments_between(filters={}))


def test_a_call_that_no_failure_of_ours_ended_counts_as_unknown(control: EmulatorControl) -> None:
    from fund.payments.transport import calling

    with pytest.raises(KeyboardInterrupt), calling("find_payment", object_id="x"):
        raise KeyboardInterrupt

    assert list(Call.objects.values_list("outcome", "http_status", "code")) == [("unknown", None, "")]


def test_a_move_tells_what_caused_it(control: EmulatorControl) -> None:
    by_notification = make.donation(make.campaign()).payment
    control.pay(str(by_notification.yookassa_id))
    told = services.receive_notification(
        body=b"x", told=Told("payment.succeeded", str(by_notification.yookassa_id)), now=timezone.now()
    )
    tasks.handle_notification(notification_id=told.pk)
    by_reconciler = paid(control, "les")
    by_comparison = make.donation(make.campaign("pole")).payment
    control.pay(str(by_comparison.yookassa_id))
    services.compare_day(date=moscow_date(timezone.now()), now=timezone.now() + timedelta(minutes=5))
    by_staff = make.donation(make.campaign("reka")).payment
    control.pay(str(by_staff.yookassa_id))
    tasks.reread_payment(payment_id=by_staff.pk)
    back = refund(by_reconciler)

    begun = [("", "creating", "request"), ("creating", "pending", "request")]
    assert moves(payment=by_notification) == [*begun, ("pending", "succeeded", "notification")]
    assert moves(payment=by_reconciler) == [*begun, ("pending", "succeeded", "reconciler")]
    assert moves(payment=by_comparison) == [*begun, ("pending", "succeeded", "comparison")]
    assert moves(payment=by_staff) == [*begun, ("pending", "succeeded", "staff")]
    assert moves(refund=back) == [("", "creating", "request"), ("creating", "succeeded", "reconciler")]


def test_a_state_that_stays_is_no_move(control: EmulatorControl) -> None:
    payment = make.donation(make.campaign()).payment
    for _ in range(2):
        tasks.settle_payment(payment_id=payment.pk)

    assert len(moves(payment=payment)) == 2


@pytest.mark.parametrize("role", ["fund_app", "fund_owner"])
@pytest.mark.parametrize(
    "statement",
    [f"{verb} {table}{rest}" for table in ("payments_call", "payments_transition")
     for verb, rest in (("UPDATE", " SET id = id"), ("DELETE FROM", ""), ("TRUNCATE", ""))],
)  # fmt: skip
def test_the_database_lets_nobody_change_history(committed: str, cluster: Cluster, role: str, statement: str) -> None:
    make.donation(make.campaign())
    before = (list(Call.objects.values_list()), list(Transition.objects.values_list()))

    with cluster.connect(committed, user=role) as other, pytest.raises(psycopg.errors.InsufficientPrivilege):
        other.execute(statement)

    assert (list(Call.objects.values_list()), list(Transition.objects.values_list())) == before
    assert before[0]
    assert before[1]


def test_the_site_cannot_invent_a_move(control: EmulatorControl) -> None:
    payment = make.donation(make.campaign()).payment

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Transition.objects.create(payment=payment, to_state="succeeded", cause="staff", at=timezone.now())
    assert len(moves(payment=payment)) == 2


def test_the_database_notes_a_move_past_the_orm(committed: str, cluster: Cluster) -> None:
    payment = make.payment()
    with cluster.connect(committed, user="fund_app") as other:
        other.execute("UPDATE payments_payment SET state = 'canceled', moved_by = 'staff'")

    assert moves(payment=payment) == [("", "creating", "request"), ("creating", "canceled", "staff")]
    assert str(Transition.objects.latest("pk")) == "creating → canceled"


def test_the_history_of_a_payment_is_told_in_order(control: EmulatorControl) -> None:
    payment = make.donation(make.campaign()).payment
    for _ in range(3):
        tasks.settle_payment(payment_id=payment.pk)
    control.pay(str(payment.yookassa_id))
    for _ in range(2):
        told = services.receive_notification(
            body=b"x", told=Told("payment.succeeded", str(payment.yookassa_id)), now=timezone.now()
        )
    tasks.handle_notification(notification_id=told.pk)
    control.set(refund_mode="general_decline")
    refund(payment)
    alarm = Alarm.objects.get()
    treasurer = User.objects.create(email="treasurer@example.org")
    services.dismiss_alarm(alarm_id=alarm.pk, user=treasurer, reason="Вернули переводом", now=timezone.now())
    payment.refresh_from_db()
    rows = selectors.payment_history(payment=payment)

    assert [row.title for row in rows if row.kind != "letter"] == [
        "Платёж: Создаётся",
        "Создать платёж: ответила",
        "Платёж: Ждёт оплаты",
        "Прочитать платёж: ответила",
        "Нам сообщили от имени ЮKassa: payment.succeeded",
        "Прочитать платёж: ответила",
        "Запись № 1 в книгах",
        "Платёж: Оплачен",
        "Запись № 2 в книгах",
        "Возврат на 100\xa0₽: Запрашивается",
        "Тревога",
        "Отправить возврат: ответила",
        "Запись № 3 в книгах",
        "Возврат на 100\xa0₽: Отказано: долг перед дарителем",
        "Прочитать возврат: ответила",
        "Тревога закрыта",
    ]
    assert [(row.kind, row.count) for row in rows if row.count > 1] == [("call", 3), ("notification", 2)]
    assert [row.kind for row in rows if row.is_trouble] == ["alarm", "transition"]
    assert rows[-1].detail == "treasurer@example.org: Вернули переводом"
    assert [(row.title, row.detail) for row in rows if row.kind == "letter"] == [
        ("Письмо: Возврат", "записано, ждёт отправки")
    ]


@pytest.mark.parametrize(
    ("end", "said", "is_trouble"), [("sent_at", "отправлено", False), ("given_up_at", "отправить не удалось", True)]
)
def test_the_history_tells_how_a_letter_fared(
    control: EmulatorControl, end: str, said: str, *, is_trouble: bool
) -> None:
    payment = paid(control)
    refund(payment)
    Letter.objects.update(**{end: timezone.now()})

    rows = [row for row in selectors.payment_history(payment=payment) if row.kind == "letter"]
    assert [(row.detail, row.is_trouble) for row in rows] == [("записано, ждёт отправки", False), (said, is_trouble)]


@pytest.mark.parametrize("count", [1, 3])
def test_a_history_costs_the_same_however_long(
    control: EmulatorControl, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    payment = paid(control)
    treasurer = User.objects.create(email="treasurer@example.org")
    for number in range(count):
        refund(payment)
        services.propose_refund(
            payment_id=payment.pk, amount_kopecks=Kopecks(100), reason="mistake", note="", request_key=str(number),
            user=treasurer, now=timezone.now(),
        )  # fmt: skip
        services.raise_alarm(kind=Alarm.Kind.MISMATCH, subject=f"payment:{payment.pk}", now=timezone.now())
        services.close_alarm(alarm_id=Alarm.objects.latest("pk").pk, now=timezone.now())
    services.raise_alarm(kind=Alarm.Kind.KEY_EXPIRED, subject=f"payment:{payment.pk}", now=timezone.now())
    with django_assert_num_queries(12):
        rows = selectors.payment_history(payment=payment)

    assert len([row for row in rows if row.kind == "proposal"]) == count
    assert {row.detail for row in rows if row.title == "Тревога закрыта"} == {"закончилась сама"}


def test_a_proposal_and_its_answer_stand_in_the_history(control: EmulatorControl, settings: Any) -> None:
    settings.REFUND_APPROVAL_KOPECKS = 100_00
    payment = paid(control)
    treasurer, signer = (User.objects.create(email=f"{name}@example.org") for name in ("treasurer", "signer"))
    proposal = services.propose_refund(
        payment_id=payment.pk, amount_kopecks=Kopecks(200_00), reason="mistake", note="Два раза", request_key="k",
        user=treasurer, now=timezone.now(),
    )  # fmt: skip
    services.reject_refund(proposal_id=proposal.pk, user=signer, answer="Уже вернули", now=timezone.now())

    found = [(row.title, row.detail) for row in selectors.payment_history(payment=payment) if row.kind == "proposal"]
    assert found == [
        ("treasurer@example.org просит вернуть 200\xa0₽", "Оплачено по ошибке: Два раза"),
        ("Отклонено: signer@example.org", "Уже вернули"),
    ]
