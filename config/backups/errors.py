"""Why a backup or a restore stops."""


class BackupError(Exception):
    """It can't go on, and nothing was changed unless the message says so; the message says how to mend it."""
