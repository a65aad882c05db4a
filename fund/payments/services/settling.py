"""What ЮKassa says of a payment becomes ours: forward only, and in the books in the same transaction."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from fund.ledger import services as ledger
from fund.ledger.errors import LedgerError
from fund.money import Kopecks
from fund.payments import gateway, purposes
from fund.payments.days import moscow_date
from fund.payments.models import Alarm, Payment
from fund.payments.services import pace
from fund.payments.services.alarms import close_alarms, raise_alarm
from fund.payments.services.attempts import known_by_reference
from fund.payments.services.causes import move
from fund.payments.services.methods import keep_method
from fund.payments.services.refunding import request_refund

if TYPE_CHECKING:
    from datetime import datetime

    from fund.payments.gateway import RemotePayment


def reread_payment(*, payment_id: int, now: datetime) -> None:
    """Read the payment at ЮKassa and take its state over. Safe to repeat.

    :raises GatewayError: if it can't be read now.
    """
    payment = Payment.objects.get(pk=payment_id)
    if payment.yookassa_id is None:
        return
    try:
        remote = gateway.find_payment(yookassa_id=payment.yookassa_id)
    except gateway.MissingError:
        raise_alarm(kind=Alarm.Kind.MISSING_PAYMENT, subject=f"payment:{payment.pk}", now=now)
        return
    close_alarms(subject=f"payment:{payment.pk}", now=now, kinds=[Alarm.Kind.MISSING_PAYMENT])
    settle_payment(payment_id=payment.pk, remote=remote, now=now)


def adopt_payment(*, remote: RemotePayment, now: datetime) -> bool:
    """Take over a payment that ЮKassa told of; return whether it is one of ours.

    It is found by the reference in its metadata, so it may come before our own call has returned.
    """
    payment = known_by_reference(Payment, remote.reference)
    if payment is None:
        return False
    settle_payment(payment_id=payment.pk, remote=remote, now=now)
    return True


@transaction.atomic
def settle_payment(*, payment_id: int, remote: RemotePayment, now: datetime) -> None:
    """Move the payment to where ЮKassa says it is. Safe to repeat, in any order, at the same time.

    Something else than what was asked for, or what the books refuse, changes nothing and raises an alarm.
    """
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    if not _is_same(payment, remote):
        raise_alarm(kind=Alarm.Kind.MISMATCH, subject=f"payment:{payment.pk}", now=now)
        return
    if payment.state == Payment.State.SUCCEEDED:
        _book_commission(payment, remote, now)
    elif payment.state != Payment.State.CANCELED or payment.yookassa_id is None:
        _advance(payment, remote, now)
    elif remote.status == "succeeded":  # ЮKassa's own word was final; «pending» is only an old one
        raise_alarm(kind=Alarm.Kind.MISMATCH, subject=f"payment:{payment.pk}", now=now)


@transaction.atomic
def cancel_unopened(*, payment_id: int, reason: str, now: datetime) -> None:
    """Close a payment that ЮKassa never made. Should it turn up there after all, it is taken over."""
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    if payment.state == Payment.State.CREATING:
        _cancel(payment, reason, now)


def _is_same(payment: Payment, remote: RemotePayment) -> bool:
    return (
        payment.yookassa_id in {None, remote.yookassa_id}
        and remote.reference == str(payment.reference)
        and remote.amount_kopecks == payment.amount_kopecks
        and remote.currency == "RUB"
        and remote.account_id == settings.YOOKASSA.shop_id
        and remote.is_test == settings.YOOKASSA.secret_key.startswith("test_")
    )


def _advance(payment: Payment, remote: RemotePayment, now: datetime) -> None:
    payment.yookassa_id = remote.yookassa_id
    payment.confirmation_url = remote.confirmation_url or payment.confirmation_url
    payment.method = remote.method or payment.method
    if remote.status == "succeeded":
        _book_or_alarm(payment, remote, now)
    elif remote.status == "canceled":
        _cancel(payment, remote.cancel_reason, now)
    else:
        move(payment, Payment.State.PENDING)
        payment.next_check_at = pace.while_pending(since=payment.created_at, now=now)
        payment.save()


def _cancel(payment: Payment, reason: str, now: datetime) -> None:
    move(payment, Payment.State.CANCELED)
    payment.cancel_reason = reason[:64]
    payment.next_check_at = None
    payment.settled_at = now
    payment.save()
    _tell(payment)


def _book_or_alarm(payment: Payment, remote: RemotePayment, now: datetime) -> None:
    try:
        with transaction.atomic():
            _book(payment, remote, now)
    except (LedgerError, purposes.UnknownPurposeError):
        payment.refresh_from_db()
        payment.yookassa_id = remote.yookassa_id
        move(payment, Payment.State.PENDING)  # paid there, not here: each look tries again
        payment.next_check_at = pace.while_pending(since=payment.created_at, now=now)
        payment.save(update_fields=["yookassa_id", "state", "moved_by", "next_check_at"])
        raise_alarm(kind=Alarm.Kind.NOT_BOOKED, subject=f"payment:{payment.pk}", now=now)


def _book(payment: Payment, remote: RemotePayment, now: datetime) -> None:
    paid_at = remote.captured_at or now
    keep_method(payment=payment, remote=remote, now=now)
    booking = purposes.find(payment.purpose).book(payment=payment, paid_at=paid_at, now=now)
    payment.operation = ledger.post_event(
        event=booking.event,
        subject=booking.subject,
        amounts=booking.amounts or {"gross": Kopecks(payment.amount_kopecks)},
        key=f"payment:{payment.reference}",
        business_date=moscow_date(paid_at),
        reference=booking.reference,
    )
    payment.booked_event, payment.booked_subject = booking.event, booking.subject
    payment.booked_reference = booking.reference
    move(payment, Payment.State.SUCCEEDED)
    payment.cancel_reason = ""
    payment.settled_at = now
    payment.next_check_at = now + pace.COMMISSION_LOOK
    payment.save()
    _book_commission(payment, remote, now)
    close_alarms(subject=f"payment:{payment.pk}", now=now)
    if booking.refund_reason:
        request_refund(
            payment_id=payment.pk,
            amount_kopecks=Kopecks(payment.amount_kopecks),
            reason=booking.refund_reason,
            request_key=f"late:{payment.reference}",
            now=now,
        )
    _tell(payment)


def _book_commission(payment: Payment, remote: RemotePayment, now: datetime) -> None:
    """Book what ЮKassa kept, once it says so: the sum minus ``income_amount``, which may come later."""
    if payment.income_kopecks is not None:
        return
    if remote.income_kopecks is None:
        _await_commission(payment, now)
        return
    fee = payment.amount_kopecks - remote.income_kopecks
    if fee:
        written = purposes.find(payment.purpose).commission(payment=payment, fee_kopecks=Kopecks(fee))
        payment.commission_operation = ledger.post_event(
            event=written.event,
            subject=payment.booked_subject,
            amounts=written.amounts,
            key=f"commission:{payment.reference}",
            business_date=moscow_date(remote.captured_at or now),
        )
    payment.income_kopecks = remote.income_kopecks
    payment.next_check_at = None
    payment.save(update_fields=["income_kopecks", "commission_operation", "next_check_at"])
    close_alarms(subject=f"payment:{payment.pk}", now=now, kinds=[Alarm.Kind.NO_COMMISSION])


def _await_commission(payment: Payment, now: datetime) -> None:
    if payment.settled_at is not None and now - payment.settled_at < pace.COMMISSION_PATIENCE:
        payment.next_check_at = now + pace.COMMISSION_LOOK
    else:
        payment.next_check_at = None
        raise_alarm(kind=Alarm.Kind.NO_COMMISSION, subject=f"payment:{payment.pk}", now=now)
    payment.save(update_fields=["next_check_at"])


def _tell(payment: Payment) -> None:
    """Let the room above go on, once it is committed; its own sweep finds what is lost here."""
    transaction.on_commit(partial(purposes.find(payment.purpose).settled, payment=payment), robust=True)
