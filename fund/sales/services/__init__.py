"""Every write about goods, by subject."""

from fund.sales.services.stock import (
    NotInStockError,
    Received,
    open_subject,
    receive_goods,
    take_stock,
    write_off_goods,
)

__all__ = [
    "NotInStockError",
    "Received",
    "open_subject",
    "receive_goods",
    "take_stock",
    "write_off_goods",
]
