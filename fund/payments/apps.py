"""The app's place in Django."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Money in and back through ЮKassa."""

    name = "fund.payments"
    label = "payments"
