"""C2SP signed notes and log checkpoints: text, a blank line, Ed25519 signatures. Pure Python, knows no books.

https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint; keys in the text form of Go's x/mod/sumdb/note.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
KEY_BYTES, ID_BYTES = 32, 4
PRIVATE = "PRIVATE+KEY+"
NAME = re.compile(r"[^\s+]+")
SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)")
ROOT = re.compile(r"[A-Za-z0-9+/]{43}=")
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class NoteError(ValueError):
    """A key or a note is not what its form asks for, or is signed by nobody we trust; the message says which."""


@dataclass(frozen=True)
class VerifierKey:
    """The public key of a log, by the log's name (its origin)."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Return the four bytes that stand before each of its signatures."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(ED25519 + self.public).decode()}"


@dataclass(frozen=True)
class SigningKey:
    """The private key of a log; the seed never leaves the sealer's process."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> VerifierKey:
        """Return the key that the world checks with."""
        return VerifierKey(self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def text(self) -> str:
        """Return the form that the environment holds."""
        return f"{PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{b64encode(ED25519 + self.seed).decode()}"

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r})"


@dataclass(frozen=True)
class Head:
    """What a checkpoint says: whose log, how many entries, the root above them."""

    origin: str
    size: int
    root: bytes


def read_signing_key(text: str) -> SigningKey:
    """Return the private key of a text such as ``PRIVATE+KEY+fond.example/log+0123abcd+AQ…``.

    :raises NoteError: if it is none.
    """
    if not text.startswith(PRIVATE):
        raise NoteError("a signing key begins with PRIVATE+KEY+")
    name, key_id, seed = _parts(text.removeprefix(PRIVATE))
    found = SigningKey(name, seed)
    if found.verifier.key_id.hex() != key_id:
        raise NoteError("the signing key does not fit its own number")
    return found


def read_verifier_key(text: str) -> VerifierKey:
    """Return the public key of a text such as ``fond.example/log+0123abcd+AQ…``.

    :raises NoteError: if it is none.
    """
    name, key_id, public = _parts(text)
    found = VerifierKey(name, public)
    if found.key_id.hex() != key_id:
        raise NoteError("the verifier key does not fit its own number")
    return found


def write_checkpoint(*, key: SigningKey, size: int, root: bytes) -> str:
    """Return the signed note of a log's head. The same head and key give the same bytes."""
    text = f"{key.name}\n{size}\n{b64encode(root).decode()}\n"
    signature = Ed25519PrivateKey.from_private_bytes(key.seed).sign(text.encode())
    return f"{text}\n— {key.name} {b64encode(key.verifier.key_id + signature).decode()}\n"


def read_checkpoint(note: str, *, key: VerifierKey) -> Head:
    """Return what a checkpoint says, once its signature by the key was found good.

    :raises NoteError: if it is no checkpoint, is another log's, or the key did not sign it.
    """
    text, blank, signatures = note.rpartition("\n\n")
    lines = text.split("\n")
    if not blank or len(lines) < 3 or not all(lines):  # noqa: PLR2004 - origin, size, root
        raise NoteError("this is no checkpoint: it lacks lines")
    if lines[0] != key.name:
        raise NoteError(f"this is a checkpoint of another log, {lines[0]}")
    _verify(f"{text}\n", signatures, key)
    if not SIZE.fullmatch(lines[1]) or not ROOT.fullmatch(lines[2]):
        raise NoteError("this is no checkpoint: its size or root is none")
    return Head(lines[0], int(lines[1]), b64decode(lines[2]))


def _verify(text: str, signatures: str, key: VerifierKey) -> None:
    for name, signed in [_signature(line) for line in signatures.removesuffix("\n").split("\n")]:
        if name == key.name and signed[:ID_BYTES] == key.key_id:
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(signed[ID_BYTES:], text.encode())
            except InvalidSignature as error:
                raise NoteError("the signature is false: the checkpoint was changed") from error
            return
    raise NoteError("the log's key did not sign this checkpoint")


def _signature(line: str) -> tuple[str, bytes]:
    """Return who signed and what: the key's number and the signature itself."""
    found = SIGNATURE.fullmatch(line)
    try:
        signed = b64decode(found[2], validate=True) if found else b""
    except Base64Error:
        signed = b""
    if found is None or not signed:
        raise NoteError("this is no signed note: a signature line is broken")
    return found[1], signed


def _parts(text: str) -> tuple[str, str, bytes]:
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        key = b64decode(encoded, validate=True)
    except Base64Error as error:
        raise NoteError("the key is not base64") from error
    if not NAME.fullmatch(name) or len(key) != 1 + KEY_BYTES or not key.startswith(ED25519):
        raise NoteError("a key is a name, its number and 33 bytes of base64, joined by +")
    return name, key_id, key[1:]
