"""The app's place in Django."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """The books: accounts, operations, postings."""

    name = "fund.ledger"
    label = "ledger"
    verbose_name = _("The books")

    def ready(self) -> None:
        """Let every start check the accountant's files."""
        from fund.ledger.checks import check_chart

        checks.register(check_chart)
