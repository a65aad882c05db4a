"""An emulator where this process's settings look for ЮKassa."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
import requests

from config import env
from config.embedded.copy import wait_until
from config.embedded.run import emulator_command
from emulator.control import EmulatorControl
from tests.services import VAR

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def running_emulator() -> Iterator[EmulatorControl]:
    """Start it once."""
    shop = env.yookassa()

    def is_up() -> bool:
        try:
            return requests.get(f"{shop.emulator_url}/_emulator/health", timeout=2).ok
        except requests.RequestException:
            return False

    with subprocess.Popen(emulator_command(env.port(), VAR), cwd=env.BASE_DIR, env=os.environ) as process:
        wait_until(is_up)
        yield EmulatorControl(shop.emulator_url, shop.emulator_token)
        process.terminate()


@pytest.fixture
def control(running_emulator: EmulatorControl) -> EmulatorControl:
    """Give an emulator that remembers nothing."""
    running_emulator.run("reset")
    return running_emulator
