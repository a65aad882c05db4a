"""The app's place in Django."""

from django.apps import AppConfig
from django.core import checks


class ReportsConfig(AppConfig):
    """Pictures and PDFs of what the books hold."""

    name = "fund.reports"
    label = "reports"

    def ready(self) -> None:
        """Let every start check that each account has its place in plain-text accounting."""
        from fund.reports.exports.checks import check_roots

        checks.register(check_roots)
