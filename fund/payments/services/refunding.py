"""Money back: asked for, sent to ЮKassa, booked when it is final."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from fund.ledger import services as ledger
from fund.money import Kopecks
from fund.payments import gateway, purposes
from fund.payments.days import moscow_date
from fund.payments.models import Alarm, Payment, Refund, Shortage
from fund.payments.selectors.left import left_kopecks
from fund.payments.services import pace
from fund.payments.services.alarms import close_alarms, raise_alarm
from fund.payments.services.attempts import begin_attempt, begin_key_anew, known_by_reference, unless_listed
from fund.payments.services.causes import current_cause, move
from fund.payments.services.shortages import SHORT_OF_MONEY, close_shortage, is_old, wait_for_money

if TYPE_CHECKING:
    from datetime import datetime

    from fund.payments.gateway import RemoteRefund

# ЮKassa's last words that can't follow what was booked; an old «pending» can.
CONTRADICTIONS = {
    Refund.State.SUCCEEDED.value: "canceled",
    Refund.State.REFUSED.value: "succeeded",
    Refund.State.DROPPED.value: "succeeded",
}
NOTHING_DONE = (gateway.UnreachedError, gateway.BusyError, gateway.CredentialsError)  # by ЮKassa, for certain
LEAST_KOPECKS = 100  # ЮKassa refunds no less than a rouble
NO_FEE = Kopecks(0)


class RefundError(Exception):
    """The refund can't be written down."""


class NotPaidError(RefundError):
    """Only a paid payment can be refunded."""


class RefundTooLargeError(RefundError):
    """More would go back than was paid and is not known to be spent."""


class RefundTooSmallError(RefundError):
    """ЮKassa refunds no less than a rouble: this sum, or what it would leave, is less."""


class RefundSpentError(RefundError):
    """What the payment was for has spent so much that the sum is not left of it."""

    def __init__(self, left_kopecks: Kopecks) -> None:
        super().__init__(left_kopecks)
        self.left_kopecks = left_kopecks


class RefundDividedError(RefundError):
    """What of this payment goes back is said by its lines, where it was made."""


class RefundKeyReusedError(RefundError):
    """The same request key names another refund."""


@transaction.atomic
def request_refund(
    *,
    payment_id: int,
    amount_kopecks: Kopecks,
    reason: str,
    request_key: str,
    now: datetime,
    fee_kopecks: Kopecks = NO_FEE,
) -> Refund:
    """Write down that a sum goes back, whole or in part. Same key and sum: the same refund.

    :param fee_kopecks: what is kept of the payment besides, as ЮKassa does not give its fee back.
    :raises NotPaidError: if the payment has not succeeded.
    :raises RefundTooLargeError: if all refunds together would exceed what of the payment is not spent.
    :raises RefundTooSmallError: if the sum, or what it would leave, is under a rouble.
    :raises RefundKeyReusedError: if the key names a refund of another payment or sum.
    """
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    known = Refund.objects.filter(request_key=request_key).first()
    if known:
        if (known.payment_id, known.amount_kopecks) != (payment.pk, amount_kopecks):
            raise RefundKeyReusedError(request_key)
        return known
    refuse_unfit(payment, amount_kopecks, fee_kopecks)
    return Refund.objects.create(
        payment=payment,
        request_key=request_key,
        amount_kopecks=amount_kopecks,
        fee_kopecks=fee_kopecks,
        reason=reason,
        moved_by=current_cause(),
        created_at=now,
        next_check_at=now,
    )


def refuse_unfit(payment: Payment, amount_kopecks: Kopecks, fee_kopecks: Kopecks = NO_FEE) -> None:
    """Do nothing where the sum can go back now; the caller holds the payment's lock.

    Less than a rouble goes only as the last of a payment, which a dispute may have left so: ЮKassa refuses it, and it
    becomes a debt.

    :raises RefundError: one of its kinds.
    """
    if payment.state != Payment.State.SUCCEEDED:
        raise NotPaidError
    left = left_kopecks(payment_id=payment.pk) - amount_kopecks - fee_kopecks
    if amount_kopecks < LEAST_KOPECKS and (left or amount_kopecks <= 0):
        raise RefundTooSmallError
    if left < 0:
        raise RefundTooLargeError
    if 0 < left < LEAST_KOPECKS:  # it could never go back
        raise RefundTooSmallError


