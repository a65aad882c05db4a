"""The trace of every call to ЮKassa."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction

from fund.payments.models import Call

if TYPE_CHECKING:
    from fund.payments.transport import CallMade


def record_call(made: CallMade) -> None:
    """Write a call down, in a transaction of its own: it stays, whatever becomes of what follows it.

    The commit does not wait for the disk, so that a gift is not slower for it: a power cut may take the last half
    second of traces, never of money (docs/adr/0022). A call inside a transaction is a defect and raises here.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")
        Call.objects.create(
            verb=made.verb,
            reference=_uuid(made.reference),
            object_id=made.object_id,
            idempotence_key=_uuid(made.key),
            started_at=made.started_at,
            took_ms=made.took_ms,
            http_status=made.http_status,
            outcome=made.outcome,
            code=made.code,
        )


def _uuid(text: str) -> UUID | None:
    """Return our own id; None where something else stood there."""
    try:
        return UUID(text)
    except ValueError:
        return None
