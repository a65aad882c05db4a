"""Recomputes the books from their postings and names the first fault. Set-based: the database does the work."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from psycopg import sql

from fund.ledger.audit_queries import CHECKS, REFERENCES, RIGHTS, TRIGGERS
from fund.ledger.chart import entry_for
from fund.ledger.errors import UnknownAccountError
from fund.ledger.models import Account, SignedCheckpoint
from fund.ledger.notes import NoteError, read_checkpoint, read_verifier_key

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
FUNCTION = re.compile(r"CREATE (?:OR REPLACE )?FUNCTION (\w+)\((?:(?!CREATE ).)*?AS \$\$(.*?)\$\$", re.DOTALL)


_of_rooms: dict[str, str] = {}


def add_checks(checks: dict[str, str]) -> None:
    """Let a room above add queries that hold its rows against the books; called from ``ready``.

    :param checks: what is printed, with the place of the first offender; and what returns it, or nothing.
    """
    _of_rooms.update(checks)


@dataclass(frozen=True)
class Audit:
    """What was counted, and the first fault; an empty one means balanced."""

    operations: int
    postings: int
    accounts: int
    fault: str


def audit() -> Audit:
    """Return what a recount of everything says. Reads every posting several times; constant memory."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM ledger_operation), (SELECT count(*) FROM ledger_posting),"
            " (SELECT count(*) FROM ledger_account)"
        )
        operations, postings, accounts = cursor.fetchone()
    return Audit(operations, postings, accounts, _first_fault())


def _first_fault() -> str:
    return (
        _fault_of_accounts()
        or _fault_of(CHECKS)
        or _fault_of_signatures()
        or _fault_of_references()
        or _fault_of(_of_rooms)
        or _fault_of(RIGHTS)
    )


def _fault_of_accounts() -> str:
    for code, side in Account.objects.order_by("code").values_list("code", "side").iterator():
        try:
            entry = entry_for(code)
        except UnknownAccountError:
            return f"account {code} is not in the chart"
        if entry.side != side:
            return f"account {code} has another side than the chart says"
    return ""


def _fault_of(checks: dict[str, str]) -> str:
    wanted = {"triggers": json.dumps(TRIGGERS), "functions": json.dumps(_functions())}
    with connection.cursor() as cursor:
        for name, query in checks.items():
            cursor.execute(query, wanted if checks is RIGHTS else None)
            row = cursor.fetchone()
            if row:
                return name.format(row[0])
    return ""


def _fault_of_signatures() -> str:
    """Return the first checkpoint whose note the log's key did not sign as it stands."""
    key = read_verifier_key(settings.LOG_VERIFIER_KEY)
    for checkpoint, note in SignedCheckpoint.objects.order_by("pk").values_list("pk", "note").iterator():
        try:
            read_checkpoint(note, key=key)
        except NoteError as error:
            return f"the signature of checkpoint {checkpoint} is none of the log's: {error}"
    return ""


def _fault_of_references() -> str:
    """Return the first row, of whatever room, that points at a row of the books which is gone."""
    with connection.cursor() as cursor:
        cursor.execute(REFERENCES)
        for table, column, target, key in cursor.fetchall():
            names = [sql.Identifier(name) for name in (table, column, target, column, key)]
            cursor.execute(
                sql.SQL("SELECT x.{1} FROM {0} x WHERE x.{1} IS NOT NULL AND NOT EXISTS"
                        " (SELECT 1 FROM {2} y WHERE y.{4} = x.{3}) LIMIT 1").format(*names)
            )  # fmt: skip
            row = cursor.fetchone()
            if row:
                return f"{table} points at {target} {row[0]}, which is gone"
    return ""


def _functions() -> list[dict[str, str]]:
    """Return the bodies of the books' functions, as the newest migration that names each has it."""
    found: dict[str, str] = {}
    forward = [path for path in MIGRATIONS.glob("*.sql") if not path.stem.endswith("_back")]
    for path in sorted(forward):
        found |= dict(FUNCTION.findall(path.read_text(encoding="utf-8")))
    return [{"name": name, "body": body} for name, body in found.items()]
