"""The app's place in Django."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Pictures and PDFs of what the books hold."""

    name = "fund.reports"
    label = "reports"
