"""Backups: whole, checkable, never over anything; and the drill on an empty cluster."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
import requests
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connections
from pypdf import PdfReader

from config import env
from config.backups.errors import BackupError
from config.backups.hashes import sha256_of
from config.backups.making import make_backup
from config.backups.restoring import restore_backup
from config.embedded.postgres import Cluster
from fund.ledger import services
from fund.money import Kopecks
from tests.stack import Stack, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 5, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def backup(committed: str, tmp_path: Path) -> Iterator[Path]:
    """Give a backup of a small fund: one sealed operation, one file."""
    services.post_event(
        event="gift", subject="fund", amounts={"gross": Kopecks(100)}, key="k", business_date=NOW.date()
    )
    services.seal_checkpoint()
    shutil.rmtree(default_storage.path(""), ignore_errors=True)  # what other tests left
    default_storage.save("receipts/one.pdf", ContentFile(b"one"))
    yield make_backup(directory=tmp_path / "backups", now=NOW)
    default_storage.delete("receipts/one.pdf")


def test_a_backup_names_its_moment_and_each_file_with_its_hash(backup: Path) -> None:
    manifest = json.loads((backup / "manifest.json").read_text(encoding="utf-8"))

    assert backup.name == "fund-20260501T030000Z"
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]
    assert (manifest["made_at"], manifest["files"]) == ("2026-05-01T03:00:00+00:00", 1)
    assert manifest["checkpoint"]["operations"] == 1
    assert manifest["migrations"]["ledger"] >= "0004"
    check = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=backup, capture_output=True, text=True, check=False)
    assert check.stdout == "database.dump: OK\nfiles/receipts/one.pdf: OK\n"
    assert backup.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in backup.rglob("*") if path.is_file()} == {0o600}


def test_two_backups_in_one_second_are_refused_and_the_first_stays(backup: Path) -> None:
    before = sha256_of(backup / "manifest.json")
    with pytest.raises(BackupError, match="exists already"):
        make_backup(directory=backup.parent, now=NOW)

    assert sha256_of(backup / "manifest.json") == before


def test_a_backup_that_fails_leaves_nothing(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connections["owner"].settings_dict, "USER", "fund_sealer")  # it may not read everything
    with pytest.raises(BackupError, match="pg_dump ended with 1"):
        make_backup(directory=backup.parent, now=NOW.replace(hour=4))

    assert [path.name for path in backup.parent.iterdir()] == [backup.name]


def test_nothing_is_restored_over_a_living_database(backup: Path) -> None:
    with pytest.raises(CommandError, match="the database is not empty"):
        call_command("restore", str(backup))

    call_command("check_books")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("database.dump", "database.dump is not the file that was backed up"),
        ("files/receipts/one.pdf", "one.pdf is not the file that was backed up"),
        ("SHA256SUMS", "its SHA256SUMS was changed"),
        ("manifest.json", "is no whole backup"),
    ],
)
@pytest.mark.usefixtures("empty_database")
def test_a_changed_backup_is_refused(backup: Path, name: str, sentence: str) -> None:
    (backup / name).chmod(0o600)
    (backup / name).write_bytes(b"{}" if name == "manifest.json" else b"x")
    with pytest.raises(BackupError, match=sentence):
        restore_backup(source=backup)

    assert connections["owner"].introspection.table_names() == []


def rewrite(backup: Path, **changes: object) -> None:
    manifest = json.loads((backup / "manifest.json").read_text(encoding="utf-8"))
    (backup / "manifest.json").write_text(json.dumps(manifest | changes), encoding="utf-8")


@pytest.mark.usefixtures("empty_database")
def test_a_backup_of_newer_code_and_a_list_that_leads_out_are_refused(backup: Path) -> None:
    rewrite(backup, migrations={"ledger": "9999_later"})
    with pytest.raises(BackupError, match="does not know ledger 9999_later"):
        restore_backup(source=backup)
    (backup / "SHA256SUMS").write_text(f"{'0' * 64}  files/../../secret\n", encoding="utf-8")
    rewrite(backup, migrations={}, sums_sha256=sha256_of(backup / "SHA256SUMS"))
    with pytest.raises(BackupError, match="names no file of the backup"):
        restore_backup(source=backup)


@pytest.mark.usefixtures("empty_database")
def test_without_the_roles_nothing_is_restored(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.backups.restoring.ROLES", ("fund_app", "fund_auditor"))
    with pytest.raises(BackupError, match="the role fund_auditor is missing"):
        restore_backup(source=backup)

    assert connections["owner"].introspection.table_names() == []


def test_without_the_owners_address_there_is_no_backup(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.backups.postgres.OWNER", "nobody")
    with pytest.raises(CommandError, match="OWNER_DATABASE_URL is not set"):
        call_command("backup", str(backup.parent))
    with pytest.raises(CommandError, match="OWNER_DATABASE_URL is not set"):
        call_command("restore", str(backup))


@pytest.mark.usefixtures("empty_database")
def test_a_stored_file_is_never_overwritten(backup: Path) -> None:
    default_storage.delete("receipts/one.pdf")
    shutil.rmtree(default_storage.path(""), ignore_errors=True)  # what other tests left
    default_storage.save("receipts/one.pdf", ContentFile(b"another"))
    with pytest.raises(BackupError, match="another file named receipts/one"):
        restore_backup(source=backup)

    with default_storage.open("receipts/one.pdf") as stored:
        assert stored.read() == b"another"
    assert connections["owner"].introspection.table_names() == []


@pytest.fixture
def empty_database(backup: Path, cluster: Cluster) -> Iterator[None]:
    """Point every address at an empty database, after the backup was made."""
    before = connections["owner"].settings_dict["NAME"]
    cluster.ensure_database("empty")
    _point("empty")
    yield
    _point(before)
    with cluster.connect() as superuser:
        superuser.execute("DROP DATABASE empty WITH (FORCE)")


def _point(name: str) -> None:
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


@pytest.fixture
def empty_copy(stack: Stack) -> Iterator[Stack]:
    """Give another copy of the fund, whose cluster is empty but for the roles."""

    def make(var: Path) -> Cluster:
        cluster = Cluster(var / "postgres", env.socket_dir(), durable=False)
        cluster.create()
        with cluster.running():
            cluster.ensure_database("fund")
        shutil.copytree(stack.var / "static", var / "static")
        return cluster

    found = Stack(_log_keys(stack))  # as .env, which is no part of a backup
    try:
        found.prepare(make)
        yield found
    finally:
        found.stop()


def _log_keys(stack: Stack) -> dict[str, str]:
    code = "from config import env; keys = env.log_keys(); print(keys.signing, keys.verifier)"
    done = subprocess.run([sys.executable, "-c", code], env=stack.environ, capture_output=True, text=True, check=True)
    return dict(zip(("LOG_SIGNING_KEY", "LOG_VERIFIER_KEY"), done.stdout.split(), strict=True))


@pytest.mark.stack
def test_the_drill_a_stranger_restores_the_fund_into_an_empty_cluster(
    stack: Stack, empty_copy: Stack, tmp_path: Path
) -> None:
    gifts = [stack.give().json() for _ in range(2)]
    for gift in gifts:
        stack.control.pay(stack.payment_id(gift))
    wait_until(lambda: all(stack.gift(gift["token"])["receipt_url"] for gift in gifts))
    browser = requests.Session()
    browser.post(
        f"{stack.url}/me/login/code/", {"email": "a@example.org", "csrfmiddlewaretoken": _token(browser, stack)}
    )
    assert _sessions(stack) > 0
    signed = requests.get(f"{stack.url}/log/checkpoint", timeout=10).text
    made = stack.manage("backup", str(tmp_path))
    empty_copy.start("postgres")
    wait_until((empty_copy.cluster.socket_dir / ".s.PGSQL.5432").exists)

    done = empty_copy.manage("restore", made.stdout.strip())
    assert re.fullmatch(r"restored \d+ operations, \d+ postings, \d+ files: balanced\n", done.stdout), done.stderr
    assert _sessions(empty_copy) == 0
    empty_copy.start(*(name for name in empty_copy.commands if name != "postgres"))
    empty_copy.wait_ready()

    for gift in gifts:
        page = requests.get(f"{empty_copy.url}/gifts/{gift['token']}/", timeout=10)
        receipt = requests.get(f"{empty_copy.url}/gifts/{gift['token']}/receipt.pdf", timeout=10)
        known = requests.get(f"{empty_copy.url}/api/v1/donations/{gift['token']}", timeout=10).json()
        operation = requests.get(f"{empty_copy.url}/ledger/operations/{known['operation']}/", timeout=10)
        assert (page.status_code, operation.status_code) == (200, 200)
        assert gift["id"] in PdfReader(BytesIO(receipt.content)).pages[0].extract_text()
    assert _give(empty_copy) == 500_00
    size = int(signed.split("\n")[1])
    kept = requests.get(f"{empty_copy.url}/log/checkpoint/{size}", timeout=10).text
    assert kept == signed  # the log goes on from where it was; check_books holds the roots after it
    assert int(requests.get(f"{empty_copy.url}/log/checkpoint", timeout=10).text.split("\n")[1]) > size
    checked = empty_copy.manage("check_books")
    assert checked.stdout.strip().endswith("balanced"), checked.stderr


def _token(browser: requests.Session, fund: Stack) -> str:
    page = browser.get(f"{fund.url}/me/login/code/", timeout=10).text
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found
    return found[1]


def _sessions(fund: Stack) -> int:
    with fund.connect() as connection:
        row = connection.execute("SELECT count(*) FROM people_session").fetchone()
    return int(row[0]) if row else 0


def _give(fund: Stack) -> int:
    """Give through the restored site; return by how much the campaign grew, once that is sealed."""
    before = _raised(fund)
    gift = fund.give().json()
    fund.control.pay(fund.payment_id(gift))
    operation = fund.wait_for(gift["token"], status="succeeded")["operation"]
    with fund.connect() as connection:
        sealed = (
            "SELECT 1 FROM ledger_operation WHERE number = %s"
            " AND transaction_id < (SELECT max(watermark) FROM ledger_checkpoint)"
        )
        wait_until(lambda: connection.execute(sealed, [operation]).fetchone() is not None)
    return _raised(fund) - before


def _raised(fund: Stack) -> int:
    found = requests.get(f"{fund.url}/api/v1/campaigns/jazz-may", timeout=10).json()
    return int(found["raised_kopecks"])
