"""`make run` itself: it starts, stops, survives a kill, and says clearly why it can't start."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from config import env
from config.embedded import ports
from config.embedded.copy import FOREIGN, wait_until
from config.embedded.postgres import Cluster
from fund.ledger import notes
from tests import seed

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = [sys.executable, "-m", "config.embedded.run"]


class Run:
    """One `make run` on data of its own."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port = ports.free_pair()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def environ(self, **changes: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        return (
            kept
            | {"VAR": str(self.var), "PORT": str(self.port), "DJANGO_SETTINGS_MODULE": "config.settings.dev"}
            | {"DEMO": "0"}
            | changes
        )

    def start(self, **changes: str) -> None:
        with (self.var.parent / f"{self.var.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                COMMAND, cwd=ROOT, env=self.environ(**changes), stdout=log, stderr=log, start_new_session=True
            )
        wait_until(self.answers)

    def told(self) -> str:
        """Return what stood on the terminal."""
        return (self.var.parent / f"{self.var.name}.log").read_text(encoding="utf-8")

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/projects/", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def paid(self) -> int:
        """Return how many of the newest operations are gifts."""
        found = requests.get(f"{self.url}/api/v1/ledger/operations", timeout=10).json()["items"]
        return len([one for one in found if one["kind"] == "gift"])

    def processes(self) -> list[int]:
        """Return every process that works on this data, the manager's own aside."""
        found = []
        for directory in Path("/proc").glob("[0-9]*"):
            try:
                environ = (directory / "environ").read_bytes() + (directory / "cmdline").read_bytes()
                state = (directory / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if str(self.var).encode() in environ and state != "Z":
                found.append(int(directory.name))
        return [pid for pid in found if pid != os.getpid()]


@pytest.fixture
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    directory = tmp_path_factory.mktemp("run")
    for path in (directory, directory.parent, directory.parent.parent):
        path.chmod(0o755)
    found = Run(directory / "var")
    yield found
    for pid in found.processes():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if found.process:
        found.process.wait()


def test_it_starts_shows_life_stops_and_survives_a_kill_of_everything(run: Run) -> None:
    run.start(DEMO="1")
    assert run.process is not None
    answer = requests.post(
        f"{run.url}/api/v1/donations",
        json={
            "campaign": "jazz-may",
            "amount_kopecks": 500_00,
            "email": "a@example.org",
            "consents": {"offer": True, "personal_data": True},
        },
        headers={"Idempotency-Key": "k"},
        timeout=30,
    )
    gift = answer.json()
    assert len(run.processes()) >= 7
    for address in (f"{run.url}/", f"{run.url}/ledger/", f"{run.url}/api/docs/", str(run.var / "mail")):
        wait_until(lambda address=address: f"  {address}\n" in run.told())  # type: ignore[misc]
    wait_until(lambda: run.paid() >= 2)
    assert "fund.access" not in run.told(), "requests do not push the addresses off the terminal"
    assert "60 demo gifts come in, all pretended; DEMO=0 leaves them out." in run.told()
    for pid in run.processes():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    run.process.wait()
    wait_until(lambda: not run.processes())

    run.start(DEMO="1")
    before = run.paid()
    wait_until(lambda: run.paid() >= before + 2)
    found = requests.get(f"{run.url}/api/v1/donations/{gift['token']}", timeout=10).json()
    assert found["confirmation_url"] == gift["confirmation_url"]

    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(timeout=30) is not None
    wait_until(lambda: not run.processes(), seconds=20)


def test_it_runs_on_a_postgresql_of_ones_own_and_loads_nothing_there_unasked(run: Run) -> None:
    cluster = Cluster(run.var.parent / "own", run.var.parent / "own-run", durable=False)
    cluster.create()
    with cluster.running():
        cluster.ensure_database("fund")
        run.start(
            **{
                name: f"postgresql://{role}@/fund?host={cluster.socket_dir}"
                for name, role in env.EMBEDDED_ROLES.items()
            }
        )
        wait_until(lambda: requests.get(f"{run.url}/healthz", timeout=10).status_code == 200)

        assert requests.get(f"{run.url}/api/v1/campaigns", timeout=10).json()["items"] == []
        assert not (run.var / "postgres").exists()


def test_a_busy_port_is_one_sentence(run: Run) -> None:
    with socket.socket() as busy:
        busy.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        busy.bind(("127.0.0.1", run.port + 1))
        busy.listen()
        done = subprocess.run(
            COMMAND, cwd=ROOT, env=run.environ(), capture_output=True, text=True, timeout=60, check=False
        )

    assert done.returncode == 1
    assert done.stderr == (
        f"make run: Port {run.port + 1} is busy: stop what listens there, or choose another,"
        f" such as PORT={run.port + 101}.\n"
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"PORT": "http"}, "PORT='http' must be a whole number from 1024 to 65534."),
        ({"PORT": "80"}, "PORT='80' must be a whole number from 1024 to 65534."),
        ({"VAR": "/proc/nothing"}, "VAR=/proc/nothing can't be written"),
        ({"SITE_URL": "fond.example"}, "SITE_URL='fond.example' must be an address"),
        ({"GIFT_MIN_KOPECKS": "-1"}, "GIFT_MIN_KOPECKS='-1' must be a whole number"),
        ({"YOOKASSA_TRUSTED_NETWORKS": "home"}, "YOOKASSA_TRUSTED_NETWORKS='home' must list networks"),
        ({"REDIS_URL": "http://x"}, "REDIS_URL must look like"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL='loud' must be DEBUG, INFO, WARNING or ERROR."),
    ],
)
def test_a_wrong_setting_is_one_sentence(run: Run, changes: dict[str, str], sentence: str) -> None:
    done = subprocess.run(
        COMMAND, cwd=ROOT, env=run.environ(**changes), capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_copy_on_the_same_data_is_refused(run: Run) -> None:
    run.var.mkdir(mode=0o755)
    seed.put(run.var / "postgres")
    run.start()
    done = subprocess.run(COMMAND, cwd=ROOT, env=run.environ(), capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert "Another copy already runs on" in done.stderr


SIGNING = "PRIVATE+KEY+fond.example/log+66640858+AQcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH"
OTHER = notes.SigningKey("fond.example/log", b"\x08" * 32)
VERIFIER = str(notes.SigningKey("fond.example/log", b"\x07" * 32).verifier)
LIVE = {
    "DATABASE_URL": "postgresql://a:b@db/fund", "TRUSTED_PROXIES": "1", "REDIS_URL": "redis://cache/0", "SITE_URL": "https://fond.example",
    "FUND_NAME": "Фонд", "FUND_INN": "1", "FUND_KPP": "1", "FUND_OGRN": "1", "FUND_ADDRESS": "Пенза",
    "FUND_EMAIL": "a@fond.example", "DJANGO_SECRET_KEY": "x" * 30 + "abcdefghijklmnopqrstuvwxyz0123456789",
    "YOOKASSA_SHOP_ID": "1", "YOOKASSA_SECRET_KEY": "live_x", "EMAIL_HOST": "mail.fond.example",
    "LOG_VERIFIER_KEY": VERIFIER,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, ""),
        ({"YOOKASSA_SECRET_KEY": "test_x"}, "YOOKASSA_SECRET_KEY is a test key"),
        ({"YOOKASSA_API_URL": "http://127.0.0.1:8001/v3"}, "YOOKASSA_API_URL must be https://api.yookassa.ru/v3"),
        ({"DJANGO_SECRET_KEY": ""}, "DJANGO_SECRET_KEY is not set"),
        ({"FUND_INN": ""}, "FUND_INN is not set"),
        ({"TRUSTED_PROXIES": ""}, "TRUSTED_PROXIES is not set"),
        ({"DEMO": "1"}, "DEMO=1 plays pretended gifts: production takes none"),
        ({"METRICS_TOKEN": "guess"}, "METRICS_TOKEN is too short: take 24 characters or more"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
        ({"SITE_URL": "fond.example"}, "SITE_URL='fond.example' must be an address such as"),
        ({"EMAIL_HOST": ""}, "EMAIL_HOST is not set"),
        ({"LOG_SIGNING_KEY": SIGNING}, ""),
        ({"LOG_VERIFIER_KEY": ""}, "LOG_VERIFIER_KEY is not set"),
        ({"LOG_VERIFIER_KEY": "fond.example/log"}, "LOG_SIGNING_KEY or LOG_VERIFIER_KEY is wrong: a key is a name"),
        ({"LOG_SIGNING_KEY": OTHER.text()}, "LOG_SIGNING_KEY and LOG_VERIFIER_KEY are not a pair"),
    ],
)
def test_production_refuses_what_is_not_real(run: Run, changes: dict[str, str], sentence: str) -> None:
    environ = run.environ(**(LIVE | {"DEMO": "", "DJANGO_SETTINGS_MODULE": "config.settings.prod"} | changes))
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode == 0) == (not sentence), done.stderr
    assert sentence in done.stderr
