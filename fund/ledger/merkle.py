"""The Merkle tree of RFC 6962, section 2.1: hashes, inclusion proofs, their check. Pure Python, knows no books."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, order=True)
class Subtree:
    """The whole subtree of 2^height leaves that begins at leaf ``place`` · 2^height."""

    height: int
    place: int


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of an entry."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash above two others."""
    return sha256(b"\x01" + left + right).digest()


def tree_hash(hashes: Sequence[bytes]) -> bytes:
    """Return the root above a row of leaf hashes, or of whole subtrees of one height, the last of which may be less."""
    if not hashes:
        return sha256(b"").digest()
    row = list(hashes)
    while len(row) > 1:
        last = row[-1:] if len(row) % 2 else []
        row = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=False)] + last
    return row[0]


def whole_subtrees(start: int, end: int) -> list[Subtree]:
    """Return the fewest whole subtrees that cover the leaves from ``start`` to before ``end``, left to right."""
    found = []
    while start < end:
        height = min((start & -start).bit_length() - 1 if start else 64, (end - start).bit_length() - 1)
        found.append(Subtree(height, start >> height))
        start += 1 << height
    return found


def path_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """Return the ranges of leaves whose hashes prove a leaf's inclusion, from its sibling up to the root's child."""
    found = []
    start, end = 0, size
    while end - start > 1:
        middle = start + (1 << ((end - start - 1).bit_length() - 1))
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def range_hash(start: int, end: int, subtree_hash: Callable[[Subtree], bytes]) -> bytes:
    """Return the hash of a range out of those of its whole subtrees."""
    *rest, found = (subtree_hash(subtree) for subtree in whole_subtrees(start, end))
    for left in reversed(rest):
        found = node_hash(left, found)
    return found


def proven_root(*, leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that a path leads to from a leaf's hash (RFC 9162, 2.1.3.2); None if it has not the length."""
    if not 0 <= index < size or len(path) != len(path_ranges(index, size)):
        return None
    ranges = path_ranges(index, size)
    found = leaf
    for (_start, end), sibling in zip(ranges, path, strict=True):
        found = node_hash(sibling, found) if end <= index else node_hash(found, sibling)
    return found
