"""Why there is no export."""


class ExportError(Exception):
    """There is no such export."""


class NothingSealedError(ExportError):
    """No checkpoint has been signed yet."""


class UnknownCheckpointError(ExportError):
    """There is no signed checkpoint of that many entries."""


class ExportsBusyError(ExportError):
    """Every connection that exports may use is in use."""


class SlowReaderError(ExportError, ConnectionResetError):
    """The reader takes too little for too long: the server hangs up."""
