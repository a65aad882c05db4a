"""A refund whose key is lost: never sent anew by itself, owed once two persons say that ЮKassa does not have it."""

from __future__ import annotations

from datetime import timedelta
from socket import socket
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone
from yookassa import Configuration

from fund.ledger.audit import audit
from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.payments import gateway, services, tasks
from fund.payments.models import Alarm, LostRefund, Payment, Refund
from fund.payments.selectors import payment_history, stuck
from fund.payments.services.attempts import begin_attempt, begin_key_anew
from people.models import Letter, StaffAct

if TYPE_CHECKING:
    from emulator.control import EmulatorControl
    from people.models import User

pytestmark = pytest.mark.usefixtures("committed")
CREATE: dict[str, Any] = {"method": "POST", "path": "/v3/refunds"}
LIST: dict[str, Any] = {"method": "GET", "path": "/v3/refunds"}
DAY = timedelta(hours=23, minutes=1)


def ask(payment: Payment, kopecks: int = 500_00) -> Refund:
    return services.request_refund(
        payment_id=payment.pk, amount_kopecks=Kopecks(kopecks), reason="mistake", request_key=uuid4().hex,
        now=timezone.now(),
    )  # fmt: skip


def send(refund: Refund, after: timedelta = timedelta()) -> Refund:
    services.open_refund(refund_id=refund.pk, now=timezone.now() + after)
    refund.refresh_from_db()
    return refund


def lost(payment: Payment, control: EmulatorControl, fault: str = "500_before", *, kopecks: int = 500_00) -> Refund:
    """Return a refund whose first attempt had an unknown outcome a day ago."""
    control.fault(fault, **CREATE)
    refund = send(ask(payment, kopecks))
    then = timezone.now() - DAY
    Refund.objects.filter(pk=refund.pk).update(first_attempt_at=then, created_at=then)
    return send(refund) if fault == "500_before" else refund


def say(refund: Refund, user: User, key: str = "") -> LostRefund:
    return services.propose_lost(
        refund_id=refund.pk, note="За 1 мая возвратов нет", request_key=key or uuid4().hex, user=user,
        now=timezone.now(),
    )  # fmt: skip


def approve(word: LostRefund, user: User) -> LostRefund:
    return services.approve_lost(lost_id=word.pk, user=user, now=timezone.now())


def open_alarms() -> list[str]:
    return list(Alarm.objects.filter(closed_at__isnull=True).order_by("pk").values_list("kind", flat=True))


def states(refund: Refund) -> tuple[str, list[str]]:
    refund.refresh_from_db()
    return refund.state, list(refund.losses.order_by("pk").values_list("state", flat=True))


def lives(refund: Refund) -> bool:
    """Return whether the life of the key has begun."""
    refund.refresh_from_db()
    return refund.first_attempt_at is not None


@pytest.mark.parametrize("fault", ["401", "429"])
def test_what_yookassa_surely_did_not_do_does_not_begin_the_life_of_the_key(
    payment: Payment, control: EmulatorControl, fault: str
) -> None:
    control.fault(fault, times=2, **CREATE)
    refund = send(ask(payment))
    key = refund.idempotence_key
    assert not lives(send(refund, timedelta(days=3)))
    assert send(refund, timedelta(days=10)).state == Refund.State.SUCCEEDED
    assert (refund.idempotence_key, refund.attempts) == (key, 3)
    assert len(control.everything()["refunds"]) == 1


