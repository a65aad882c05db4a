"""Every write about money at ЮKassa, by subject."""

from fund.payments.services.alarms import close_alarm, raise_alarm
from fund.payments.services.attempts import claim_due_payments, claim_due_refunds
from fund.payments.services.comparing import compare_day, note_uncompared
from fund.payments.services.notifying import handle_notification, receive_notification
from fund.payments.services.opening import open_payment, register_payment
from fund.payments.services.refunding import (
    NotPaidError,
    RefundTooLargeError,
    RefundTooSmallError,
    open_refund,
    request_refund,
    reread_refund,
    settle_refund,
)
from fund.payments.services.settling import reread_payment, settle_payment

__all__ = [
    "NotPaidError",
    "RefundTooLargeError",
    "RefundTooSmallError",
    "claim_due_payments",
    "claim_due_refunds",
    "close_alarm",
    "compare_day",
    "handle_notification",
    "note_uncompared",
    "open_payment",
    "open_refund",
    "raise_alarm",
    "receive_notification",
    "register_payment",
    "request_refund",
    "reread_payment",
    "reread_refund",
    "settle_payment",
    "settle_refund",
]
