"""The log of sealed operations: signed checkpoints, tiles of hashes, entries, proofs; flat in the log's size.

The layout is C2SP tlog-tiles (https://c2sp.org/tlog-tiles), the proof C2SP tlog-proof.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from fund.ledger.merkle import Subtree, path_ranges, range_hash, tree_hash, whole_subtrees
from fund.ledger.models import LogEntry, LogNode, SignedCheckpoint

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
ENTRIES = """
    SELECT convert_to(ledger_leaf(e.operation_id), 'UTF8') FROM ledger_logentry e
    WHERE e.place >= %s AND e.place < %s ORDER BY e.place
"""
LEAF = "SELECT ledger_leaf(%s)"


@dataclass(frozen=True)
class LogHead:
    """A signed checkpoint: how many entries it counts, its root, the note as the world reads it."""

    checkpoint_id: int
    size: int
    root: bytes
    note: str
    sealed_at: datetime

    @property
    def origin(self) -> str:
        """Return the log's name, the note's first line."""
        return self.note.partition("\n")[0]


@dataclass(frozen=True)
class Entry:
    """An operation's place under the newest signed checkpoint, and its leaf: the form that was hashed."""

    place: int
    leaf: str
    head: LogHead

    @property
    def nth(self) -> int:
        """Return the place as people count, from one."""
        return self.place + 1


@dataclass(frozen=True)
class Proof(Entry):
    """That an entry is in the log, under a signed checkpoint; anybody can check it without us."""

    path: tuple[bytes, ...]

    def text(self) -> str:
        """Return the C2SP tlog-proof, with the entry itself as its extra data."""
        lines = ["c2sp.org/tlog-proof@v1", f"extra {b64encode(self.leaf.encode()).decode()}", f"index {self.place}"]
        lines += [b64encode(step).decode() for step in self.path]
        return "\n".join([*lines, "", self.head.note])


def newest_head() -> LogHead | None:
    """Return the newest signed checkpoint. One query."""
    return _head(SignedCheckpoint.objects.all())


def find_head(*, size: int) -> LogHead | None:
    """Return the signed checkpoint that counts so many entries. One query."""
    return _head(SignedCheckpoint.objects.filter(checkpoint__operations=size))


def find_entry(*, number: int) -> Entry | None:
    """Return an operation's entry in the log; None if it is not sealed and signed yet. Three queries."""
    head = newest_head()
    place = LogEntry.objects.filter(operation=number).values_list("place", flat=True).first()
    if head is None or place is None or place >= head.size:
        return None
    with connection.cursor() as cursor:
        cursor.execute(LEAF, [number])
        leaf: str = cursor.fetchone()[0]
    return Entry(place, leaf, head)


def find_proof(*, number: int) -> Proof | None:
    """Return the proof of an operation under the newest signed checkpoint; None if it is not sealed and signed yet.

    Four queries, five where the log has more than a tile of entries.
    """
    entry = find_entry(number=number)
    if entry is None:
        return None
    ranges = path_ranges(entry.place, entry.head.size)
    known = _subtree_hashes({subtree for span in ranges for subtree in whole_subtrees(*span)})
    path = tuple(range_hash(*span, known.__getitem__) for span in ranges)
    return Proof(entry.place, entry.leaf, entry.head, path)


def signed_size() -> int:
    """Return how many entries the newest signed checkpoint counts; 0 if there is none. One query."""
    newest = SignedCheckpoint.objects.order_by("-checkpoint_id").values_list("checkpoint__operations", flat=True)
    return newest.first() or 0


def tile(*, level: int, index: int, width: int) -> bytes | None:
    """Return so many hashes of a tile, joined; None if the log is not that large. One query."""
    first = index * TILE_WIDTH
    hashes = _stored(level, first, first + width)
    return b"".join(hashes) if len(hashes) == width else None


def entry_bundle(*, index: int, width: int) -> bytes | None:
    """Return so many entries of a bundle, each behind its length in two bytes; None if the log is not that large."""
    first = index * TILE_WIDTH
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, [first, first + width])
        leaves = [bytes(leaf) for (leaf,) in cursor.fetchall()]
    if len(leaves) != width:
        return None
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def _head(found: QuerySet[SignedCheckpoint]) -> LogHead | None:
    row = found.select_related("checkpoint").order_by("-checkpoint_id").first()
    if row is None:
        return None
    sealed = row.checkpoint
    root = bytes(sealed.root_hash or b"")  # the database signs none without
    return LogHead(sealed.pk, sealed.operations, root, row.note, sealed.sealed_at)


def _subtree_hashes(wanted: Iterable[Subtree]) -> dict[Subtree, bytes]:
    """Return the hash of each whole subtree, made of the kept nodes nearest below it. One query a tile level."""
    found: dict[Subtree, bytes] = {}
    by_level: dict[int, dict[Subtree, range]] = {}
    for subtree in wanted:
        span = 1 << subtree.height % TILE_HEIGHT
        places = range(subtree.place * span, (subtree.place + 1) * span)
        by_level.setdefault(subtree.height // TILE_HEIGHT, {})[subtree] = places
    for level, spans in by_level.items():
        nodes = _nodes(level).filter(place__in=[place for places in spans.values() for place in places])
        known = {place: bytes(found_hash) for place, found_hash in nodes}
        found |= {subtree: tree_hash([known[place] for place in places]) for subtree, places in spans.items()}
    return found


def _stored(level: int, start: int, end: int) -> list[bytes]:
    rows = _nodes(level).filter(place__gte=start, place__lt=end).order_by("place")
    return [bytes(found_hash) for _place, found_hash in rows]


def _nodes(level: int) -> QuerySet[Any, tuple[int, bytes | memoryview[int]]]:
    if level == 0:
        return LogEntry.objects.values_list("place", "leaf_hash")
    return LogNode.objects.filter(level=level).values_list("place", "hash")
