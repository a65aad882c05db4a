"""The app's place in Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

PAGES = (
    (_("Payments"), "payments", "payments.view_payment", "payments"),
    (_("Refunds to approve"), "proposals", "payments.view_refund", "undo"),
    (_("Money and the bank"), "bank", "payments.view_bankentry", "account_balance"),
    (_("Disputed payments"), "chargebacks", "payments.view_refund", "gavel"),
    (_("Stuck"), "stuck", "payments.view_payment", "hourglass_empty"),
    (_("Alarms"), "alarms", "payments.view_alarm", "notifications"),
)


class PaymentsConfig(AppConfig):
    """Money in and back through ЮKassa."""

    name = "fund.payments"
    label = "payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        """Point the SDK at the shop, let every call be written down, fill the desk's menu."""
        from fund.payments import gateway, services
        from people.desk import MONEY, add_page

        gateway.configure(record=services.record_call)
        for title, name, permission, icon in PAGES:
            add_page(group=MONEY, title=title, url_name=f"money:{name}", permission=permission, icon=icon)