def open_refund(*, refund_id: int, now: datetime) -> None:
    """Ask ЮKassa to send the money back. Never inside a transaction; safe to repeat at any time."""
    refund = _begin_attempt(refund_id=refund_id, now=now)
    if refund is None:
        return
    if refund.has_lost_key(now):
        _give_up_key(refund, now)
        return
    receipt = purposes.find(refund.payment.purpose).receipt(payment=refund.payment, refund=refund)
    try:
        remote = gateway.create_refund(
            key=str(refund.idempotence_key),
            payment_id=str(refund.payment.yookassa_id),
            amount_kopecks=Kopecks(refund.amount_kopecks),
            reference=str(refund.reference),
            receipt=receipt,
        )
    except NOTHING_DONE as error:
        _note_nothing_done(refund, error, now)
        return
    except gateway.UnknownOutcomeError:
        return
    except (gateway.RefusedError, gateway.MissingError) as error:
        _accept_refusal(refund, str(error), now)
        return
    close_alarms(subject="yookassa", now=now)
    settle_refund(refund_id=refund.pk, remote=remote, now=now)


def reread_refund(*, refund_id: int, now: datetime) -> None:
    """Read the refund at ЮKassa, which sends no word of a refused one, and take its state over.

    :raises GatewayError: if it can't be read now.
    """
    refund = Refund.objects.get(pk=refund_id)
    if refund.yookassa_id is None:
        return
    try:
        remote = gateway.find_refund(yookassa_id=refund.yookassa_id)
    except gateway.MissingError:
        raise_alarm(kind=Alarm.Kind.MISSING_REFUND, subject=f"refund:{refund.pk}", now=now)
        return
    close_alarms(subject=f"refund:{refund.pk}", now=now, kinds=[Alarm.Kind.MISSING_REFUND])
    settle_refund(refund_id=refund.pk, remote=remote, now=now)


def adopt_refund(*, remote: RemoteRefund, now: datetime) -> bool:
    """Take over a refund that ЮKassa told of; return whether it is one of ours."""
    refund = known_by_reference(Refund, remote.reference)
    if refund is None:
        return False
    settle_refund(refund_id=refund.pk, remote=remote, now=now)
    return True


@transaction.atomic
def settle_refund(*, refund_id: int, remote: RemoteRefund, now: datetime) -> None:
    """Move the refund to where ЮKassa says it is. Safe to repeat, in any order, at the same time."""
    refund = lock_refund(refund_id)
    if is_old(refund, remote):
        return
    if not _is_same(refund, remote):
        raise_alarm(kind=Alarm.Kind.MISMATCH, subject=f"refund:{refund.pk}", now=now)
        return
    if refund.state in CONTRADICTIONS:
        if remote.status == CONTRADICTIONS[refund.state]:
            raise_alarm(kind=Alarm.Kind.MISMATCH, subject=f"refund:{refund.pk}", now=now)
        return
    _take_over(refund, remote, now)


@transaction.atomic
def refuse_refund(*, refund_id: int, reason: str, now: datetime) -> None:
    """Note that ЮKassa will not send the money: from now on it is owed to the donor."""
    refund = lock_refund(refund_id)
    if refund.state == Refund.State.CREATING:
        refund.cancel_reason = reason[:64]
        _owe_or_drop(refund, now)


@transaction.atomic(durable=True)
def _begin_attempt(*, refund_id: int, now: datetime) -> Refund | None:
    refund = lock_refund(refund_id)
    if refund.state != Refund.State.CREATING:
        return None
    begin_attempt(refund, now)
    return refund


def lock_refund(refund_id: int) -> Refund:
    """Lock the payment, then its refund: everywhere in this order."""
    payment_id = Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id)
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    refund.payment = payment
    return refund


def _is_same(refund: Refund, remote: RemoteRefund) -> bool:
    return (
        refund.yookassa_id in {None, remote.yookassa_id}
        and remote.payment_id == refund.payment.yookassa_id
        and remote.reference == str(refund.reference)
        and remote.amount_kopecks == refund.amount_kopecks
        and remote.currency == "RUB"
    )


def _take_over(refund: Refund, remote: RemoteRefund, now: datetime) -> None:
    refund.yookassa_id = remote.yookassa_id
    if remote.status == "succeeded":
        _finish(refund, Refund.State.SUCCEEDED, now)
    elif remote.status == "canceled":
        refund.cancel_reason = remote.cancel_reason
        _refuse(refund, now)
    else:
        move(refund, Refund.State.PENDING)
        refund.next_check_at = pace.while_pending(since=refund.created_at, now=now)
        refund.save()


