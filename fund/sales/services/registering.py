"""Fiscal receipts: asked for until they are registered; a refusal, or a day's silence, alarms the treasurer."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from fund.payments import gateway
from fund.payments.models import Alarm, Refund
from fund.payments.services import pace
from fund.payments.services.alarms import close_alarms, raise_alarm
from fund.sales import receipts
from fund.sales.models import FiscalReceipt, Sale

if TYPE_CHECKING:
    from datetime import datetime

    from fund.money import Kopecks

BATCH = 200
KEY_LIFE = timedelta(hours=23)  # ЮKassa forgets a key after 24; an hour for clocks and queues
AFTER_REFUSAL = timedelta(hours=1)
Kind = FiscalReceipt.Kind
REGISTERED, REFUSED = "succeeded", "canceled"
NOT_YET, UNTOLD = "not_yet", "untold"  # ours: it is not due yet, ЮKassa did not say


def expect_receipt(
    *, sale: Sale, kind: Kind, amount_kopecks: Kopecks, now: datetime, refund: Refund | None = None
) -> FiscalReceipt:
    """Write down that a receipt is to be registered. Joins the caller's transaction; repeat-safe."""
    receipt, _is_new = FiscalReceipt.objects.get_or_create(
        sale=sale,
        kind=kind,
        refund=refund,
        defaults={
            "amount_kopecks": amount_kopecks,
            "is_own": kind == Kind.OFFSET,
            "created_at": now,
            "next_check_at": now,
        },
    )
    return receipt


def ask_alone(*, receipt_id: int, now: datetime) -> None:
    """Let a receipt be asked for by itself: nothing goes that it could go with. Joins the caller's transaction."""
    waiting = FiscalReceipt.objects.filter(pk=receipt_id, state=FiscalReceipt.State.WAITING)
    waiting.update(is_own=True, first_attempt_at=None, next_check_at=now)


@transaction.atomic
def claim_due_receipts(*, now: datetime) -> list[int]:
    """Return receipts to look at now, and put their next look off. Two queries."""
    due = FiscalReceipt.objects.filter(next_check_at__lte=now).order_by("next_check_at")
    found = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    FiscalReceipt.objects.filter(pk__in=found).update(next_check_at=now + pace.claim())
    return found


def register_receipt(*, receipt_id: int, now: datetime) -> None:
    """Take a receipt a step further: ask for it, or read how it stands. Never inside a transaction; safe to repeat."""
    receipt = _begin_attempt(receipt_id, now)
    if receipt is None:
        return
    try:
        status, yookassa_id = _ask(receipt, now)
    except (gateway.RefusedError, gateway.MissingError):
        status, yookassa_id = REFUSED, None
    except gateway.GatewayError:
        status, yookassa_id = UNTOLD, receipt.yookassa_id
    _take_over(receipt_id, status, yookassa_id, now)


@transaction.atomic(durable=True)
def _begin_attempt(receipt_id: int, now: datetime) -> FiscalReceipt | None:
    """Note the attempt before it is made, so that a crash leaves its trace."""
    receipt = FiscalReceipt.objects.select_for_update().get(pk=receipt_id)
    if receipt.state != FiscalReceipt.State.WAITING:
        return None
    if receipt.refund is not None and receipt.refund.state == Refund.State.DROPPED:
        receipt.state, receipt.next_check_at = FiscalReceipt.State.NOT_DUE, None
        receipt.save(update_fields=["state", "next_check_at"])
        return None
    receipt.attempts += 1
    receipt.first_attempt_at = receipt.first_attempt_at or now
    receipt.next_check_at = pace.while_pending(since=receipt.created_at, now=now)
    receipt.save(update_fields=["attempts", "first_attempt_at", "next_check_at"])
    return receipt


