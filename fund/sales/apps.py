"""The app's place in Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SalesConfig(AppConfig):
    """Goods that are sold: how many there are, what they cost, who gets them."""

    name = "fund.sales"
    label = "sales"
    verbose_name = _("Sales")
