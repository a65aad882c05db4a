"""What we know of money at ЮKassa, what happened to it, and what people decided."""

from fund.payments.models.banking import BankEntry
from fund.payments.models.disputes import Chargeback, Shortage
from fund.payments.models.history import Call, Transition
from fund.payments.models.methods import SavedMethod
from fund.payments.models.money import Asked, Cause, Payment, Refund
from fund.payments.models.proposals import LostRefund, RefundProposal
from fund.payments.models.watching import Alarm, DayComparison, Notification

__all__ = [
    "Alarm",
    "Asked",
    "BankEntry",
    "Call",
    "Cause",
    "Chargeback",
    "DayComparison",
    "LostRefund",
    "Notification",
    "Payment",
    "Refund",
    "RefundProposal",
    "SavedMethod",
    "Shortage",
    "Transition",
]
