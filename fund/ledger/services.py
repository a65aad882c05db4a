"""The one door to the books: each function is one call of the database's own."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from fund.ledger import errata
from fund.ledger.chart import REFERENCE, SUBJECT, Leg, entry_for, find_event, legs
from fund.ledger.errors import (
    BadReversalError,
    KeyReusedError,
    LedgerError,
    ShortOfMoneyError,
    UnknownAccountError,
    UnknownEventError,
)
from fund.ledger.models import Account, Operation
from fund.money import Kopecks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from django.db.backends.utils import CursorWrapper

REFUSALS: dict[str, type[LedgerError]] = {
    "FL001": UnknownAccountError,
    "FL002": KeyReusedError,
    "FL003": ShortOfMoneyError,
    "FL004": BadReversalError,
}
REVERSAL = "reversal"
POST = """
    SELECT post_operation(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
KNOWN = ["number", "kind", "subject", "business_date", "memo", "key", "reverses_id", "document_hashes"]


def open_account(*, code: str, name: str) -> Account:
    """Open an account that the chart, or a family of it, allows. Repeat-safe. The side is the chart's.

    :raises UnknownAccountError: if the chart does not know it, or it is open with another side.
    """
    entry = entry_for(code)
    full_name = f"{entry.name}: {name}" if entry.is_family else entry.name
    with _refusals(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT open_account(%s, %s, %s)", [code, full_name[:200], entry.side])
        return Account.objects.get(pk=cursor.fetchone()[0])


def post_event(
    *,
    event: str,
    subject: str,
    amounts: Mapping[str, Kopecks],
    key: str,
    business_date: date,
    reference: str = "",
    target: str = "",
) -> Operation:
    """Write an event of the event file as one operation. Joins the caller's transaction. Repeat-safe by ``key``.

    :param subject: a campaign's slug, or ``fund``.
    :param amounts: kopecks by the names that the event's lines use; lines of nought are left out.
    :param reference: a public number for the memo; never anything that a person typed.
    :param target: the subject that money goes on to, for the events that name one.
    :raises UnknownEventError: if there is no such event, or its sums or subjects do not fit.
    :raises UnknownAccountError: if an account is not open.
    :raises KeyReusedError: if the key names an operation with other content.
    :raises ShortOfMoneyError: if a guarded account would fall below nought.
    """
    are_subjects = all(SUBJECT.fullmatch(name) for name in (subject, target) if name)
    if not are_subjects or not REFERENCE.fullmatch(reference):
        raise UnknownEventError(f"{event}: a subject or reference that is none")
    postings, guards = legs(kind=event, subject=subject, amounts=amounts, target=target)
    memo = find_event(event).memo.format(subject=subject, reference=reference, target=target)
    return _post(event, subject, business_date, memo, key, None, postings, guards)


def reverse_operation(
    *, operation: Operation, reason: str, approved_by_role: str, key: str, business_date: date
) -> Operation:
    """Put an operation right by its mirror, once. Repeat-safe by ``key``.

    :param reason: one of the reasons of corrections.toml.
    :param approved_by_role: one of its approvers; both stand in the memo, so in the log.
    :raises BadReversalError: if it was reversed before, or is a reversal itself.
    """
    postings = [
        Leg(posting.credit.code, posting.debit.code, Kopecks(posting.amount_kopecks))
        for posting in operation.postings.select_related("debit", "credit").order_by("line")
    ]
    memo = errata.memo(number=operation.number, reason=reason, approver=approved_by_role)
    return _post(REVERSAL, operation.subject, business_date, memo, key, operation.number, postings, [])


def seal_checkpoint() -> int | None:
    """Count what was posted since the last checkpoint, as the sealer's role; return its id, None if nothing new."""
    with connections["sealer"].cursor() as cursor:
        cursor.execute("SELECT seal()")
        made: int | None = cursor.fetchone()[0]
        return made


def continue_books() -> int:
    """Let new operations stand above all that the books have seen, after a restore into another cluster.

    As the owner, repeat-safe; return how many transactions count as made before this cluster's own.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT ledger_continue()")
        before: int = cursor.fetchone()[0]
        return before


def _post(
    kind: str,
    subject: str,
    business_date: date,
    memo: str,
    key: str,
    reverses: int | None,
    postings: Sequence[Leg],
    guards: Sequence[str],
) -> Operation:
    arguments: list[Any] = [
        kind,
        subject,
        business_date,
        memo,
        key,
        reverses,
        "{}",
        _array(leg.debit for leg in postings),
        _array(leg.credit for leg in postings),
        _array(leg.amount_kopecks for leg in postings),
        _array(guards),
    ]
    with _refusals(), _transaction(), _prepared_cursor() as cursor:
        cursor.execute(POST, arguments)
        number: int = cursor.fetchone()[0]
    # The key stands for just this, or the database would have refused: only when it was written must be asked for.
    values = [number, kind, subject, business_date, memo, key, reverses, []]
    return Operation.from_db(connection.alias, KNOWN, values)


def _array(values: Iterable[str | int]) -> str:
    """Return the database's own spelling of a list; a driver that looks up its type first takes as long as the rest."""
    return "{" + ",".join(f'"{value}"' for value in values) + "}"


def _transaction() -> AbstractContextManager[Any]:
    """Return a savepoint inside a transaction, nothing outside: one statement is a transaction of its own."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _prepared_cursor() -> CursorWrapper:
    """Return a cursor whose statements the database reads and plans once a connection (docs/adr/0034).

    Django's own cursors write the values into the statement, which is therefore another one each time.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    cursor: Any = psycopg.Cursor(connection.connection)
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn the database's refusals into the books' own."""
    try:
        yield
    except DatabaseError as error:
        code = getattr(error.__cause__, "sqlstate", None)
        if code in REFUSALS:
            raise REFUSALS[code](str(error).splitlines()[0]) from error
        if isinstance(error, IntegrityError) and "reverses_id" in str(error):
            raise BadReversalError("reversed before") from error
        raise
