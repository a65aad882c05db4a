"""Programs of others read our log: the client code of Go's checksum database, and pymerkle."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections, transaction
from pymerkle import InmemoryTree

from fund.ledger import log, notes, sealing, services
from fund.ledger.models import LogEntry, Operation
from fund.money import Kopecks

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT = Path(__file__).parent / "client" / "main.go"
MODULES = "/usr/share/gocode"  # where Debian's golang-golang-x-mod-dev lies


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@contextmanager
def site() -> Iterator[str]:
    """Serve the site for the length of the block; each request in this one thread of its own."""
    application = get_wsgi_application()
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:

        def serve() -> None:
            server.serve_forever(0.05)
            connections.close_all()

        thread = Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def seal(count: int) -> log.LogHead:
    before = Operation.objects.count()
    with transaction.atomic():
        for number in range(before, before + count):
            services.post_event(
                event="gift", subject="fund", amounts={"gross": Kopecks(number + 1)}, key=f"gift:{number}",
                business_date=date(2026, 5, 1), reference=f"{number:06}",
            )  # fmt: skip
    sealing.seal_books(key=notes.read_signing_key(settings.LOG_SIGNING_KEY))
    head = log.newest_head()
    assert head is not None
    return head


def go(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {"GO111MODULE": "off", "GOPATH": MODULES, "GOCACHE": str(tmp_path / "go"), "GOFLAGS": ""}
    program = tmp_path / "client"
    if not program.exists():
        subprocess.run(["go", "build", "-o", program, CLIENT], env=environ, check=True, timeout=300)
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.usefixtures("committed")
def test_a_client_of_others_verifies_the_whole_log_and_finds_a_changed_row(tmp_path: Path) -> None:
    older, newer = seal(259), seal(261)
    proof = log.find_proof(number=LogEntry.objects.get(place=300).operation_id)
    assert proof is not None
    (tmp_path / "older").write_text(older.note, encoding="utf-8")
    (tmp_path / "proof").write_text(proof.text(), encoding="utf-8")
    (tmp_path / "forged").write_text(proof.text().replace("index 300", "index 301"), encoding="utf-8")
    with site() as url:
        wanted = [f"{url}/log/", settings.LOG_VERIFIER_KEY, str(tmp_path / "older")]
        good = go(tmp_path, *wanted, str(tmp_path / "proof"))
        forged = go(tmp_path, *wanted, str(tmp_path / "forged"))
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_posting DISABLE TRIGGER posting_append_only")
            cursor.execute(
                "UPDATE ledger_posting SET amount_kopecks = 7 WHERE id = (SELECT min(id) FROM ledger_posting)"
            )
        changed = go(tmp_path, *wanted, str(tmp_path / "proof"))

    assert (good.returncode, good.stdout) == (0, f"{newer.size} entries, consistent with {older.size}\n")
    assert (forged.returncode, forged.stdout) == (1, "invalid transparency proof\n")
    assert (changed.returncode, changed.stdout) == (1, "invalid transparency proof\n")


@pytest.mark.usefixtures("committed")
def test_a_library_of_others_makes_the_same_root_at_every_size() -> None:
    tree = InmemoryTree(algorithm="sha256")
    for count in (1, 1, 1, 4, 250, 1, 44):
        head = seal(count)
        for place in range(tree.get_size(), head.size):
            number = LogEntry.objects.get(place=place).operation_id
            proof = log.find_proof(number=number)
            assert proof is not None
            tree.append_entry(proof.leaf.encode())

        assert tree.get_root(head.size) == head.root
