"""Secrets readable with the site's own key alone: of second factors, and of whoever names a purpose of their own."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

PURPOSE = b"people.second_factor"  # another purpose, another key


def seal(text: str, *, purpose: bytes = PURPOSE) -> str:
    """Return the text encrypted with a key made of ``SECRET_KEY``."""
    return _keys(purpose).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str, *, purpose: bytes = PURPOSE) -> str:
    """Return the text; also what was sealed with one of ``SECRET_KEY_FALLBACKS``.

    :raises cryptography.fernet.InvalidToken: if none of the keys made it.
    """
    return _keys(purpose).decrypt(sealed.encode("ascii")).decode()


def seal_anew(sealed: str, *, purpose: bytes = PURPOSE) -> str:
    """Return the same text encrypted with the newest key.

    :raises cryptography.fernet.InvalidToken: if none of the keys made it.
    """
    return _keys(purpose).rotate(sealed.encode("ascii")).decode("ascii")


def _keys(purpose: bytes) -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(Fernet(_key(secret, purpose)) for secret in secrets)


def _key(secret: str | bytes, purpose: bytes) -> bytes:
    return urlsafe_b64encode(HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(force_bytes(secret)))
