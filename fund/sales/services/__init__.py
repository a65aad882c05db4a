"""Every write about goods and orders, by subject."""

from fund.sales.services.closing import YearNotOverError, close_last_year, close_year
from fund.sales.services.deciding import cancel_order, confirm_receipt
from fund.sales.services.forgetting import forget_buyers, forget_old, has_orders_under_way
from fund.sales.services.handing import (
    DisputedError,
    NoTrackNumberError,
    WrongStepError,
    believe_received,
    close_old,
    move_sale,
)
from fund.sales.services.movements import Papers
from fund.sales.services.paying import let_go, lost_sales
from fund.sales.services.placing import (
    Contact,
    Extra,
    Goods,
    KeyReusedError,
    Order,
    SoldOutError,
    TooManyHeldError,
    TooManyUnpaidError,
    find_placed,
    place_sale,
)
from fund.sales.services.promo import (
    CodeUsedError,
    DiscountChangedError,
    TooManyMissesError,
    UnknownCodeError,
    discount,
    find_code,
    forget_misses,
    spell,
)
from fund.sales.services.registering import claim_due_receipts, register_receipt
from fund.sales.services.returning import (
    Back,
    NotReturnableError,
    TooLateError,
    TooManyPiecesError,
    return_pieces,
)
from fund.sales.services.stock import (
    MovedMeanwhileError,
    NotInStockError,
    Received,
    open_subject,
    receive_goods,
    take_stock,
    write_off_goods,
)
from fund.sales.services.wishing import NotOpenError, ask_to_return, decline_wish, drop_wish

__all__ = [
    "Back",
    "CodeUsedError",
    "Contact",
    "DiscountChangedError",
    "DisputedError",
    "Extra",
    "Goods",
    "KeyReusedError",
    "MovedMeanwhileError",
    "NoTrackNumberError",
    "NotInStockError",
    "NotOpenError",
    "NotReturnableError",
    "Order",
    "Papers",
    "Received",
    "SoldOutError",
    "TooLateError",
    "TooManyHeldError",
    "TooManyMissesError",
    "TooManyPiecesError",
    "TooManyUnpaidError",
    "UnknownCodeError",
    "WrongStepError",
    "YearNotOverError",
    "ask_to_return",
    "believe_received",
    "cancel_order",
    "claim_due_receipts",
    "close_last_year",
    "close_old",
    "close_year",
    "confirm_receipt",
    "decline_wish",
    "discount",
    "drop_wish",
    "find_code",
    "find_placed",
    "forget_buyers",
    "forget_misses",
    "forget_old",
    "has_orders_under_way",
    "let_go",
    "lost_sales",
    "move_sale",
    "open_subject",
    "place_sale",
    "receive_goods",
    "register_receipt",
    "return_pieces",
    "spell",
    "take_stock",
    "write_off_goods",
]
