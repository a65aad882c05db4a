"""What the shop sells, and what buyers have put into their carts."""

from merch.models.cart import Cart
from merch.models.catalogue import Collection, Product, ShopListing, Variant
from merch.models.paper import OrderPaper
from merch.models.photo import Photo
from merch.models.sheet import CatalogueSheet
from merch.models.waiting import BackInStockWish

__all__ = [
    "BackInStockWish",
    "Cart",
    "CatalogueSheet",
    "Collection",
    "OrderPaper",
    "Photo",
    "Product",
    "ShopListing",
    "Variant",
]
