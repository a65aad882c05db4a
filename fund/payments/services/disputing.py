"""Payments that the payer's bank takes back. ЮKassa sends no word of it: they stand in its list of refunds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Sum

from fund.ledger import services as ledger
from fund.money import Kopecks
from fund.payments import purposes
from fund.payments.days import moscow_date
from fund.payments.models import Alarm, Chargeback, Payment, Refund
from fund.payments.selectors.left import left_kopecks
from fund.payments.services.alarms import close_alarms, raise_alarm
from fund.payments.services.refunding import adopt_refund, drop_refund

if TYPE_CHECKING:
    from datetime import datetime

    from fund.payments.gateway import RemoteRefund


def adopt_or_dispute(*, remote: RemoteRefund, now: datetime) -> bool:
    """Take over a refund that ЮKassa told of; return whether it is of a payment of ours.

    One that nobody here asked for is a chargeback.
    """
    return adopt_refund(remote=remote, now=now) or book_chargeback(remote=remote, now=now)


@transaction.atomic
def book_chargeback(*, remote: RemoteRefund, now: datetime) -> bool:
    """Book what a payer's bank took back, once; return whether it is of a payment of ours. Repeat-safe.

    It is taken from where the gift lies, then from what the fund owed the payer of it anyway; what had gone back
    before is the fund's loss. A refund that was not sent yet and that the gift no longer has is dropped.
    """
    paid = Payment.objects.select_for_update().filter(yookassa_id=remote.payment_id, state=Payment.State.SUCCEEDED)
    payment = paid.first()
    if payment is None or remote.status != "succeeded" or remote.currency != "RUB":
        return False
    if Chargeback.objects.filter(yookassa_id=remote.yookassa_id).exists():
        return True
    gift = max(min(remote.amount_kopecks, _still_there(payment)), 0)
    debt = _discharge(payment, remote.amount_kopecks - gift)
    loss = remote.amount_kopecks - gift - debt
    purpose = purposes.find(payment.purpose)
    taken = {"loss": Kopecks(0), **purpose.going(payment=payment, amount_kopecks=Kopecks(gift), refund=None)}
    operation = ledger.post_event(
        event=purpose.refund_events(payment=payment).disputed,
        subject=payment.booked_subject,
        amounts={**taken, "debt": Kopecks(debt), "loss": Kopecks(taken["loss"] + loss)},
        key=f"chargeback:{remote.yookassa_id}",
        business_date=moscow_date(now),
        reference=payment.booked_reference,
    )
    Chargeback.objects.create(
        payment=payment,
        yookassa_id=remote.yookassa_id,
        amount_kopecks=remote.amount_kopecks,
        gift_kopecks=gift,
        debt_kopecks=debt,
        loss_kopecks=loss,
        operation=operation,
        noticed_at=now,
    )
    _drop_unsent(payment, now)
    purpose.disputed(payment=payment, now=now)
    close_alarms(subject=f"yookassa:{remote.yookassa_id}", now=now)
    raise_alarm(kind=Alarm.Kind.CHARGEBACK, subject=f"payment:{payment.pk}", now=now)
    transaction.on_commit(partial(purpose.settled, payment=payment), robust=True)
    return True


def _still_there(payment: Payment) -> int:
    """Return what of a locked payment no final refund and no dispute has taken. Two queries."""
    under_way = payment.refunds.unfinished().aggregate(total=Sum(F("amount_kopecks") + F("fee_kopecks")))["total"]
    return left_kopecks(payment_id=payment.pk) + (under_way or 0)


def _discharge(payment: Payment, wanted: int) -> int:
    """Lessen what the fund owes the payer of a locked payment by what the bank gave back; return by how much."""
    done = 0
    for refund in payment.refunds.owed().order_by("pk").select_for_update():
        part = min(refund.owed_kopecks, wanted - done)
        if part:
            refund.discharged_kopecks += part
            refund.save(update_fields=["discharged_kopecks"])
            done += part
    return done


def _drop_unsent(payment: Payment, now: datetime) -> None:
    """Drop refunds of a locked payment that ЮKassa was not asked for yet and that it no longer has."""
    unsent = payment.refunds.filter(state=Refund.State.CREATING, attempts=0).order_by("-pk").select_for_update()
    for refund in unsent:
        if left_kopecks(payment_id=payment.pk) < 0:
            drop_refund(refund, now)
