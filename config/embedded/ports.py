"""Ports on this machine: the site's, and the emulator's beside it."""

from __future__ import annotations

import socket
from contextlib import closing

from config import env

HIGHEST = 65000


def require_free(ports: list[int]) -> None:
    """Check that the ports can be listened on.

    :raises SettingError: naming the first that is busy.
    """
    for port in ports:
        if not _is_free(port):
            message = f"Port {port} is busy: stop what listens there, or choose another, such as PORT={port + 100}."
            raise env.SettingError(message)


def free_pair() -> int:
    """Return a port that is free, like the one after it."""
    while True:
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port < HIGHEST and _is_free(port) and _is_free(port + 1):
            return port


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
