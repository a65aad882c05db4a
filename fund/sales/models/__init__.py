"""Goods, and how many of them there are."""

from fund.sales.models.stock import StockItem, StockMovement

__all__ = ["StockItem", "StockMovement"]
