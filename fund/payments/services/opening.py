"""From an intent to pay to a payment at ЮKassa."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from fund.money import Kopecks
from fund.payments import gateway, purposes
from fund.payments.models import Alarm, Payment
from fund.payments.services import pace
from fund.payments.services.alarms import close_alarms, raise_alarm
from fund.payments.services.attempts import begin_attempt, unless_listed
from fund.payments.services.causes import current_cause
from fund.payments.services.methods import lock_method, method_secret
from fund.payments.services.settling import cancel_unopened, settle_payment

if TYPE_CHECKING:
    from datetime import datetime


def register_payment(
    *,
    purpose: str,
    amount_kopecks: Kopecks,
    description: str,
    return_url: str,
    now: datetime,
    saves_method: bool = False,
    method_id: int | None = None,
) -> Payment:
    """Write the intent down, with the key that every attempt will use. Joins the caller's transaction.

    :param saves_method: let ЮKassa keep how it is paid, so that it can be charged again; the payer has agreed to it.
    :param method_id: a :class:`SavedMethod` to charge: nobody confirms it.
    :raises MethodDroppedError: if that one is not kept any more.
    """
    return Payment.objects.create(
        purpose=purpose,
        amount_kopecks=amount_kopecks,
        description=description[: gateway.DESCRIPTION_LENGTH],
        return_url=return_url,
        saves_method=saves_method,
        charged_method=lock_method(method_id=method_id) if method_id else None,
        moved_by=current_cause(),
        created_at=now,
        next_check_at=now + pace.FIRST_LOOK,
    )


def open_payment(*, payment_id: int, now: datetime) -> None:
    """Ask ЮKassa to create the payment. Never inside a transaction; safe to repeat at any time.

    An unknown outcome leaves the payment ``creating``: the next look asks again with the same key and body.
    """
    payment = _begin_attempt(payment_id=payment_id, now=now)
    if payment is None:
        return
    if payment.has_lost_key(now):
        _give_up_key(payment, now)
        return
    method_id = method_secret(payment)
    receipt = purposes.find(payment.purpose).receipt(payment=payment)
    try:
        remote = gateway.create_payment(
            key=str(payment.idempotence_key),
            amount_kopecks=Kopecks(payment.amount_kopecks),
            description=payment.description,
            return_url=payment.return_url,
            reference=str(payment.reference),
            saves_method=payment.saves_method,
            method_id=method_id,
            receipt=receipt,
        )
    except (gateway.UnknownOutcomeError, gateway.BusyError):
        return
    except gateway.CredentialsError:
        raise_alarm(kind=Alarm.Kind.CREDENTIALS, subject="yookassa", now=now)
        return
    except (gateway.RefusedError, gateway.MissingError) as error:
        _accept_refusal(payment, str(error), now)
        return
    close_alarms(subject="yookassa", now=now)
    settle_payment(payment_id=payment.pk, remote=remote, now=now)


@transaction.atomic(durable=True)
def _begin_attempt(*, payment_id: int, now: datetime) -> Payment | None:
    """Note the attempt before it is made, so that a crash leaves its trace."""
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    if payment.state != Payment.State.CREATING:
        return None
    begin_attempt(payment, now)
    return payment


def _accept_refusal(payment: Payment, code: str, now: datetime) -> None:
    """Cancel what ЮKassa refused, unless an earlier attempt of unknown outcome made it after all."""
    unless_listed(
        lambda: payment.attempts > 1 and _adopt_listed(payment, now),
        lambda: cancel_unopened(payment_id=payment.pk, reason=code, now=now),
    )


def _give_up_key(payment: Payment, now: datetime) -> None:
    """Look for the payment in ЮKassa's list; where it is not, say so to a person and close it."""

    def close() -> None:
        raise_alarm(kind=Alarm.Kind.KEY_EXPIRED, subject=f"payment:{payment.pk}", now=now)
        cancel_unopened(payment_id=payment.pk, reason="key_expired", now=now)

    unless_listed(lambda: _adopt_listed(payment, now), close)


def _adopt_listed(payment: Payment, now: datetime) -> bool:
    """Return whether ЮKassa's list held the payment, and take its state over if so."""
    since = payment.first_attempt_at or payment.created_at
    filters = {
        "created_at.gte": (since - timedelta(minutes=5)).isoformat(),
        "created_at.lte": (since + timedelta(hours=24)).isoformat(),
    }
    for remote in gateway.payments_between(filters=filters, reference=str(payment.reference)):
        if remote.reference == str(payment.reference):
            settle_payment(payment_id=payment.pk, remote=remote, now=now)
            return True
    return False
