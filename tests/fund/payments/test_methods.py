"""Ways to pay that ЮKassa keeps: noted with their payment, sealed, charged with one key, dropped for good."""

from __future__ import annotations

import logging
from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.fernet import InvalidToken
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from fund.ledger.audit import audit
from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.payments import gateway, purposes, services
from fund.payments.models import Payment, SavedMethod
from fund.payments.purposes import Booking, Undivided
from fund.payments.services.methods import PURPOSE
from people.sealing import seal, unseal
from tests import make

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed", "plain_purpose")
CREATE: dict[str, Any] = {"method": "POST", "path": "/v3/payments"}


class PlainPurpose(Undivided):
    """Something that is paid for and needs nothing more."""

    def book(self, **_: Any) -> Booking:
        return Booking("gift", "sad", "000001")

    def settled(self, **_: Any) -> None:
        pass


@pytest.fixture
def plain_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let payments be for something of this test alone."""
    monkeypatch.setitem(purposes._registry, "plain", PlainPurpose())


def register(**options: Any) -> Payment:
    return services.register_payment(
        purpose="plain", amount_kopecks=Kopecks(500_00), description="Сад", return_url="http://fund.example/",
        now=make.NOW, **options,
    )  # fmt: skip


def open_(payment: Payment) -> Payment:
    services.open_payment(payment_id=payment.pk, now=make.NOW)
    payment.refresh_from_db()
    return payment


def saved(control: EmulatorControl) -> SavedMethod:
    """Return the way to pay that a paid payment left."""
    make.campaign()
    payment = open_(register(saves_method=True))
    control.pay(str(payment.yookassa_id))
    services.reread_payment(payment_id=payment.pk, now=make.NOW)
    return SavedMethod.objects.get(payment=payment)


def charge(method: SavedMethod) -> Payment:
    with transaction.atomic():
        return register(method_id=method.pk)


def secret(method: SavedMethod) -> str:
    return unseal(method.sealed_id, purpose=PURPOSE)


def test_a_way_to_pay_is_kept_once_and_sealed(control: EmulatorControl) -> None:
    method = saved(control)
    services.reread_payment(payment_id=method.payment_id, now=make.NOW)

    assert SavedMethod.objects.count() == 1
    assert (method.title, method.saved_at, method.dropped_at) == ("Bank card *4444", make.NOW, None)
    assert secret(method) == method.payment.yookassa_id, "as in ЮKassa's samples"
    assert secret(method) not in method.sealed_id


def test_a_payment_that_did_not_ask_for_it_keeps_nothing(control: EmulatorControl) -> None:
    make.campaign()
    payment = open_(register())
    control.pay(str(payment.yookassa_id))
    services.reread_payment(payment_id=payment.pk, now=make.NOW)

    assert not SavedMethod.objects.exists()


def test_where_the_payers_way_to_pay_can_not_be_kept_the_payment_is_booked_all_the_same(
    control: EmulatorControl,
) -> None:
    make.campaign()
    payment = open_(register(saves_method=True))
    control.pay(str(payment.yookassa_id))
    remote = gateway.find_payment(yookassa_id=str(payment.yookassa_id))
    services.settle_payment(payment_id=payment.pk, remote=replace(remote, saved_method_id=""), now=make.NOW)

    payment.refresh_from_db()
    assert payment.state == Payment.State.SUCCEEDED
    assert not SavedMethod.objects.exists()


def test_a_charge_needs_nobody_and_goes_through_the_same_door(control: EmulatorControl) -> None:
    method = saved(control)
    payment = open_(charge(method))

    assert (payment.state, payment.confirmation_url, payment.method) == ("succeeded", "", "bank_card")
    assert balances_kopecks(codes=["86.sad"])["86.sad"] == 1_000_00
    assert audit().fault == ""


@pytest.mark.parametrize("fault", ["500_after", "drop_after", "500_before", "drop_before"])
def test_a_charge_of_unknown_outcome_is_one_charge(control: EmulatorControl, fault: str) -> None:
    method = saved(control)
    control.fault(fault, **CREATE)
    payment = open_(charge(method))
    assert payment.state == Payment.State.CREATING
    open_(payment)

    assert payment.state == Payment.State.SUCCEEDED
    assert len(control.everything()["payments"]) == 2
    assert balances_kopecks(codes=["86.sad"])["86.sad"] == 1_000_00


@pytest.mark.parametrize("reason", ["permission_revoked", "card_expired", "insufficient_funds", "3d_secure_failed"])
def test_a_refused_charge_says_why(control: EmulatorControl, reason: str) -> None:
    method = saved(control)
    control.charges(reason)
    payment = open_(charge(method))

    assert (payment.state, payment.cancel_reason) == (Payment.State.CANCELED, reason)
    assert balances_kopecks(codes=["86.sad"])["86.sad"] == 500_00


def test_a_charge_that_waits_is_reconciled(control: EmulatorControl) -> None:
    method = saved(control)
    control.charges("pending")
    payment = open_(charge(method))
    assert payment.state == Payment.State.PENDING
    control.pay(str(payment.yookassa_id))
    services.reread_payment(payment_id=payment.pk, now=make.NOW)

    payment.refresh_from_db()
    assert payment.state == Payment.State.SUCCEEDED
    assert SavedMethod.objects.count() == 1


def test_a_way_to_pay_that_yookassa_does_not_know_ends_the_charge(control: EmulatorControl) -> None:
    method = saved(control)
    control.run("reset")
    payment = open_(charge(method))

    assert (payment.state, payment.cancel_reason) == (Payment.State.CANCELED, "invalid_request")


def test_dropped_it_holds_nothing_and_can_not_be_charged(control: EmulatorControl) -> None:
    method = saved(control)
    assert services.drop_method(method_id=method.pk, now=make.NOW)
    assert services.drop_method(method_id=method.pk, now=make.NOW)

    method.refresh_from_db()
    assert (method.sealed_id, method.title, method.dropped_at) == ("", "", make.NOW)
    with pytest.raises(services.MethodDroppedError):
        charge(method)
    assert Payment.objects.count() == 1


def test_it_stays_while_a_charge_of_it_is_unfinished(control: EmulatorControl) -> None:
    method = saved(control)
    control.fault("500_before", **CREATE)
    payment = open_(charge(method))
    assert not services.drop_method(method_id=method.pk, now=make.NOW)
    open_(payment)

    assert services.drop_method(method_id=method.pk, now=make.NOW)


def test_the_database_keeps_no_secret_of_what_is_dropped(control: EmulatorControl) -> None:
    method = saved(control)
    with pytest.raises(IntegrityError, match="saved_method_dropped_is_empty"), transaction.atomic():
        SavedMethod.objects.filter(pk=method.pk).update(dropped_at=make.NOW)
    with pytest.raises(IntegrityError, match="saved_method_dropped_is_empty"), transaction.atomic():
        SavedMethod.objects.filter(pk=method.pk).update(sealed_id="")


def test_no_log_and_no_word_of_an_object_holds_the_secret(
    control: EmulatorControl, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    method = saved(control)
    remote = gateway.find_payment(yookassa_id=str(method.payment.yookassa_id))
    caplog.clear()
    open_(charge(method))

    assert remote.saved_method_id == secret(method)
    assert "saved_method_id" not in repr(remote)
    assert secret(method) not in caplog.text
    assert secret(method) not in f"{method} {method!r}"


def test_a_new_key_of_the_site_seals_them_anew(control: EmulatorControl, settings: Settings) -> None:
    method, said = saved(control), StringIO()
    known = secret(method)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key of the site" * 3
    call_command("seal_methods", stdout=said)
    settings.SECRET_KEY_FALLBACKS = []
    method.refresh_from_db()
    assert (secret(method), said.getvalue()) == (known, "1 sealed with the newest key\n")

    settings.SECRET_KEY = "a key that nobody knew"
    with pytest.raises(InvalidToken):
        secret(method)
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("seal_methods")


def test_secrets_of_one_kind_can_not_be_read_as_another() -> None:
    with pytest.raises(InvalidToken):
        unseal(seal("x", purpose=PURPOSE))
