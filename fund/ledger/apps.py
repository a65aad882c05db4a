"""The app's place in Django."""

from django.apps import AppConfig
from django.core import checks


class LedgerConfig(AppConfig):
    """The books: accounts, operations, postings."""

    name = "fund.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Let every start check the accountant's files."""
        from fund.ledger.checks import check_chart

        checks.register(check_chart)
