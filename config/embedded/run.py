"""``python -m config.embedded.run``: the whole fund on one machine, in the foreground, until Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

from honcho.manager import Manager

from config import env, static
from config.catalogues import compile_catalogues
from config.embedded import ports, postgres, redis

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Celery warns who runs as root; on a machine of one's own that is a choice, and its lines hide the addresses.
QUIET = "ignore:You're running the worker"
MIGRATE = ["migrate", "--database=owner", "--verbosity=0"]
COLLECT = ["collectstatic", "--noinput", "--verbosity=0"]


def main() -> int:
    """Prepare the data, then run every process under one manager. Return the exit status."""
    try:
        port, var = env.port(), env.var_dir()
        embedded_yookassa = env.is_embedded("YOOKASSA_SHOP_ID")
        with _sole_copy(var):
            _stop_orphans(var)
            ports.require_free([port, port + 1] if embedded_yookassa else [port])
            postgres.own_directory(env.socket_dir())
            cluster = _prepare(var)
            return _run(port, var, cluster)
    except (env.SettingError, postgres.EmbeddedError) as error:
        sys.stderr.write(f"make run: {error}\n")
        return 1


@contextmanager
def _sole_copy(var: Path) -> Iterator[None]:
    """Hold the data directory for this copy alone.

    :raises SettingError: if it can't be written, or another copy holds it.
    """
    try:
        var.mkdir(mode=0o755, parents=True, exist_ok=True)
        lock = (var / "lock").open("w", encoding="ascii")
    except OSError as error:
        message = f"VAR={var} can't be written ({error.strerror}): choose another directory with VAR=…"
        raise env.SettingError(message) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"Another copy already runs on {var}: stop it with Ctrl-C, or start this one with PORT=… VAR=…"
            raise env.SettingError(message) from error
        yield


def _stop_orphans(var: Path) -> None:
    postgres.Cluster(var / "postgres", env.socket_dir()).stop_orphan()
    redis.stop_orphan(data_dir=var / "redis")


def _prepare(var: Path) -> postgres.Cluster | None:
    """Bring data and files to the state that this version of the code expects; None where PostgreSQL runs elsewhere."""
    if env.is_embedded("DATABASE_URL"):
        return prepare_embedded(var)
    compile_catalogues()
    with _static_files(var):
        _step(MIGRATE)
    return None


def prepare_embedded(var: Path) -> postgres.Cluster:
    """Make the cluster, migrate it, load the city.

    :raises EmbeddedError: if PostgreSQL does not start.
    :raises SettingError: if a step fails.
    """
    compile_catalogues()
    cluster = postgres.Cluster(var / "postgres", env.socket_dir())
    with _static_files(var):
        cluster.create()
        with cluster.running():
            cluster.ensure_database("fund")
            _step(MIGRATE)
            _step(["load_city"])
    return cluster


@contextmanager
def _static_files(var: Path) -> Iterator[None]:
    """Gather the static files during the block, where they are not gathered yet."""
    root = var / "static"
    if static.are_gathered(root):
        yield
        return
    with _beside(COLLECT):
        yield
    static.note_gathered(root)


def _step(command: list[str]) -> None:
    with _beside(command):
        pass


@contextmanager
def _beside(command: list[str]) -> Iterator[None]:
    """Run a management command during the block, and wait for its end.

    :raises SettingError: if it fails.
    """
    with subprocess.Popen([sys.executable, str(env.BASE_DIR / "manage.py"), *command]) as process:
        yield
    if process.returncode:
        message = f"`manage.py {' '.join(command)}` failed: its message stands above."
        raise env.SettingError(message)


def _run(port: int, var: Path, cluster: postgres.Cluster | None) -> int:
    manager = Manager()
    child_env = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": QUIET, "PORT": str(port), "VAR": str(var)}
    child_env.setdefault("LOG_LEVEL", "WARNING")  # a line for each request would push the addresses off the terminal
    for name, command in processes(port, var, cluster):
        manager.add_process(name, f"exec {shlex.join(command)}", env=child_env, cwd=str(env.BASE_DIR))
    beside = ["config.embedded.announce", *(["config.embedded.demo"] if env.plays_demo() else [])]
    helpers = [subprocess.Popen([sys.executable, "-m", name], env=child_env, cwd=env.BASE_DIR) for name in beside]
    try:
        manager.loop()
    finally:
        for helper in helpers:
            helper.terminate()
            helper.wait()
    return int(manager.returncode or 0)


def processes(port: int, var: Path, cluster: postgres.Cluster | None) -> list[tuple[str, list[str]]]:
    """Return name and command of every process; ``cluster`` is None where PostgreSQL runs elsewhere."""
    python = [sys.executable, "-m"]
    kept = [*python, "config.embedded.keep", *python]
    celery = [*kept, "celery", "-A", "config", "--quiet"]
    found = [
        ("web", [*kept, "gunicorn", "-c", "python:config.gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}",
                 "--graceful-timeout", "4"]),
        ("worker", [*celery, "worker", "-Q", "celery,papers,sealing", "--concurrency", "2", "--loglevel", "WARNING",
                    "--without-gossip", "--without-mingle"]),
        ("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile="]),
    ]  # fmt: skip
    if cluster is not None:
        found.append(("postgres", cluster.server_command()))
    if env.is_embedded("REDIS_URL"):
        found.append(("redis", redis.server_command(data_dir=var / "redis", socket=env.redis_socket())))
    if env.is_embedded("YOOKASSA_SHOP_ID"):
        found.append(("emulator", emulator_command(port, var)))
    return found


def emulator_command(port: int, var: Path) -> list[str]:
    """Return the command of the ЮKassa emulator; its secrets travel in the environment."""
    return [sys.executable, "-m", "config.embedded.emulator", str(port + 1), str(port), str(var / "emulator.sqlite3")]


def wait_for(url: str, *, seconds: int) -> bool:
    """Return whether the address answers with 200 within the time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
                if answer.status == 200:  # noqa: PLR2004
                    return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


if __name__ == "__main__":
    sys.exit(main())
