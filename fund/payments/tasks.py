"""What worker and beat do about payments. Each is safe to run twice; each lost one is found by a sweep."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from fund.payments import gateway, selectors, services
from fund.payments.models import Alarm, Cause, Payment, Refund

SWEEP_EXPIRES_SECONDS = 30
SWEEP_SECONDS = 10


@shared_task(name="payments.settle_payment")
@services.caused_by(Cause.RECONCILER)
def settle_payment(*, payment_id: int) -> None:
    """Take one payment a step further: create it at ЮKassa, or read it again."""
    _step(payment_id)


@shared_task(name="payments.reread_payment", expires=SWEEP_EXPIRES_SECONDS)
@services.caused_by(Cause.STAFF)
def reread_payment(*, payment_id: int) -> None:
    """Do the same because a member of staff asked for it, and with its refunds that are not final."""
    _step(payment_id)
    for refund_id in Refund.objects.unfinished().filter(payment=payment_id).values_list("pk", flat=True):
        _step_refund(refund_id)


def _step(payment_id: int) -> None:
    now = timezone.now()
    payment = Payment.objects.only("state").get(pk=payment_id)
    if payment.state == Payment.State.CREATING:
        services.open_payment(payment_id=payment_id, now=now)
        return
    try:
        services.reread_payment(payment_id=payment_id, now=now)
    except gateway.GatewayError as error:
        _note_failure(error)  # its next look is already due


@shared_task(name="payments.settle_refund")
@services.caused_by(Cause.RECONCILER)
def settle_refund(*, refund_id: int) -> None:
    """Take one refund a step further."""
    _step_refund(refund_id)


def _step_refund(refund_id: int) -> None:
    now = timezone.now()
    services.open_refund(refund_id=refund_id, now=now)
    try:
        services.reread_refund(refund_id=refund_id, now=now)
    except gateway.GatewayError as error:
        _note_failure(error)


@shared_task(name="payments.handle_notification")
def handle_notification(*, notification_id: int) -> None:
    """Read what a notification speaks of."""
    try:
        services.handle_notification(notification_id=notification_id, now=timezone.now())
    except gateway.GatewayError as error:
        _note_failure(error)  # it stays open: the sweep comes again


@shared_task(name="payments.settle_unfinished", expires=SWEEP_EXPIRES_SECONDS)
def settle_unfinished() -> None:
    """Find payments whose next look is due, and notifications that nobody handled."""
    now = timezone.now()
    for payment_id in services.claim_due_payments(now=now):
        settle_payment.apply_async(kwargs={"payment_id": payment_id}, expires=SWEEP_EXPIRES_SECONDS)
    for notification_id in selectors.open_notifications(now=now):
        handle_notification.apply_async(kwargs={"notification_id": notification_id}, expires=SWEEP_SECONDS)


@shared_task(name="payments.settle_refunds", expires=SWEEP_EXPIRES_SECONDS)
def settle_refunds() -> None:
    """Find refunds whose next look is due."""
    for refund_id in services.claim_due_refunds(now=timezone.now()):
        settle_refund.apply_async(kwargs={"refund_id": refund_id}, expires=SWEEP_EXPIRES_SECONDS)


@shared_task(name="payments.compare_days", expires=300)
def compare_days() -> None:
    """Compare today, and the last days that did not agree yet, with ЮKassa's list."""
    now = timezone.now()
    try:
        for date in selectors.days_to_compare(now=now):
            services.compare_day(date=date, now=now)
    except gateway.GatewayError as error:
        _note_failure(error)
        services.note_uncompared(now=now)  # ten minutes later again


def _note_failure(error: gateway.GatewayError) -> None:
    """Let a person know of a failure that no waiting heals."""
    if isinstance(error, gateway.CredentialsError):
        services.raise_alarm(kind=Alarm.Kind.CREDENTIALS, subject="yookassa", now=timezone.now())