def test_what_never_got_through_does_not_begin_it_either(payment: Payment, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as cut, socket() as closed:
        closed.bind(("127.0.0.1", 0))
        cut.setattr(Configuration, "api_url", f"http://127.0.0.1:{closed.getsockname()[1]}/v3")
        refund = send(ask(payment))
        assert not lives(refund)
        assert not lives(send(refund, timedelta(days=3)))
    assert send(refund, timedelta(days=3)).state == Refund.State.SUCCEEDED


@pytest.mark.parametrize("fault", ["500_before", "drop_after", "drop_before"])
def test_after_an_unknown_outcome_nothing_prolongs_the_life_of_the_key(
    payment: Payment, control: EmulatorControl, fault: str
) -> None:
    control.fault(fault, **CREATE)
    refund = send(ask(payment))
    begun = refund.first_attempt_at
    assert begun is not None
    control.fault("401", **CREATE)
    send(refund)

    assert refund.first_attempt_at == begun


def test_an_attempt_of_another_that_is_under_way_keeps_the_life_of_the_key(payment: Payment) -> None:
    refund = ask(payment)
    first = Refund.objects.get(pk=refund.pk)
    begin_attempt(first, timezone.now())
    second = Refund.objects.get(pk=refund.pk)
    begin_attempt(second, timezone.now())
    begin_key_anew(first)
    begin_key_anew(second)

    assert lives(refund)


def test_two_persons_make_a_lost_refund_a_debt_that_is_paid_by_bank(
    payment: Payment, control: EmulatorControl, treasurer: User, signer: User
) -> None:
    refund = lost(payment, control)
    assert open_alarms() == [Alarm.Kind.KEY_EXPIRED]
    assert [row.kind for row in stuck(now=timezone.now()) if row.refund_id] == ["lost_key"]
    assert list(Refund.objects.unfinished()) == [refund], "which keeps its donor from being forgotten"
    word = say(refund, treasurer)
    assert states(refund) == ("creating", ["proposed"])
    approve(word, signer)

    assert states(refund) == ("refused", ["approved"])
    assert (refund.cancel_reason, refund.owed_kopecks) == ("key_expired", 500_00)
    assert open_alarms() == [Alarm.Kind.REFUND_REFUSED]
    assert refund.transitions.latest("pk").cause == "staff"
    assert balances_kopecks(codes=["76.debts"])["76.debts"] == 500_00
    assert not Refund.objects.unfinished().exists()
    assert Letter.objects.filter(kind="refund").count() == 1
    acts = StaffAct.objects.filter(action__endswith="_lost_refund").order_by("pk").values_list("action", "actor")
    assert list(acts) == [
        ("payments.propose_lost_refund", treasurer.pk), ("payments.confirm_lost_refund", signer.pk)
    ]  # fmt: skip
    assert "За 1 мая" not in str(list(StaffAct.objects.values("details", "subject")))
    told = [row.title for row in payment_history(payment=payment)]
    assert any("возврата в ЮKassa нет" in title for title in told)
    now = timezone.now()
    entry = services.propose_debt_paid(
        refund_id=refund.pk, order_number=1, order_date=timezone.localdate(now), request_key="k", user=treasurer,
        now=now,
    )  # fmt: skip
    services.approve_bank_entry(entry_id=entry.pk, user=signer, now=now)
    assert open_alarms() == []
    assert audit().fault == ""
    assert control.everything()["refunds"] == []


def test_what_stands_in_yookassas_list_is_taken_over_and_never_owed(
    payment: Payment, control: EmulatorControl, treasurer: User, signer: User
) -> None:
    refund = lost(payment, control, "500_after")
    word = say(refund, treasurer)
    with pytest.raises(services.FoundAfterAllError):
        approve(word, signer)
    assert states(refund) == ("succeeded", ["proposed"])
    with pytest.raises(services.NotLostError):
        approve(word, signer)
    services.reject_lost(lost_id=word.pk, user=signer, answer="Возврат там есть", now=timezone.now())

    assert states(refund) == ("succeeded", ["rejected"])
    assert balances_kopecks(codes=["76.debts"])["76.debts"] == 0


def test_while_the_list_can_not_be_read_nothing_is_confirmed(
    payment: Payment, control: EmulatorControl, treasurer: User, signer: User
) -> None:
    refund = lost(payment, control)
    word = say(refund, treasurer)
    control.fault("502_html", **LIST)
    with pytest.raises(gateway.GatewayError):
        approve(word, signer)

    assert states(refund) == ("creating", ["proposed"])


def test_what_can_still_be_asked_or_is_said_already_is_not_said(
    payment: Payment, control: EmulatorControl, treasurer: User
) -> None:
    fresh = ask(payment, 100_00)
    with pytest.raises(services.NotLostError):
        say(fresh, treasurer)
    refund = lost(payment, control, kopecks=200_00)
    word = say(refund, treasurer, "k")
    assert say(refund, treasurer, "k") == word
    with pytest.raises(services.NotLostError):
        say(refund, treasurer)

    assert LostRefund.objects.count() == 1


def test_nobody_decides_alone_and_each_word_is_decided_once(
    payment: Payment, control: EmulatorControl, treasurer: User, signer: User
) -> None:
    refund = lost(payment, control)
    word = say(refund, treasurer)
    now = timezone.now()
    for act in (approve, lambda one, by: services.reject_lost(lost_id=one.pk, user=by, answer="Нет", now=now)):
        with pytest.raises(services.OwnProposalError):
            act(word, treasurer)
    with pytest.raises(services.NotOwnProposalError):
        services.withdraw_lost(lost_id=word.pk, user=signer, now=now)
    services.withdraw_lost(lost_id=word.pk, user=treasurer, now=now)
    with pytest.raises(services.ProposalDecidedError):
        approve(word, signer)
    services.reject_lost(lost_id=say(refund, treasurer).pk, user=signer, answer="Смотрели не тот день", now=now)

    assert states(refund) == ("creating", ["withdrawn", "rejected"])
    assert open_alarms() == [Alarm.Kind.KEY_EXPIRED]


def test_a_person_has_a_payment_read_again_with_its_refund(payment: Payment, control: EmulatorControl) -> None:
    refund = lost(payment, control, "500_after")
    tasks.reread_payment(payment_id=payment.pk)

    assert states(refund) == ("succeeded", [])


@pytest.mark.parametrize("change", ["own", "half", "silent", "rewritten", "taken back by another"])
def test_the_database_holds_the_two_persons(
    payment: Payment, control: EmulatorControl, treasurer: User, signer: User, change: str
) -> None:
    word = say(lost(payment, control), treasurer)
    now = timezone.now()
    changes: dict[str, dict[str, Any]] = {
        "own": {"state": "approved", "decided_by": treasurer, "decided_at": now},
        "half": {"state": "approved", "decided_by": signer},
        "silent": {"note": ""},
        "rewritten": {"note": "Другое"},
        "taken back by another": {"state": "withdrawn", "decided_by": signer, "decided_at": now},
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        LostRefund.objects.filter(pk=word.pk).update(**changes[change])
    with pytest.raises(ProgrammingError), transaction.atomic():
        LostRefund.objects.all().delete()


def test_the_database_keeps_a_decided_word_and_lets_none_begin_decided(
    payment: Payment, control: EmulatorControl, treasurer: User, signer: User
) -> None:
    word = say(lost(payment, control), treasurer)
    approve(word, signer)
    with pytest.raises(IntegrityError, match="decided"), transaction.atomic():
        LostRefund.objects.update(answer="x")
    plain = {"refund": word.refund, "note": "x", "proposed_by": treasurer, "proposed_at": timezone.now()}
    decided = {"state": "rejected", "decided_by": signer, "decided_at": timezone.now()}
    with pytest.raises(IntegrityError, match="begins undecided"), transaction.atomic():
        LostRefund.objects.create(**plain, **decided, request_key="a")
    with pytest.raises(IntegrityError, match="lost_refund_once"), transaction.atomic():
        LostRefund.objects.create(**plain, request_key="b")
