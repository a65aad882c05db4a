"""What worker and beat do about orders. Each is safe to run twice; each lost one is found by a sweep."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from fund.sales import services

SWEEP_EXPIRES_SECONDS = 30


@shared_task(name="sales.follow_payment")
def follow_payment(*, sale_id: int) -> None:
    """Let an order whose payment did not come end."""
    services.let_go(sale_id=sale_id, now=timezone.now())


@shared_task(name="sales.register_receipt")
def register_receipt(*, receipt_id: int) -> None:
    """Take one fiscal receipt a step further."""
    services.register_receipt(receipt_id=receipt_id, now=timezone.now())


@shared_task(name="sales.end_orders", expires=SWEEP_EXPIRES_SECONDS)
def end_orders() -> None:
    """Take orders for received that were sent long ago; close those whose days of return are over."""
    services.believe_received(today=timezone.localdate(), now=timezone.now())
    services.close_old(today=timezone.localdate(), now=timezone.now())


@shared_task(name="sales.close_last_year", expires=SWEEP_EXPIRES_SECONDS)
def close_last_year() -> None:
    """Give last year's result to those for whom goods were sold."""
    services.close_last_year(today=timezone.localdate())


@shared_task(name="sales.sweep", expires=SWEEP_EXPIRES_SECONDS)
def sweep() -> None:
    """Find orders whose payment ended, and receipts whose next look is due."""
    for sale_id in services.lost_sales():
        follow_payment.delay(sale_id=sale_id)
    for receipt_id in services.claim_due_receipts(now=timezone.now()):
        register_receipt.delay(receipt_id=receipt_id)
