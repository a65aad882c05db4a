"""What `make` needs of the system: it installs it as root, else it names the command."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = ("bash", "dirname", "env", "cat", "touch")


def prepare(tmp_path: Path, what: str, **shims: str) -> subprocess.CompletedProcess[str]:
    """Run the real script for somebody who is not root, on a PATH that holds what the case says."""
    for tool in TOOLS:
        (tmp_path / tool).symlink_to(str(shutil.which(tool)))
    for name, script in {"id": "echo 1000", **shims}.items():
        (tmp_path / name).write_text(f"#!/bin/bash\n{script}\n", encoding="ascii")
        (tmp_path / name).chmod(0o755)
    command = ["bash", str(ROOT / "scripts" / "prepare.sh"), what, "python3.11"]
    return subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize(
    ("what", "shims", "sentence"),
    [
        ("bench", {}, "make bench: wrk is missing (it asks for the pages): run «sudo apt-get install wrk»"),
        ("run", {}, "make run: Python 3.11 or newer is missing: run «sudo apt-get install python3 python3-venv»"),
        ("run", {"python3": "exit 1"}, "make run: Python 3.11 or newer is missing"),
        (
            "run",
            {"python3.11": "[[ $* != *ensurepip* ]]"},
            "make run: Python's venv is missing: run «sudo apt-get install python3-venv» and start again.",
        ),
        (
            "run",
            {"python3.11": "[[ $* != *libpango* ]]"},
            "make run: WeasyPrint's Pango is missing: run «sudo apt-get install libpango-1.0-0",
        ),
        (
            "test",
            {"python3.11": "exit 0"},
            "make test: Debian's Chromium is missing (the browser tests need it): run «sudo apt-get install chromium»",
        ),
        (
            "test",
            {"python3.11": "exit 0", "chromium": "exit 0"},
            "make test: hledger is missing (it reads our journal in the tests): run «sudo apt-get install hledger»",
        ),
        (
            "test",
            {"python3.11": "exit 0", "chromium": "exit 0", "hledger": "exit 0"},
            "make test: Go and its x/mod are missing (a client of others reads our log in the tests)",
        ),
        (
            "test",
            {"python3.11": "[[ $* != *libatomic* ]]", **dict.fromkeys(("chromium", "hledger", "go"), "exit 0")},
            "make test: libatomic is missing (Playwright's driver needs it): run «sudo apt-get install libatomic1»",
        ),
    ],
)
def test_what_is_missing_is_one_sentence(tmp_path: Path, what: str, shims: dict[str, str], sentence: str) -> None:
    done = prepare(tmp_path, what, **shims)

    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1