def _refuse(refund: Refund, now: datetime) -> None:
    """Let a cancelled refund wait for a top-up where the money alone is missing; else the fund owes it."""
    if refund.cancel_reason == SHORT_OF_MONEY and left_kopecks(payment_id=refund.payment_id) >= 0:
        wait_for_money(refund, now)
    else:
        _owe_or_drop(refund, now)


def _owe_or_drop(refund: Refund, now: datetime) -> None:
    """Owe what ЮKassa will not send; but nothing that the donor's bank has taken back already."""
    if left_kopecks(payment_id=refund.payment_id) < 0:
        drop_refund(refund, now)
        return
    _finish(refund, Refund.State.REFUSED, now)
    raise_alarm(kind=Alarm.Kind.REFUND_REFUSED, subject=f"refund:{refund.pk}", now=now)


def drop_refund(refund: Refund, now: datetime) -> None:
    """End a locked refund that never went and never will: a dispute took its money."""
    move(refund, Refund.State.DROPPED)
    refund.settled_at, refund.next_check_at = now, None
    close_shortage(refund, now)
    refund.save()
    close_alarms(subject=f"refund:{refund.pk}", now=now)


def _finish(refund: Refund, state: Refund.State, now: datetime) -> None:
    purpose = purposes.find(refund.payment.purpose)
    events = purpose.refund_events(payment=refund.payment)
    is_returned = state == Refund.State.SUCCEEDED
    refund.operation = ledger.post_event(
        event=events.returned if is_returned else events.refused,
        subject=refund.payment.booked_subject,
        amounts=purpose.going(payment=refund.payment, amount_kopecks=Kopecks(refund.amount_kopecks), refund=refund),
        key=f"{'refund' if is_returned else 'refund_refused'}:{refund.reference}",
        business_date=moscow_date(now),
        reference=refund.payment.booked_reference,
    )
    if refund.fee_kopecks:
        refund.fee_operation = ledger.post_event(
            event=events.fee,
            subject=refund.payment.booked_subject,
            amounts={"fee": Kopecks(refund.fee_kopecks)},
            key=f"fee_kept:{refund.reference}",
            business_date=moscow_date(now),
            reference=refund.payment.booked_reference,
        )
    move(refund, state)
    refund.settled_at = now
    refund.next_check_at = None
    close_shortage(refund, now)
    refund.save()
    close_alarms(subject=f"refund:{refund.pk}", now=now)
    purpose.refunded(refund=refund, now=now)
    transaction.on_commit(partial(purpose.settled, payment=refund.payment), robust=True)


def _note_nothing_done(refund: Refund, error: gateway.GatewayError, now: datetime) -> None:
    begin_key_anew(refund)
    if isinstance(error, gateway.CredentialsError):
        raise_alarm(kind=Alarm.Kind.CREDENTIALS, subject="yookassa", now=now)


def _accept_refusal(refund: Refund, code: str, now: datetime) -> None:
    """Owe what ЮKassa refused, unless an earlier attempt of unknown outcome sent it after all."""
    unless_listed(
        lambda: refund.attempts > 1 and adopt_listed(refund, now),
        lambda: refuse_refund(refund_id=refund.pk, reason=code, now=now),
    )


def _give_up_key(refund: Refund, now: datetime) -> None:
    """Look for the refund in ЮKassa's list; where it is not, say so to a person."""
    unless_listed(
        lambda: adopt_listed(refund, now),
        lambda: raise_alarm(kind=Alarm.Kind.KEY_EXPIRED, subject=f"refund:{refund.pk}", now=now),
    )


def adopt_listed(refund: Refund, now: datetime) -> bool:
    """Return whether ЮKassa's list held the refund, and take its state over if so.

    :raises GatewayError: if the list can't be read now.
    """
    filters = {"payment_id": str(refund.payment.yookassa_id)}
    old = set(Shortage.objects.filter(refund=refund).values_list("yookassa_id", flat=True))
    for remote in gateway.refunds_between(filters=filters, reference=str(refund.reference)):
        if remote.reference == str(refund.reference) and remote.yookassa_id not in old:
            settle_refund(refund_id=refund.pk, remote=remote, now=now)
            return True
    return False
