"""What the sealer does, as its own database role and with its own key: seals, signs, tells how late it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, connections

from fund.ledger.models import Checkpoint, SignedCheckpoint
from fund.ledger.notes import write_checkpoint
from fund.ledger.services import seal_checkpoint

if TYPE_CHECKING:
    from fund.ledger.notes import SigningKey

SEALER = "sealer"
OLDEST_UNSIGNED = """
    SELECT extract(epoch FROM clock_timestamp() - posted_at)::float FROM ledger_operation
    WHERE transaction_id >= coalesce((SELECT c.watermark FROM ledger_signedcheckpoint s
                                      JOIN ledger_checkpoint c ON c.id = s.checkpoint_id
                                      ORDER BY s.checkpoint_id DESC LIMIT 1), 0)
    ORDER BY transaction_id LIMIT 1
"""


def seal_books(*, key: SigningKey) -> int:
    """Seal all that is new, piece by piece, and sign each checkpoint; return how many were signed.

    Repeat-safe: killed between sealing and signing, the next run signs what was left; another sealer at work seals
    instead of this one, and a checkpoint is signed once, the same bytes whoever signs.
    """
    signed = sign_checkpoints(key=key)
    while seal_checkpoint() is not None:
        signed += sign_checkpoints(key=key)
    return signed


def sign_checkpoints(*, key: SigningKey) -> int:
    """Sign the checkpoints that have a root and no signature, the oldest first; return how many there were."""
    signed = SignedCheckpoint.objects.using(SEALER).order_by("-pk").values_list("pk", flat=True).first() or 0
    found = list(Checkpoint.objects.using(SEALER).filter(pk__gt=signed, root_hash__isnull=False).order_by("pk"))
    for checkpoint in found:
        note = write_checkpoint(key=key, size=checkpoint.operations, root=bytes(checkpoint.root_hash or b""))
        with connections[SEALER].cursor() as cursor:
            cursor.execute("SELECT sign_checkpoint(%s, %s)", [checkpoint.pk, note])
    return len(found)


def lag_seconds() -> float:
    """Return how long ago the oldest operation was written that no signed checkpoint counts; 0 if none. One query."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_UNSIGNED)
        row = cursor.fetchone()
    return max(0.0, row[0]) if row else 0.0
