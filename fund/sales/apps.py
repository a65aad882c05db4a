"""The app's place in Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SalesConfig(AppConfig):
    """Goods that are sold: how many there are, what they cost, who gets them."""

    name = "fund.sales"
    label = "sales"
    verbose_name = _("Sales")

    def ready(self) -> None:
        """Say how paid orders are booked, and what must agree with the books."""
        from fund.ledger.audit import add_checks
        from fund.payments import purposes
        from fund.sales.audit_queries import CHECKS
        from fund.sales.letters import register_letters
        from fund.sales.purpose import SalePurpose
        from fund.sales.services.placing import PURPOSE

        purposes.register(PURPOSE, SalePurpose())
        register_letters()
        add_checks(CHECKS)
