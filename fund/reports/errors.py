"""Why there is no report."""


class ReportError(Exception):
    """There is no report."""


class MonthNotOverError(ReportError):
    """The month is not over, or not known to the books."""


class UnknownProjectError(ReportError):
    """The books have no money with such a purpose."""


class NotSealedError(ReportError):
    """No signed checkpoint counts all that the report is about."""


class TooManyReportsError(ReportError):
    """Reports are asked for faster from here than anybody reads them, or too many wait already."""


class LeaseLostError(ReportError):
    """Another worker has taken the report over."""


class BooksDisagreeError(ReportError):
    """Two ways to count did not give the same."""


class DamagedFileError(ReportError):
    """The storage holds something else than what was published, or nothing."""
