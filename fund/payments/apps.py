"""The app's place in Django."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Money in and back through ЮKassa."""

    name = "fund.payments"
    label = "payments"

    def ready(self) -> None:
        """Point the SDK at the shop, and let every call be written down."""
        from fund.payments import gateway, services

        gateway.configure(record=services.record_call)
