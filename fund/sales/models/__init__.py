"""Goods, how many of them there are, and who bought them."""

from fund.sales.models.delivery import DeliveryTariff
from fund.sales.models.fiscal import FiscalReceipt
from fund.sales.models.promo import PromoCode, PromoMiss, PromoUse
from fund.sales.models.returning import SaleReturn, SaleReturnLine
from fund.sales.models.sale import Reservation, Sale, SaleContact, SaleLine, SaleStep
from fund.sales.models.stock import StockItem, StockMovement
from fund.sales.models.wishing import ReturnWish, ReturnWishLine

__all__ = [
    "DeliveryTariff",
    "FiscalReceipt",
    "PromoCode",
    "PromoMiss",
    "PromoUse",
    "Reservation",
    "ReturnWish",
    "ReturnWishLine",
    "Sale",
    "SaleContact",
    "SaleLine",
    "SaleReturn",
    "SaleReturnLine",
    "SaleStep",
    "StockItem",
    "StockMovement",
]
