"""Ports on this machine: the site's, and the emulator's beside it."""

from __future__ import annotations

import socket
from contextlib import closing

from config import env

HIGHEST = 65000
_held: list[int] = []


def require_free(ports: list[int]) -> None:
    """Check that the ports can be listened on.

    :raises SettingError: naming the first that is busy.
    """
    for port in ports:
        with closing(_socket()) as probe:
            if not _binds(probe, port):
                message = f"Port {port} is busy: stop what listens there, or choose another, such as PORT={port + 100}."
                raise env.SettingError(message)


def free_pair() -> int:
    """Return a port that is free, like the one after it; both are kept for this process's servers while it lives.

    A socket that is bound and does not listen keeps the kernel from giving the port to anybody else, an outgoing
    connection for instance, and lets a server that sets SO_REUSEADDR listen there, also after a restart.
    """
    while True:
        first, second = _socket(), _socket()
        first.bind(("127.0.0.1", 0))
        port: int = first.getsockname()[1]
        if port < HIGHEST and _is_unused(port + 1) and _binds(second, port + 1):
            _held.extend((first.detach(), second.detach()))
            return port
        first.close()
        second.close()


def _socket() -> socket.socket:
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return found


def _is_unused(port: int) -> bool:
    """Return whether nobody has the port, not even one who only keeps it."""
    with closing(socket.socket()) as probe:
        return _binds(probe, port)


def _binds(probe: socket.socket, port: int) -> bool:
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True
