"""The app's place in Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The books: accounts, operations, postings."""

    name = "fund.ledger"
    label = "ledger"
