"""Every read about money at ЮKassa beyond one filter, by subject."""

from fund.payments.selectors.desk import (
    PAGE_SIZE,
    DaySums,
    PaymentFilter,
    alarm_links,
    day_sums,
    labels,
    payments_found,
    payments_page,
    refundable_kopecks,
)
from fund.payments.selectors.history import HistoryRow, payment_history
from fund.payments.selectors.spending import acts_owed, expenses, with_open
from fund.payments.selectors.stuck import StuckRow, count_stuck, stuck
from fund.payments.selectors.waiting import (
    COMPARED_DAYS,
    RefundSums,
    days_to_compare,
    open_alarms,
    open_notifications,
    refund_sums,
)

__all__ = [
    "COMPARED_DAYS",
    "PAGE_SIZE",
    "DaySums",
    "HistoryRow",
    "PaymentFilter",
    "RefundSums",
    "StuckRow",
    "acts_owed",
    "alarm_links",
    "count_stuck",
    "day_sums",
    "days_to_compare",
    "expenses",
    "labels",
    "open_alarms",
    "open_notifications",
    "payment_history",
    "payments_found",
    "payments_page",
    "refund_sums",
    "refundable_kopecks",
    "stuck",
    "with_open",
]
