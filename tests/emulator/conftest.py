"""An emulator as its own process, and the unmodified SDK pointed at it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from config.embedded import ports
from config.embedded.copy import wait_until
from emulator.control import EmulatorControl

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET, TOKEN, SHOP = "test_emulator", "control", "100500"


class Shop:
    """A running emulator, and raw calls to its API."""

    def __init__(self, state: Path) -> None:
        self.port = ports.free_pair()
        self.url = f"http://127.0.0.1:{self.port}"
        self.control = EmulatorControl(self.url, TOKEN)
        self.state = state
        self.start()

    def start(self) -> None:
        secrets = {"EMULATOR_SECRET_KEY": SECRET, "EMULATOR_CONTROL_TOKEN": TOKEN}
        arguments = ["--port", str(self.port), "--state", str(self.state), "--public-url", self.url]
        arguments += ["--webhook-url", f"http://127.0.0.1:{self.port + 1}/", "--shop-id", SHOP]
        command = [sys.executable, "-m", "emulator", *arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | secrets)
        wait_until(self.is_up)

    def is_up(self) -> bool:
        try:
            return requests.get(f"{self.url}/_emulator/health", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def call(self, method: str, path: str, key: str = "", **options: object) -> requests.Response:
        headers = {"Idempotence-Key": key} if key else {}
        return requests.request(
            method,
            f"{self.url}/v3/{path}",
            auth=(SHOP, SECRET),
            headers=headers,
            timeout=20,
            **options,  # type: ignore[arg-type]
        )


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Start one emulator for these tests."""
    found = Shop(tmp_path_factory.mktemp("emulator") / "state.sqlite3")
    yield found
    found.process.terminate()
    found.process.wait(timeout=10)
