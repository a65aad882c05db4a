"""The real web server and readers that take nothing, or go away: each frees its thread and its connection soon."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import requests
from django.db import connection

from config import env
from config.embedded import ports
from config.embedded.copy import wait_until
from tests.fund.reports.written import AT, seal

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGE = """
    SELECT post_operation('gift', 'fund', '2026-05-01', repeat('Ё', 200), 'large' || n, NULL, '{}',
        array_fill('57.yookassa'::text, ARRAY[200]), array_fill('86.fund'::text, ARRAY[200]),
        array_fill(1::bigint, ARRAY[200]), '{}')
    FROM generate_series(1, 60) n
"""  # 8 MB of table: more than the buffers between us and a reader
RUNNING = (
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'fund_export' AND datname = current_database()"
)


@pytest.fixture
def site(committed: str) -> Iterator[str]:
    """Run the web server with one place for exports; give its address."""
    with connection.cursor() as cursor:
        cursor.execute(LARGE)
    seal()
    port = ports.free_pair()
    settings = {
        "DATABASE_URL": f"postgresql://fund_app@/{committed}?host={env.socket_dir()}", "PORT": str(port),
        "WEB_PROCESSES": "1", "WEB_THREADS": "2", "EXPORT_PLACES": "1", "EXPORT_BLOCK_SECONDS": "3",
        "METRICS_DIR": str(env.var_dir() / f"metrics-{port}"), "LOG_VERIFIER_KEY": env.log_keys().verifier,
    }  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "python:config.gunicorn",
        "config.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
    ]
    with subprocess.Popen(command, cwd=env.BASE_DIR, env=os.environ | settings) as server:
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(address))
        yield address
        server.terminate()


def answers(address: str) -> bool:
    try:
        return requests.head(f"{address}{AT}.csv", timeout=5).ok
    except requests.RequestException:
        return False


def running() -> int:
    with connection.cursor() as cursor:
        cursor.execute(RUNNING)
        return int(cursor.fetchone()[0])


def ask(address: str) -> socket.socket:
    """Ask for the books with the smallest window that there is, and read nothing."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    host, _, port = address.removeprefix("http://").partition(":")
    reader.connect((host, int(port)))
    reader.sendall(f"GET {AT}.csv HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    return reader


def test_who_reads_nothing_is_hung_up_on_and_who_goes_away_is_forgotten(site: str) -> None:
    with ask(site) as reader:
        wait_until(lambda: running() == 1)
        assert requests.get(f"{site}{AT}.csv", timeout=5).status_code == 503
        wait_until(lambda: running() == 0, seconds=15)
        taken = b"".join(iter(lambda: reader.recv(1 << 20), b""))
    assert taken.startswith(b"HTTP/1.1 200 OK")
    assert not taken.endswith(b"0\r\n\r\n")  # nobody takes it for the whole

    with ask(site) as reader:
        assert reader.recv(12) == b"HTTP/1.1 200"
    wait_until(lambda: running() == 0, seconds=15)

    whole = requests.get(f"{site}{AT}.csv", timeout=30)
    assert (whole.status_code, whole.content.count(b"\n")) == (200, 1 + 60 * 200)
    assert "Content-Encoding" not in whole.headers
