"""What the books refuse."""


class LedgerError(Exception):
    """The books refuse."""


class ChartError(LedgerError):
    """The chart or event file is wrong; the message names where."""


class UnknownAccountError(LedgerError):
    """The chart knows no such account, or it is not open."""


class UnknownEventError(LedgerError):
    """The event file knows no such event, or not with these sums."""


class KeyReusedError(LedgerError):
    """The key already names an operation with other content."""


class ShortOfMoneyError(LedgerError):
    """A guarded account would fall below nought."""


class BadReversalError(LedgerError):
    """The operation is a reversal itself, was reversed before, or the postings are not its mirror."""
