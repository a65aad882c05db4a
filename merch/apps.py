"""The app's place in Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

PAGES = (
    (_("The shop today"), "today", "sales.handle_order", "storefront"),
    (_("Orders"), "orders", "sales.handle_order", "package_2"),
    (_("Products"), "products", "merch.manage_catalogue", "sell"),
    (_("Stock"), "stock", "sales.view_stockmovement", "warehouse"),
    (_("What sells"), "trade", "sales.view_saleline", "monitoring"),
    (_("Collections"), "collections", "merch.manage_catalogue", "category"),
    (_("The catalogue as a table"), "sheets", "merch.manage_catalogue", "table"),
)


class MerchConfig(AppConfig):
    """The souvenir shop."""

    name = "merch"
    label = "merch"
    verbose_name = _("Souvenir shop")

    def ready(self) -> None:
        """Fill the desk's menu, and tell the outbox how the shop's letters are written."""
        from merch import letters
        from merch.catalogue.waiting import KIND
        from people.desk import SHOP, add_page
        from people.letters import register

        for title, name, permission, icon in PAGES:
            add_page(group=SHOP, title=title, url_name=f"shop_desk:{name}", permission=permission, icon=icon)
        register(KIND, letters.BackInStockLetter())
