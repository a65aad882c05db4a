"""Notifications: kept once per body, never believed."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from fund.payments import gateway
from fund.payments.models import Cause, Notification, Payment, Refund
from fund.payments.services.causes import caused_by
from fund.payments.services.disputing import adopt_or_dispute
from fund.payments.services.refunding import settle_refund
from fund.payments.services.settling import adopt_payment, settle_payment

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Told:
    """What a notification claims, cut to what we may keep: no personal data of the payer."""

    event: str
    object_id: str


@transaction.atomic
def receive_notification(*, body: bytes, told: Told, now: datetime) -> Notification:
    """Keep the notification once; every delivery, a duplicate too, opens it for a re-read."""
    digest = sha256(body).hexdigest()
    notification, is_new = Notification.objects.get_or_create(
        body_sha256=digest,
        defaults={
            "event": told.event,
            "object_id": told.object_id,
            "first_received_at": now,
            "last_received_at": now,
        },
    )
    if not is_new:
        Notification.objects.filter(pk=notification.pk).update(
            deliveries=F("deliveries") + 1, last_received_at=now, handled_at=None
        )
    return notification


@caused_by(Cause.NOTIFICATION)
def handle_notification(*, notification_id: int, now: datetime) -> None:
    """Read what the notification speaks of at ЮKassa. Safe to repeat.

    :raises GatewayError: if it can't be read now; the notification stays open for the sweep.
    """
    notification = Notification.objects.get(pk=notification_id)
    try:
        if notification.event.startswith("payment."):
            _reread_payment(notification.object_id, now)
        elif notification.event.startswith("refund."):
            _reread_refund(notification.object_id, now)
    except (gateway.MissingError, gateway.RefusedError):
        pass  # ЮKassa knows no such object, or it can't be one: the notification is not theirs
    Notification.objects.filter(pk=notification_id, last_received_at=notification.last_received_at).update(
        handled_at=now
    )


def _reread_payment(yookassa_id: str, now: datetime) -> None:
    remote = gateway.find_payment(yookassa_id=yookassa_id)
    payment = Payment.objects.filter(yookassa_id=yookassa_id).only("pk").first()
    if payment:
        settle_payment(payment_id=payment.pk, remote=remote, now=now)
    else:
        adopt_payment(remote=remote, now=now)


def _reread_refund(yookassa_id: str, now: datetime) -> None:
    remote = gateway.find_refund(yookassa_id=yookassa_id)
    refund = Refund.objects.filter(yookassa_id=yookassa_id).only("pk").first()
    if refund:
        settle_refund(refund_id=refund.pk, remote=remote, now=now)
    else:
        adopt_or_dispute(remote=remote, now=now)
