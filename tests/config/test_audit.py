"""`make audit` reads the locks and tells what is known; where nobody answers it does not say that all is well."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from config import audit
from config.env import BASE_DIR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = """# a comment
a[x]==1.0 \\
    --hash=sha256:00
b-c==2.1 ; sys_platform == "linux" \\
    --hash=sha256:11
"""


class Osv:
    """A list of holes on this machine, asked over HTTP."""

    def __init__(self) -> None:
        self.results: Any = [{}, {}]
        self.asked: Any = None
        osv = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                osv.asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps({"results": osv.results}).encode())

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def osv() -> Iterator[Osv]:
    found = Osv()
    thread = threading.Thread(target=found.server.serve_forever)
    thread.start()
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


@pytest.fixture
def lock(tmp_path: Path) -> str:
    path = tmp_path / "lock"
    path.write_text(LOCK, encoding="utf-8")
    return str(path)


def test_every_package_of_a_lock_is_asked_about(osv: Osv, lock: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main([osv.url, lock]) == audit.CLEAN
    assert osv.asked == {
        "queries": [
            {"package": {"ecosystem": "PyPI", "name": "a"}, "version": "1.0"},
            {"package": {"ecosystem": "PyPI", "name": "b-c"}, "version": "2.1"},
        ]
    }
    assert capsys.readouterr().out == "2 packages, 0 with known holes.\n"


def test_a_known_hole_is_named_and_fails(osv: Osv, lock: str, capsys: pytest.CaptureFixture[str]) -> None:
    osv.results = [{}, {"vulns": [{"id": "GHSA-1"}, {"id": "CVE-2"}]}]

    assert audit.main([osv.url, lock]) == audit.HOLES
    assert (
        "b-c==2.1: https://osv.dev/vulnerability/CVE-2, https://osv.dev/vulnerability/GHSA-1" in capsys.readouterr().out
    )


@pytest.mark.parametrize("results", [[{}], 7])
def test_an_answer_that_is_none_is_no_good_news(
    osv: Osv, lock: str, results: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    osv.results = results

    assert audit.main([osv.url, lock]) == audit.UNKNOWN
    told = capsys.readouterr()
    assert (told.out, "nothing is known, good or bad" in told.err) == ("", True)


def test_where_nobody_answers_nothing_is_known(lock: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main(["http://127.0.0.1:9/", lock]) == audit.UNKNOWN
    assert "nothing is known, good or bad" in capsys.readouterr().err


def test_the_projects_own_locks_are_read_whole() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (BASE_DIR / name).read_text(encoding="utf-8")
        pinned = [line for line in text.splitlines() if "==" in line and not line.startswith((" ", "#"))]
        assert len(audit.packages(BASE_DIR / name)) == len(pinned) > 50
