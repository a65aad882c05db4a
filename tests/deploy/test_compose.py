"""docker-compose.yml: it has the shape that Compose reads, and gives each process only what it may have."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import psycopg
import pytest
import yaml
from django.conf import settings

from config.embedded.postgres import BIN_DIR, Cluster
from config.env import BASE_DIR

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = Path(__file__).parent / "compose-spec.json"  # github.com/compose-spec/compose-spec, schema/, October 2026
ADDRESSES = ("DATABASE_URL", "OWNER_DATABASE_URL", "SEALER_DATABASE_URL")
ROLE = re.compile(r"postgresql://(\w+):")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text(encoding="utf-8"))
    return found


def test_it_has_the_shape_that_compose_reads(compose: dict[str, Any]) -> None:
    jsonschema.validate(compose, json.loads(SCHEMA.read_text(encoding="utf-8")))

    services = {"postgres", "redis", "migrate", "web-1", "web-2", "worker", "sealer", "beat", "proxy", "tools"}
    assert set(compose["services"]) == services


def test_each_process_has_the_database_addresses_that_it_may_have(compose: dict[str, Any]) -> None:
    given = {
        name: {
            address: ROLE.match(service["environment"][address])[1]  # type: ignore[index]  # a wrong one fails here
            for address in ADDRESSES
            if address in service["environment"]
        }
        for name, service in compose["services"].items()
        if "environment" in service
    }

    site = {"DATABASE_URL": "fund_app"}
    owner = {"OWNER_DATABASE_URL": "fund_owner"}
    assert given == {
        "postgres": {},
        "redis": {},
        "migrate": {"DATABASE_URL": "fund_owner"} | owner,
        "web-1": site,
        "web-2": site,
        "worker": site,
        "sealer": site | {"SEALER_DATABASE_URL": "fund_sealer"},
        "beat": site,
        "tools": site | owner,
    }
    text = (BASE_DIR / "docker-compose.yml").read_text(encoding="utf-8")
    signers = [name for name, one in compose["services"].items() if "LOG_SIGNING_KEY" in one.get("environment", {})]
    assert signers == ["sealer"]
    assert "env_file" not in text  # nobody gets the whole of .env


def test_every_secret_is_asked_for_and_none_has_a_value_here(compose: dict[str, Any]) -> None:
    text = (BASE_DIR / "docker-compose.yml").read_text(encoding="utf-8")
    example = (BASE_DIR / ".env.example").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{(\w+)", text)) - {"RELEASE"}
    lines = [line for line in example.splitlines() if line and not line.startswith("#")]
    may_be_empty = {"EMAIL_HOST_PASSWORD", "DJANGO_OLD_SECRET_KEY"}
    needed = {name for name in asked - may_be_empty if name.endswith(("_PASSWORD", "_KEY"))}

    assert {line.removesuffix("=") for line in lines} == asked
    assert all(line.endswith("=") for line in lines)
    assert [name for name in needed if f"${{{name}:?}}" not in text] == []
    assert ".env\n" in (BASE_DIR / ".gitignore").read_text(encoding="utf-8")


def test_every_setting_that_readme_names_reaches_the_site(compose: dict[str, Any]) -> None:
    table = (BASE_DIR / "README.md").read_text(encoding="utf-8").split("## Settings")[1]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    embedded = {"PORT", "VAR", "DEMO"}
    elsewhere = embedded | {"OWNER_DATABASE_URL", "SEALER_DATABASE_URL", "LOG_SIGNING_KEY"}  # other processes
    image = {"WEB_PROCESSES", "WEB_THREADS", "WEB_GRACE_SECONDS"}  # an override file of one's own

    assert len(named) > 20
    assert named - elsewhere - image - set(compose["services"]["web-1"]["environment"]) == set()


def test_nobody_but_the_proxy_can_be_reached_from_outside(compose: dict[str, Any]) -> None:
    services = compose["services"]

    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert compose["networks"]["inner"]["internal"] is True
    assert services["postgres"]["networks"] == services["redis"]["networks"] == ["inner"]


@pytest.mark.parametrize("name", ["migrate", "web-1", "web-2", "worker", "sealer", "beat", "proxy", "tools"])
def test_a_process_of_ours_can_change_nothing_and_become_nobody(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in service


def test_who_is_stopped_has_the_time_to_end_what_it_does(compose: dict[str, Any]) -> None:
    grace = {name: int(service.get("stop_grace_period", "10s")[:-1]) for name, service in compose["services"].items()}
    assert grace["web-1"] > 30
    assert grace["proxy"] > 30
    assert grace["worker"] > settings.CELERY_TASK_TIME_LIMIT


@pytest.fixture
def new_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    directory = tmp_path_factory.mktemp("roles")
    for path in (directory, directory.parent, directory.parent.parent):
        path.chmod(0o755)
    found = Cluster(directory / "postgres", directory / "run", durable=False)
    found.create()
    with found.running():
        yield found


def test_a_new_cluster_gets_its_roles_and_they_can_do_their_work(new_cluster: Cluster) -> None:
    passwords = {"OWNER_PASSWORD": "o'1", "APP_PASSWORD": "a", "SEALER_PASSWORD": "s"}
    environ = (
        os.environ | passwords | {"PGHOST": str(new_cluster.socket_dir), "PATH": f"{BIN_DIR}:{os.environ['PATH']}"}
    )
    script = BASE_DIR / "deploy" / "postgres" / "roles.sh"
    done = subprocess.run(["bash", str(script)], env=environ, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    addresses = {
        name: f"postgresql://{role}@/fund?host={new_cluster.socket_dir}"
        for name, role in zip(ADDRESSES, ("fund_app", "fund_owner", "fund_sealer"), strict=True)
    }
    for command in ("migrate --database=owner --verbosity=0", "check_books"):
        ran = subprocess.run(
            ["python", "manage.py", *command.split()],
            env=os.environ | addresses | {"PATH": f"{BASE_DIR}/.venv/bin:{os.environ['PATH']}"},
            cwd=BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
    with new_cluster.connect() as superuser:
        superuser.execute("CREATE ROLE stranger LOGIN")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        new_cluster.connect("fund", user="stranger")
