"""What we know of money at ЮKassa, what happened to it, and what people decided."""

from fund.payments.models.banking import BankEntry
from fund.payments.models.disputes import Chargeback, Shortage
from fund.payments.models.history import Call, Transition
from fund.payments.models.methods import SavedMethod
from fund.payments.models.money import KEY_LIFE, Asked, Cause, Payment, Refund
from fund.payments.models.proposals import RefundProposal
from fund.payments.models.watching import Alarm, DayComparison, Notification

__all__ = [
    "KEY_LIFE",
    "Alarm",
    "Asked",
    "BankEntry",
    "Call",
    "Cause",
    "Chargeback",
    "DayComparison",
    "Notification",
    "Payment",
    "Refund",
    "RefundProposal",
    "SavedMethod",
    "Shortage",
    "Transition",
]
