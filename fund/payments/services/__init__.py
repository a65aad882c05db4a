"""Every write about money at ЮKassa, by subject."""

from fund.payments.services.alarms import (
    AlarmClosedError,
    NoReasonError,
    close_alarm,
    dismiss_alarm,
    raise_alarm,
)
from fund.payments.services.attempts import claim_due_payments, claim_due_refunds
from fund.payments.services.banking import (
    approve_bank_entry,
    propose_debt_paid,
    propose_top_up,
    reject_bank_entry,
    withdraw_bank_entry,
)
from fund.payments.services.calls import record_call
from fund.payments.services.causes import caused_by
from fund.payments.services.comparing import compare_day, note_uncompared
from fund.payments.services.disputing import book_chargeback
from fund.payments.services.entering import (
    BankEntryError,
    NotHeldError,
    NotOwedError,
    NotSpendableError,
    OrderDateError,
    OrderKnownError,
)
from fund.payments.services.losing import (
    FoundAfterAllError,
    NotLostError,
    approve_lost,
    propose_lost,
    reject_lost,
    withdraw_lost,
)
from fund.payments.services.methods import MethodDroppedError, drop_method, seal_methods_anew
from fund.payments.services.notifying import handle_notification, receive_notification
from fund.payments.services.opening import open_payment, register_payment
from fund.payments.services.proposing import (
    NotOwnProposalError,
    OwnProposalError,
    ProposalDecidedError,
    approve_refund,
    needs_second_person,
    propose_refund,
    refund_by_command,
    refuse_spent,
    reject_refund,
    withdraw_refund,
)
from fund.payments.services.refunding import (
    LEAST_KOPECKS,
    NotPaidError,
    RefundDividedError,
    RefundError,
    RefundKeyReusedError,
    RefundSpentError,
    RefundTooLargeError,
    RefundTooSmallError,
    open_refund,
    request_refund,
    reread_refund,
    settle_refund,
)
from fund.payments.services.rereading import RereadTooSoonError, ask_reread
from fund.payments.services.settling import reread_payment, settle_payment
from fund.payments.services.spending import propose_expense, propose_payout, propose_supplier_paid

__all__ = [
    "LEAST_KOPECKS",
    "AlarmClosedError",
    "BankEntryError",
    "FoundAfterAllError",
    "MethodDroppedError",
    "NoReasonError",
    "NotHeldError",
    "NotLostError",
    "NotOwedError",
    "NotOwnProposalError",
    "NotPaidError",
    "NotSpendableError",
    "OrderDateError",
    "OrderKnownError",
    "OwnProposalError",
    "ProposalDecidedError",
    "RefundDividedError",
    "RefundError",
    "RefundKeyReusedError",
    "RefundSpentError",
    "RefundTooLargeError",
    "RefundTooSmallError",
    "RereadTooSoonError",
    "approve_bank_entry",
    "approve_lost",
    "approve_refund",
    "ask_reread",
    "book_chargeback",
    "caused_by",
    "claim_due_payments",
    "claim_due_refunds",
    "close_alarm",
    "compare_day",
    "dismiss_alarm",
    "drop_method",
    "handle_notification",
    "needs_second_person",
    "note_uncompared",
    "open_payment",
    "open_refund",
    "propose_debt_paid",
    "propose_expense",
    "propose_lost",
    "propose_payout",
    "propose_refund",
    "propose_supplier_paid",
    "propose_top_up",
    "raise_alarm",
    "receive_notification",
    "record_call",
    "refund_by_command",
    "refuse_spent",
    "register_payment",
    "reject_bank_entry",
    "reject_lost",
    "reject_refund",
    "request_refund",
    "reread_payment",
    "reread_refund",
    "seal_methods_anew",
    "settle_payment",
    "settle_refund",
    "withdraw_bank_entry",
    "withdraw_lost",
    "withdraw_refund",
]