def _ask(receipt: FiscalReceipt, now: datetime) -> tuple[str, str | None]:
    """Return how a receipt stands at ЮKassa, and its number there where it has one of its own.

    :raises GatewayError: if it can't be told now.
    """
    if receipt.refund is not None and not _has_gone(receipt.refund):
        return NOT_YET, None
    if not receipt.is_own:
        return _parents_word(receipt), None
    if receipt.yookassa_id:
        return gateway.find_receipt(yookassa_id=receipt.yookassa_id).status, receipt.yookassa_id
    found = _listed(receipt) if _has_lost_key(receipt, now) else None
    if found is None:
        found = gateway.create_receipt(
            key=str(receipt.idempotence_key),
            reference=str(receipt.sale.payment.reference),
            body=receipts.own(receipt=receipt),
        )
    return found.status, found.yookassa_id


def _has_gone(refund: Refund) -> bool:
    """Return whether the money is back: by ЮKassa, or by bank where ЮKassa refused."""
    return refund.state == Refund.State.SUCCEEDED or (refund.state == Refund.State.REFUSED and not refund.owed_kopecks)


def _parents_word(receipt: FiscalReceipt) -> str:
    if receipt.refund is not None:
        return gateway.find_refund(yookassa_id=str(receipt.refund.yookassa_id)).receipt_status
    return gateway.find_payment(yookassa_id=str(receipt.sale.payment.yookassa_id)).receipt_status


def _has_lost_key(receipt: FiscalReceipt, now: datetime) -> bool:
    return receipt.first_attempt_at is not None and now - receipt.first_attempt_at >= KEY_LIFE


def _listed(receipt: FiscalReceipt) -> gateway.RemoteReceipt | None:
    """Return what ЮKassa's list holds of it: asked for under an old key, it may be there, and must not be twice."""
    owner = receipts.owner(receipt=receipt)
    kind = "payment" if receipt.refund is None else "refund"
    wanted = (kind, owner.get("refund_id", ""), receipt.kind == Kind.OFFSET, receipt.amount_kopecks)
    for found in gateway.receipts_of(filters=owner):
        told = (found.kind, found.refund_id, found.is_prepaid, found.amount_kopecks)
        if found.status != REFUSED and told == wanted and not _is_anothers(found, receipt):
            return found
    return None


def _is_anothers(found: gateway.RemoteReceipt, receipt: FiscalReceipt) -> bool:
    return FiscalReceipt.objects.exclude(pk=receipt.pk).filter(yookassa_id=found.yookassa_id).exists()


@transaction.atomic
def _take_over(receipt_id: int, status: str, yookassa_id: str | None, now: datetime) -> None:
    receipt = FiscalReceipt.objects.select_for_update().get(pk=receipt_id)
    if receipt.state != FiscalReceipt.State.WAITING:
        return
    receipt.yookassa_id = yookassa_id
    if status == REGISTERED:
        receipt.state, receipt.registered_at, receipt.next_check_at = FiscalReceipt.State.REGISTERED, now, None
    elif status == REFUSED:
        receipt.is_own, receipt.yookassa_id, receipt.first_attempt_at = True, None, None
        receipt.idempotence_key = uuid.uuid4()
        receipt.refusals += 1
        receipt.next_check_at = now + AFTER_REFUSAL
    elif status == NOT_YET:
        receipt.first_attempt_at = None
    receipt.save()
    _tell(receipt.sale_id, now)


def _tell(sale_id: int, now: datetime) -> None:
    """Let an alarm stand as long as a receipt of the order was refused, or nothing was heard of it for too long."""
    sale = Sale.objects.select_for_update().get(pk=sale_id)  # of two receipts that end at once one comes last
    subject = f"payment:{sale.payment_id}"
    waiting = sale.receipts.filter(state=FiscalReceipt.State.WAITING)
    if waiting.filter(Q(refusals__gt=0) | Q(first_attempt_at__lte=now - KEY_LIFE)).exists():
        raise_alarm(kind=Alarm.Kind.RECEIPT_REFUSED, subject=subject, now=now)
    else:
        close_alarms(subject=subject, now=now, kinds=[Alarm.Kind.RECEIPT_REFUSED])
